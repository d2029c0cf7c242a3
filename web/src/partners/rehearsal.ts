// A rehearsal: what a changed or other accord would have told of what was recorded, beside what was
// told. State of the dialog, and the words for it.

import { computed, signal } from '@preact/signals';
import type { RehearsalAsked, RehearsalDone, RehearsedObject, RehearsedPartner, RehearsedPlace, RuleBeside } from '../generated/rehearsal';
import { worldX, worldY } from '../map/projection';
import type { Trail } from '../map/trails';
import { count, timeZ } from '../shell/format';

export type Side = 'more' | 'less';

/** Over how long, seconds. */
export const SPANS: readonly { seconds: number; words: string }[] = [
  { seconds: 300, words: '5 min' },
  { seconds: 900, words: '15 min' },
  { seconds: 3600, words: '1 hour' },
];

export const rehearsal = signal<{
  open: boolean;
  draft: string;
  lastS: number;
  /** Since when it runs; `null`: it does not. */
  sinceMs: number | null;
  problem: string | null;
  done: RehearsalDone | null;
}>({ open: false, draft: '', lastS: 900, sinceMs: null, problem: null, done: null });

/** What of it lies on the map; `null`: nothing. */
export const onMap = signal<{ party: string; side: Side; number: number | null } | null>(null);

const change = (to: Partial<typeof rehearsal.value>): void => {
  rehearsal.value = { ...rehearsal.value, ...to };
};

export const setDraft = (draft: string): void => change({ draft, problem: null });
export const setSpan = (lastS: number): void => change({ lastS });
export const closeRehearsal = (): void => change({ open: false });

/** Opens the dialog with the text of an accord that the node holds. */
export async function openRehearsal(accord: string): Promise<void> {
  onMap.value = null;
  change({ open: true, draft: '', problem: null, done: null });
  try {
    const answer = await fetch(`api/v1/accords/${encodeURIComponent(accord)}.toml`);
    if (!answer.ok) throw new Error(await answer.text());
    setDraft(await answer.text());
  } catch (error) {
    change({ problem: `The text of ${accord} did not come: ${error instanceof Error ? error.message : error}` });
  }
}

let running: AbortController | null = null;

export function stop(): void {
  running?.abort();
}

export async function rehearse(): Promise<void> {
  if (running) return;
  const asked: RehearsalAsked = { draft: rehearsal.value.draft, last_s: rehearsal.value.lastS };
  const mine = new AbortController();
  running = mine;
  onMap.value = null;
  change({ sinceMs: Date.now(), problem: null, done: null });
  try {
    const answer = await fetch('api/v1/rehearsal', { method: 'POST', body: JSON.stringify(asked), signal: mine.signal });
    if (answer.ok) change({ done: (await answer.json()) as RehearsalDone });
    else change({ problem: await answer.text() });
  } catch {
    change({ problem: mine.signal.aborted ? 'Stopped.' : 'The node does not answer.' });
  } finally {
    running = null;
    change({ sinceMs: null });
  }
}

export const objectsOf = (partner: RehearsedPartner, side: Side): RehearsedObject[] => (side === 'more' ? partner.more : partner.less);

/** Trails for the map: all of one side, the chosen one strong. */
export const trails = computed<readonly Trail[] | null>(() => {
  const shown = onMap.value;
  const partner = rehearsal.value.done?.partners.find((one) => one.party === shown?.party);
  if (!shown || !partner) return null;
  return objectsOf(partner, shown.side).map((object) => ({
    legs: legs(object.places).map((leg) => leg.map(({ lat_deg, lon_deg }) => ({ x: worldX(lon_deg), y: worldY(lat_deg) }))),
    name: nameOf(object),
    gained: shown.side === 'more',
    strong: shown.number === object.number,
  }));
});

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
  `${object.fields.join(', ')}; ${timeZ(object.first_ms)} to ${timeZ(object.last_ms)}; by ${object.articles.join(' and ')}`;

/** `+3`, `−2`, `same`. */
export function changeWords(row: Pick<RuleBeside, 'draft' | 'current'>): string {
  const by = row.draft - row.current;
  if (by === 0) return 'same';
  return by > 0 ? `+${count(by)}` : `−${count(-by)}`;
}

/** The answer in one sentence. */
export function verdict(done: RehearsalDone): string {
  if (done.pictures === 0) return 'Nothing was recorded in that time.';
  const named = (side: Side): string[] => done.partners.filter((one) => one.counted[side === 'more' ? 0 : 1] > 0).map((one) => one.party);
  const [more, less] = [named('more'), named('less')];
  if (more.length === 0 && less.length === 0) return 'The draft tells everybody just what was told.';
  const parts = [];
  if (more.length > 0) parts.push(`more to ${more.join(', ')}`);
  if (less.length > 0) parts.push(`less to ${less.join(', ')}`);
  return `The draft tells ${parts.join(' and ')}.`;
}
