// What the rehearsal says and draws. Pure.

import type { RehearsalDone, RehearsedObject, RehearsedPlace, RuleBeside } from '../generated/rehearsal';
import { count, timeZ } from '../shell/format';
import { listed, t } from '../language/language';

export type Side = 'more' | 'less';

/** A gap this many times the usual step is time when nothing was told. */
const GAP_STEPS = 2.5;

/** A path cut where the object was out of it for a while: places are evenly far apart in time. */
export function legs(places: readonly RehearsedPlace[]): RehearsedPlace[][] {
  let step = Infinity;
  for (let i = 1; i < places.length; i += 1) step = Math.min(step, places[i]!.time_ms - places[i - 1]!.time_ms);
  const found: RehearsedPlace[][] = [];
  for (const place of places) {
    const leg = found.at(-1);
    if (leg && place.time_ms - leg.at(-1)!.time_ms <= GAP_STEPS * step) leg.push(place);
    else found.push([place]);
  }
  return found;
}

/** As the track table names it. */
export const nameOf = (object: Pick<RehearsedObject, 'number' | 'callsign' | 'address'>): string =>
  object.callsign ?? object.address ?? `TN ${object.number}`;

/** `position and level, 12:00:01Z to 12:04:00Z, by kaz-rus/2`. */
export const objectWords = (object: RehearsedObject): string =>
  t`${object.fields.join(', ')}; ${timeZ(object.first_ms)} to ${timeZ(object.last_ms)}; by ${listed(object.articles)}`;

/** `+3`, `−2`, `same`. */
export function changeWords(row: Pick<RuleBeside, 'draft' | 'current'>): string {
  const by = row.draft - row.current;
  if (by === 0) return t`same`;
  return by > 0 ? `+${count(by)}` : `−${count(-by)}`;
}

/** The answer in one sentence. */
export function verdict(done: RehearsalDone): string {
  if (done.pictures === 0) return t`Nothing was recorded in that time.`;
  const named = (side: Side): string[] => done.partners.filter((one) => one.counted[side === 'more' ? 0 : 1] > 0).map((one) => one.party);
  const [more, less] = [named('more'), named('less')];
  if (more.length === 0 && less.length === 0) return t`The draft tells everybody just what was told.`;
  const parts = [];
  if (more.length > 0) parts.push(t`more to ${more.join(', ')}`);
  if (less.length > 0) parts.push(t`less to ${less.join(', ')}`);
  return t`The draft tells ${listed(parts)}.`;
}
