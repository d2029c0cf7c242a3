// What a track's label says, line by line. Pure.

import { alertTag, type TrackAlert } from '../alerts/onMap';
import { TRACK_COASTING, TRACK_IDENT, TRACK_ON_GROUND } from '../generated/wire';
import type { PictureStore } from '../picture/store';
import { TREND_MARK, trend } from '../shell/format';
import type { LabelDetail } from '../shell/prefs';
import { M_PER_FT, speedIn, units, type Units } from '../shell/units';
import { codeTag, ident, ownerTag } from '../tracks/ident';
import { t } from '../language/language';

export const LABEL_WORDS: Record<LabelDetail, string> = { auto: t`auto`, off: t`off`, 1: '1', 2: '2', 3: '3' };

/** In view up to this many, `auto` gives two lines; above, one. */
export const AUTO_TWO_LINES_MAX = 350;

/** `085↑ 42`: level in hundreds of feet, trend, tens of knots. In metres and km/h the letters of ICAO Doc 4444,
 *  appendix 2, item 15, say so, `S0259↑ K78`: tens of metres, tens of km/h. */
export function levelLine(store: PictureStore, row: number, of: Units = units.value): string {
  const tens = String(Math.round(speedIn(store.speedKt[row]!, of) / 10)).padStart(2, '0');
  const speed = of.speed === 'km/h' ? `K${tens}` : tens;
  if ((store.flags[row]! & TRACK_ON_GROUND) !== 0) return `GND ${speed}`;
  const [letter, digits, figure] =
    of.height === 'm' ? ['S', 4, Math.round((store.levelFt[row]! * M_PER_FT) / 10)] as const : ['', 3, Math.round(store.levelFt[row]! / 100)] as const;
  const level = Number.isNaN(figure)
    ? '???'
    : figure < 0
      ? `${letter}-${String(-figure).padStart(digits - 1, '0')}`
      : `${letter}${String(figure).padStart(digits, '0')}`;
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
  const told = alertTag(alert, tag?.tag ?? null);
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
