// How what is known of a sensor is worded: biases beside their limits, marks, what others say. Pure.

import type { BiasRow, SensorBias, SensorCondition, SensorMark, SensorRow, SensorSaid, ToldBiases } from '../generated/wire';
import { age, bearing, timeZ } from '../shell/format';
import { t } from '../language/language';

/** A sign for the eye beside words: what is wrong is never told by colour alone. */
export interface Line {
  words: string;
  tone: 'plain' | 'muted' | 'caution';
}

const signed = (value: number, digits: number): string => {
  const figure = Math.abs(value).toFixed(digits);
  const zero = Number(figure) === 0;
  return `${zero ? '' : value < 0 ? '−' : '+'}${figure}`;
};

/** A kind of bias: how its figures are written. */
export interface BiasKind {
  name: string;
  of: (bias: SensorBias) => BiasRow;
  figure: (value: number) => string;
  plain: (value: number) => string;
}

const ms = (seconds: number): number => seconds * 1000;

export const BIASES: readonly BiasKind[] = [
  { name: t`Azimuth bias`, of: (bias) => bias.azimuth_deg, figure: (v) => `${signed(v, 2)}°`, plain: (v) => `${v.toFixed(2)}°` },
  { name: t`Range bias`, of: (bias) => bias.range_m, figure: (v) => `${signed(v, 0)} m`, plain: (v) => `${v.toFixed(0)} m` },
  { name: t`Time bias`, of: (bias) => bias.time_s, figure: (v) => `${signed(ms(v), 0)} ms`, plain: (v) => `${ms(v).toFixed(0)} ms` },
];

/** `+0.31° ± 0.02°, limit 0.20°`; what is not known is said so and never 0. */
export function biasLine(kind: BiasKind, row: BiasRow): Line {
  const limit = row.limit === null ? t`no limit is watched` : t`limit ${kind.plain(row.limit)}`;
  if (row.value === null) return { words: `${t`not known`}, ${limit}`, tone: 'muted' };
  const found = row.sd === null ? kind.figure(row.value) : `${kind.figure(row.value)} ± ${kind.plain(row.sd)}`;
  return row.over ? { words: t`${found}, over its ${limit}`, tone: 'caution' } : { words: `${found}, ${limit}`, tone: 'plain' };
}

/** What biases rest on, and whether plots are corrected by them. */
export function biasBasis(bias: SensorBias): string {
  if (bias.samples === 0) return t`Too few of its aircraft are seen by ADS-B or another radar.`;
  const against = bias.absolute ? t`Against ADS-B.` : t`Against other radars: an error that all share is not seen.`;
  return `${against} ${bias.applied ? t`Its plots are corrected by them.` : t`Not told apart from none: its plots are not corrected.`}`;
}

const MARKS: Record<SensorMark['kind'], string> = { north: t`North mark`, south: t`South mark`, sector: t`Sector` };

/** A mark that stays out for more turns than this is missing. */
const TURNS_LATE = 2;

/** How long ago; of what was so at `asOfMs` and may be no more, the time. */
const when = (ageS: number, asOfMs: number | null): string => (asOfMs === null ? t`${age(ageS)} ago` : timeZ(asOfMs - ageS * 1000));

/** When the antenna's mark came last. */
export function markLine(mark: SensorMark, periodS: number | null, asOfMs: number | null): { name: string; line: Line } {
  const at = mark.kind === 'sector' && mark.azimuth_deg !== null ? `${bearing(mark.azimuth_deg)}, ` : '';
  const late = asOfMs === null && periodS !== null && mark.age_s > TURNS_LATE * periodS;
  const words = `${at}${when(mark.age_s, asOfMs)}`;
  return { name: MARKS[mark.kind], line: late ? { words: t`${words}, late`, tone: 'caution' } : { words, tone: 'plain' } };
}

const CONDITIONS: Record<SensorCondition, string> = {
  operational: t`operational`,
  degraded: t`degraded¦sensor`,
  initialising: t`starting`,
  disconnected: t`disconnected`,
  inhibited: t`not to be used`,
  unknown: t`not known`,
};

/** `operational, 3.0 s ago` */
export function saidLine(said: SensorSaid, asOfMs: number | null): Line {
  const condition = said.condition === null ? t`says nothing of its state` : CONDITIONS[said.condition];
  const words = `${condition}, ${when(said.age_s, asOfMs)}`;
  return said.differs && asOfMs === null ? { words: t`${words}: what arrives says otherwise`, tone: 'caution' } : { words, tone: 'plain' };
}

/** What a processing system says it measures too much; a note where that is further from ours than the limit. */
export function toldBiases(told: ToldBiases, ours: SensorBias | null): Line[] {
  const row = (name: string, kind: BiasKind, value: number | null): Line[] => {
    if (value === null) return [];
    const own = ours === null ? null : kind.of(ours);
    const apart = own === null || own.value === null || own.limit === null ? 0 : Math.abs(value - own.value) / own.limit;
    const words = `${name} ${kind.figure(value)}`;
    return [apart > 1 ? { words: t`${words}: ours is ${kind.figure(own!.value!)}`, tone: 'caution' } : { words, tone: 'plain' }];
  };
  const [azimuth, range, time] = BIASES as [BiasKind, BiasKind, BiasKind];
  return [
    ...row(t`secondary azimuth`, azimuth, told.secondary_azimuth_deg),
    ...row(t`secondary range`, range, told.secondary_range_m),
    ...row(t`primary azimuth`, azimuth, told.primary_azimuth_deg),
    ...row(t`primary range`, range, told.primary_range_m),
    ...row(t`time`, time, told.time_s),
  ];
}

/** What must be seen of a sensor before its row is opened. */
export function cautions(row: SensorRow): string[] {
  const over = row.bias === null ? [] : BIASES.filter((kind) => kind.of(row.bias!).over).map((kind) => `${kind.name} ${biasLine(kind, kind.of(row.bias!)).words}`);
  const differs = row.said.filter((said) => said.differs).map((said) => `${said.teller ?? t`Itself`}: ${saidLine(said, null).words}`);
  return [...over, ...differs];
}
