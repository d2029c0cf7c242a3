// Who told what the selected track is shown with, and how long ago: pure, so that it can be tested.

import type { Selected, ToldField, ToldRow } from '../generated/wire';
import { t } from '../language/language';
import * as format from '../shell/format';
import { sourceShort } from './sources';

/** What moves is shown faint, with its age, from here on, seconds; */
const STALE_S = 15;
/** what a target is known by stays as it is, and is told less often. */
const KNOWN_BY_STALE_S = 60;
/** What a track has though nobody tells it. */
const WORKED_OUT: readonly ToldField[] = ['position', 'velocity', 'climb'];
const KNOWN_BY: readonly ToldField[] = ['callsign', 'address', 'category'];

export const isStale = (field: ToldField, ageS: number): boolean => ageS > (KNOWN_BY.includes(field) ? KNOWN_BY_STALE_S : STALE_S);

/** Who told a value and when; of a value that nobody told, why it is there. */
export interface Teller {
  readonly who: string;
  readonly when: string;
  /** How the plot that told it came about; none: a partner told it. */
  readonly how: string;
}

/** Where one value of a track comes from. */
export interface Origin {
  readonly tellers: readonly Teller[];
  readonly stale: boolean;
}

/** Where a value comes from: the newest word on it, and of a position also the partners' that are joined to it.
 *  `silent`: the node is, so that an age would stand still and a time stays true. */
export function originOf(field: ToldField, detail: Selected, silent: boolean): Origin {
  const rows = detail.told.filter((row) => row.field === field);
  if (rows.length > 0) return { tellers: rows.map((row) => teller(row, detail, silent)), stale: isStale(field, Math.min(...rows.map((row) => row.age_s))) };
  const nobody = unspoken(field);
  const when = field === 'level' && detail.level_age_s != null ? time(field, detail.level_age_s, detail, silent) : '';
  return { tellers: nobody ? [{ who: nobody, when, how: '' }] : [], stale: !WORKED_OUT.includes(field) };
}

const time = (field: ToldField, ageS: number, detail: Selected, silent: boolean): string => {
  if (silent) return t`at ${format.timeZ(detail.time_ms - ageS * 1000)}`;
  const age = format.age(ageS);
  return isStale(field, ageS) ? t`${age} old` : age;
};

function teller(row: ToldRow, detail: Selected, silent: boolean): Teller {
  return {
    who: row.by || (row.sensor ?? ''),
    when: time(row.field, row.age_s, detail, silent),
    how: row.kind ? sourceShort(row.kind) : '',
  };
}

/** Of a value that nobody told. */
function unspoken(field: ToldField): string {
  if (field === 'velocity') return t`from its positions`;
  if (field === 'climb') return t`from its levels`;
  return field === 'position' ? '' : t`not told of late`;
}
