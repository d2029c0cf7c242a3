// Who told what the selected track is shown with, and how long ago: pure, so that it can be tested.

import type { Selected, ToldField, ToldRow } from '../generated/wire';
import { t } from '../language/language';
import * as format from '../shell/format';
import { sourceShort } from './sources';

/** What moves is shown faint, with its age, from here on, seconds; */
const STALE_S = 15;
/** what a target is known by stays as it is, and is told less often. */
const KNOWN_BY_STALE_S = 60;
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
  const first = rows[0];
  const nobody = unspoken(field);
  if (!first) return { tellers: nobody ? [{ who: nobody, when: '', how: '' }] : [], stale: false };
  return { tellers: rows.map((row) => teller(row, detail, silent)), stale: isStale(field, first.age_s) };
}

function teller(row: ToldRow, detail: Selected, silent: boolean): Teller {
  const age = format.age(row.age_s);
  return {
    who: row.by || (row.sensor ?? ''),
    when: silent ? t`at ${format.timeZ(detail.time_ms - row.age_s * 1000)}` : isStale(row.field, row.age_s) ? t`${age} old` : age,
    how: row.kind ? sourceShort(row.kind) : '',
  };
}

/** Of a value that nobody told. */
function unspoken(field: ToldField): string {
  if (field === 'velocity') return t`from its positions`;
  if (field === 'climb') return t`from its levels`;
  return field === 'position' ? '' : t`not told of late`;
}
