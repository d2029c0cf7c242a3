// What a track's label says, line by line. Pure.

import type { TrackAlert } from '../alerts/onMap';
import { TRACK_COASTING, TRACK_IDENT, TRACK_ON_GROUND } from '../generated/wire';
import type { PictureStore } from '../picture/store';
import { TREND_MARK, trend } from '../shell/format';
import { codeTag, ident, ownerTag } from '../tracks/ident';
import { t } from '../language/language';

/** Lines a label has; `auto` shows more the fewer tracks are in view. */
export type LabelDetail = 'auto' | 'off' | 1 | 2 | 3;

export const LABEL_DETAILS: readonly LabelDetail[] = ['auto', 1, 2, 3, 'off'];

/** In view up to this many, `auto` gives two lines; above, one. */
export const AUTO_TWO_LINES_MAX = 350;

/** `085↑ 42`: level, trend, tens of knots. */
export function levelLine(store: PictureStore, row: number): string {
  const speed = String(Math.round(store.speedKt[row]! / 10)).padStart(2, '0');
  if ((store.flags[row]! & TRACK_ON_GROUND) !== 0) return `GND ${speed}`;
  const feet = store.levelFt[row]!;
  const hundreds = Math.round(feet / 100);
  const level = Number.isNaN(feet)
    ? '???'
    : hundreds < 0
      ? `-${String(-hundreds).padStart(2, '0')}`
      : String(hundreds).padStart(3, '0');
  return `${level}${TREND_MARK[trend(store.climbFpm[row]!)]} ${speed}`;
}

/** The line that says what is out of the ordinary; `null` when nothing is. */
export function tagLine(store: PictureStore, row: number): string | null {
  const tags: string[] = [];
  if ((store.flags[row]! & TRACK_IDENT) !== 0) tags.push('SPI');
  if ((store.flags[row]! & TRACK_COASTING) !== 0) {
    tags.push(t`coast ${Math.round((store.timeMs - store.updatedMs[row]!) / 1000)} s`);
  }
  return tags.length ? tags.join(' ') : null;
}

/** The label of a row, at most three lines. */
export function labelLines(store: PictureStore, row: number, detail: 1 | 2 | 3, alert: TrackAlert | null = null): string[] {
  const description = store.descriptions[row] ?? null;
  // A distress code stands beside the name: it must survive when only one line finds room.
  const tag = codeTag(description?.squawk);
  const name = ident(description, store.number[row]!);
  const owner = ownerTag(description, store.party);
  // A name that begins with its owner says so already.
  const whose = owner !== null && !name.startsWith(`${owner}:`) ? ` ${owner}` : '';
  const told = tag ? `▲${tag.tag}` : (alert?.tag ?? '');
  const lines = [`${name}${told && ` ${told}`}${whose}`];
  if (detail > 1) lines.push(levelLine(store, row));
  const tags = tagLine(store, row);
  if (tags) lines.push(tags);
  else if (detail > 2 && description) {
    const more = [description.squawk && `A${description.squawk}`, description.category].filter(Boolean);
    if (more.length) lines.push(more.join(' '));
  }
  return lines;
}

/** Who gets a label first: 0 alerted, 1 selected, 2 suspect or hostile, 3 pending or unknown, 4 friend, 5 the rest, 6 on the ground. */
export function labelPriority(store: PictureStore, row: number, selected: number | null, alert: TrackAlert | null = null): number {
  const description = store.descriptions[row];
  if (codeTag(description?.squawk) || (alert && alert.severity !== 'advisory')) return 0;
  if (store.number[row] === selected) return 1;
  switch (description?.identity) {
    case 'suspect':
    case 'hostile':
      return 2;
    case 'pending':
    case 'unknown':
      return 3;
    case 'friend':
    case 'assumed_friend':
      return 4;
    default:
      return (store.flags[row]! & TRACK_ON_GROUND) !== 0 ? 6 : 5;
  }
}
