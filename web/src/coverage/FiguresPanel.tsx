// Figures: covered by level, what each site gives, gaps, the selected site's horizon.

import type { Figures, GapKindName, GapRow, LevelRow } from '../generated/coverage';
import { plural, t } from '../language/language';
import { count, flightLevel, latitude, longitude } from '../shell/format';
import { HorizonDiagram } from './HorizonDiagram';
import { map } from './MapPane';
import * as session from './session';

export function FiguresPanel() {
  const answered = session.figured.value;
  const told = answered?.told;
  const at = flightLevel((answered?.asked.level ?? 0) * 100);
  const shown = session.horizon.value;
  return (
    <aside class={`panel figures ${session.figuresOutdated.value ? 'waiting' : ''}`} id="figures" aria-label={t`Figures`} aria-busy={session.figuresOutdated.value}>
      {told && (
        <>
          <header class="panel-head">
            <h2>{t`Covered`}</h2>
            <span class="panel-note num">{t`% of ${count(told.region_km2)} km²`}</span>
          </header>
          <Levels rows={told.levels} />
          <h3>{t`What each site gives at ${at}`}</h3>
          <SiteTable told={told} />
          <h3>{t`Gaps at ${at}`}</h3>
          <GapList told={told} />
        </>
      )}
      {shown && (
        <>
          <h3>{t`Horizon of ${shown.name}`}</h3>
          <HorizonDiagram told={shown.told} />
        </>
      )}
    </aside>
  );
}

export function Levels({ rows }: { rows: readonly LevelRow[] }) {
  const compared = rows.some((row) => row.against !== null);
  return (
    <table class="figure-table num" id="levels">
      <thead>
        <tr>
          <th scope="col">{t`Level`}</th>
          <th scope="col" title={t`Seen over the mean ground`}>
            {t`maybe`}
          </th>
          <th scope="col" title={t`Seen over the highest ground of each cell too`}>
            {t`surely`}
          </th>
          <th scope="col">{t`by ${2}`}</th>
          <th scope="col">{t`by ${3}`}</th>
          {compared && <th scope="col">A</th>}
          {compared && <th scope="col">B − A</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.level} class={row.level === session.level.value ? 'chosen' : ''}>
            <th scope="row">
              <button type="button" class="plain" onClick={() => (session.level.value = row.level)}>
                {flightLevel(row.level * 100)}
              </button>
            </th>
            <td>
              <b>{row.one.toFixed(1)}</b>
            </td>
            <td>{row.sure.toFixed(1)}</td>
            <td>{row.two.toFixed(1)}</td>
            <td>{row.three.toFixed(1)}</td>
            {compared && <td>{row.against?.toFixed(1)}</td>}
            {compared && (
              <td title={t`gained ${row.gained?.toFixed(1)}, lost ${row.lost?.toFixed(1)}`}>
                <b>{signed((row.gained ?? 0) - (row.lost ?? 0))}</b>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const signed = (value: number): string => `${value < -0.05 ? '−' : value > 0.05 ? '+' : '±'}${Math.abs(value).toFixed(1)}`;

export function SiteTable({ told }: { told: Figures }) {
  return (
    <table class="figure-table num">
      <thead>
        <tr>
          <th scope="col">{t`Site`}</th>
          <th scope="col">{t`sees`}</th>
          <th scope="col" title={t`Nobody else sees it: lost with the site off`}>
            {t`lost if off`}
          </th>
          <th scope="col">{t`antenna`}</th>
        </tr>
      </thead>
      <tbody>
        {told.sites.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td>{row.covered.toFixed(1)}</td>
            <td>{row.alone.toFixed(1)}</td>
            <td>{row.antenna_m === null ? '–' : `${count(row.antenna_m)} m`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const WHY: Record<GapKindName, string> = {
  hidden: t`hidden by ground`,
  cone: t`cone of silence over a site`,
  beyond: t`beyond every range`,
};

/** Why nobody sees there, and from where on somebody does. */
export function gapWords(gap: GapRow): string {
  if (gap.kind !== 'hidden') return WHY[gap.kind];
  if (gap.half_from_ft !== null && gap.half_from_ft > 45_000) return t`${WHY.hidden}; half of it not below ${'FL450'}`;
  return gap.half_from_ft === null ? WHY.hidden : t`${WHY.hidden}; half of it seen from ${flightLevel(gap.half_from_ft)}`;
}

export function GapList({ told, most = 10 }: { told: Figures; most?: number }) {
  if (told.gaps_total === 0) return <p class="empty">{t`None.`}</p>;
  return (
    <>
      <ol class="gap-list">
        {told.gaps.slice(0, most).map((gap, i) => (
          <li key={`${gap.lat_deg} ${gap.lon_deg} ${gap.kind}`} class={session.gapChosen.value === i ? 'chosen' : ''}>
            <button
              type="button"
              class="plain gap-row"
              onClick={() => {
                session.gapChosen.value = i;
                map?.centreOn(gap.lat_deg, gap.lon_deg);
              }}
            >
              <span class="gap-number num">{i + 1}</span>
              <span class="num">
                <b>{t`${count(gap.km2)} km²`}</b> {latitude(gap.lat_deg)} {longitude(gap.lon_deg)}
                <small>
                  {gapWords(gap)}; {t`ground ${count(gap.ground_low_m)}–${count(gap.ground_high_m)} m`}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ol>
      <p class="study num">
        {plural(
          told.gaps_total,
          '{n} gap, {0} km² in all, {1} % of the region',
          '{n} gaps, {0} km² in all, {1} % of the region',
          count(told.gaps_km2),
          ((100 * told.gaps_km2) / told.region_km2).toFixed(1),
        )}
      </p>
    </>
  );
}
