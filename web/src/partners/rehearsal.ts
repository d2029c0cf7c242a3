// A rehearsal: what a changed or other accord would have told of what was recorded, beside what was
// told. State of the dialog.

import { computed, signal } from '@preact/signals';
import type { RehearsalAsked, RehearsalDone, RehearsedObject, RehearsedPartner } from '../generated/rehearsal';
import { worldX, worldY } from '../map/projection';
import type { Trail } from '../map/trails';
import { store } from '../shell/state';
import { legs, nameOf, type Side } from './rehearsalWords';
import { heard, t } from '../language/language';

/** Over how long, seconds. */
export const SPANS: readonly { seconds: number; words: string }[] = [
  { seconds: 300, words: '5 min' },
  { seconds: 900, words: '15 min' },
  { seconds: 3600, words: '1 h' },
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
    if (!answer.ok) throw new Error(heard(await answer.text()));
    setDraft(await answer.text());
  } catch (error) {
    change({ problem: t`The text of ${accord} did not come: ${error instanceof Error ? error.message : error}` });
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
    else change({ problem: heard(await answer.text()) });
  } catch {
    change({ problem: mine.signal.aborted ? t`Stopped.` : t`The node does not answer.` });
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
    // A track that still stands has its label.
    name: object.kind === 'track' && store.rowOf.has(object.number) ? '' : nameOf(object),
    gained: shown.side === 'more',
    strong: shown.number === object.number,
  }));
});
