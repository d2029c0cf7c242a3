// All tracks in a table with a filter. Only the rows in view exist, so ten thousand cost no more
// than twenty.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { TRACK_COASTING, TRACK_ON_GROUND } from '../generated/wire';
import * as format from '../shell/format';
import { Glyph } from '../shell/Glyph';
import type { PictureStore } from '../picture/store';
import { heldShown, heldWhy, matches, order, ownSelected, ownStore, ownVersion, pictureVersion, prefs, select, selectOwn, selected, setPref, store, tableOfHeld } from '../shell/state';
import { climbUnit, speedIn, units } from '../shell/units';
import type { Matcher } from './filter';
import { FilterBar } from './FilterBar';
import { codeTag, ident, ownerTag, trackNumber } from './ident';
import { tableRows, visibleRange, type SortKey } from './rows';
import { sourceShort } from './sources';
import { t } from '../language/language';

export const ROW_PX = 24;

interface Column {
  key: SortKey | null;
  title: string | null;
  class: string;
}

const COLUMNS: readonly Column[] = [
  { key: 'ident', title: t`Ident`, class: 'c-ident' },
  { key: 'number', title: 'TN', class: 'c-tn' },
  { key: 'address', title: t`Address¦column`, class: 'c-address' },
  { key: 'squawk', title: t`Squawk¦column`, class: 'c-squawk' },
  { key: 'level', title: t`Level¦height`, class: 'c-level right' },
  // The titles of these are their units.
  { key: 'climb', title: null, class: 'c-climb right' },
  { key: 'speed', title: null, class: 'c-speed right' },
  { key: 'track', title: t`Track¦column`, class: 'c-track right' },
  { key: 'age', title: t`Age`, class: 'c-age right' },
  { key: null, title: t`Sources`, class: 'c-sources' },
];

/** Of what is held back the reason has the room of what tells less. */
const HELD_PLACES = [0, 1, 4, 6];
const HELD_COLUMNS: readonly Column[] = [...HELD_PLACES.map((at) => COLUMNS[at]!), { key: null, title: t`Held back by`, class: 'c-why' }];

/** Which tracks are listed: those of the picture, or those of ours that the partner is not told. */
interface Listed {
  store: PictureStore;
  matches: Matcher | null;
  selected: number | null;
  choose: (number: number) => void;
  /** Why each is held back; `null`: they are not. */
  why: ReadonlyMap<number, string> | null;
}

export function TrackTable({ onChosen }: { onChosen: (number: number, own: boolean) => void }) {
  void pictureVersion.value;
  const open = prefs.value.table;
  const held = heldShown.value && tableOfHeld.value;
  const listed = held ? listedHeld(onChosen) : listedPicture(onChosen);
  const rows = open ? tableRows(listed.store, listed.matches, order.value) : null;
  const shown = rows ? rows.length : countMatches(listed);
  return (
    <section class={`table-pane ${open ? 'open' : ''}`} id="tracks" aria-label={t`Tracks`}>
      <FilterBar shown={shown} total={held ? heldWhy.value.size : store.size} />
      {rows && <Rows rows={rows} of={listed} />}
    </section>
  );
}

function listedPicture(onChosen: (number: number, own: boolean) => void): Listed {
  const choose = (number: number): void => {
    select(number);
    onChosen(number, false);
  };
  return { store, matches: matches.value, selected: selected.value, choose, why: null };
}

function listedHeld(onChosen: (number: number, own: boolean) => void): Listed {
  void ownVersion.value;
  const why = heldWhy.value;
  const filter = matches.value;
  const choose = (number: number): void => {
    selectOwn(number);
    onChosen(number, true);
  };
  const isHeld: Matcher = (of, row) => why.has(of.number[row]!) && (filter === null || filter(of, row));
  return { store: ownStore, matches: isHeld, selected: ownSelected.value, choose, why };
}

function countMatches({ store, matches }: Listed): number {
  if (!matches) return store.size;
  let count = 0;
  for (const row of store.rowOf.values()) if (matches(store, row)) count += 1;
  return count;
}

function Rows({ rows, of }: { rows: Uint32Array; of: Listed }) {
  const { store, choose } = of;
  const box = useRef<HTMLDivElement>(null);
  const scroll = useSignal({ top: 0, height: 200 });
  useEffect(() => {
    const element = box.current!;
    const measure = (): void => {
      scroll.value = { top: element.scrollTop, height: element.clientHeight };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { from, to } = visibleRange(rows.length, scroll.value.top, scroll.value.height - ROW_PX, ROW_PX);
  // Only a row that exists may be pointed at.
  const active = rows.subarray(from, to).some((row) => store.number[row] === of.selected) ? of.selected : null;
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(scroll.value.height / ROW_PX) - 2);
    const next = moved(rows, of, event.key, page);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    choose(store.number[rows[next]!]!);
    reveal(box.current!, next);
  };
  return (
    <div
      ref={box}
      class={`rows ${of.why ? 'of-held' : ''}`}
      role="grid"
      aria-label={t`Track table`}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={active === null ? undefined : `row-${active}`}
      tabIndex={0}
      onScroll={() => (scroll.value = { top: box.current!.scrollTop, height: box.current!.clientHeight })}
      onKeyDown={onKeyDown}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {(of.why ? HELD_COLUMNS : COLUMNS).map((column) => (
          <Heading key={column.class} column={column} />
        ))}
      </div>
      {rows.length === 0 && <p class="empty no-rows">{store.size === 0 ? t`No tracks.` : t`No track matches the filter.`}</p>}
      <div class="rows-space" style={{ height: `${rows.length * ROW_PX}px` }} role="presentation">
        {[...rows.subarray(from, to)].map((row, i) => (
          <Row key={store.number[row]!} row={row} index={from + i} of={of} />
        ))}
      </div>
    </div>
  );
}

// Which row a key leads to; `null` when the key is not ours.
function moved(rows: Uint32Array, of: Listed, key: string, page: number): number | null {
  if (rows.length === 0) return null;
  const at = rows.findIndex((row) => of.store.number[row] === of.selected);
  const last = rows.length - 1;
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? last : at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: last,
  };
  const to = steps[key];
  return to === undefined ? null : Math.max(0, Math.min(last, to));
}

function reveal(box: HTMLElement, index: number): void {
  const top = index * ROW_PX;
  const visible = box.clientHeight - ROW_PX;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_PX > box.scrollTop + visible) box.scrollTop = top + ROW_PX - visible;
}

function Heading({ column }: { column: Column }) {
  const { key } = column;
  if (key === null) {
    return (
      <span class={`cell ${column.class}`} role="columnheader">
        {column.title}
      </span>
    );
  }
  const active = order.value.key === key;
  const sort = active ? (order.value.descending ? 'descending' : 'ascending') : 'none';
  return (
    <span class={`cell ${column.class}`} role="columnheader" aria-sort={sort}>
      <button
        type="button"
        class="sort"
        onClick={() => (order.value = { key, descending: active && !order.value.descending })}
      >
        {column.title ?? (key === 'climb' ? climbUnit(units.value) : units.value.speed)}
        {active && <Glyph shape={order.value.descending ? 'down' : 'up'} />}
      </button>
    </span>
  );
}

function Row({ row, index, of: { store, selected, choose, why } }: { row: number; index: number; of: Listed }) {
  const number = store.number[row]!;
  const description = store.descriptions[row] ?? null;
  const flags = store.flags[row]!;
  const ground = (flags & TRACK_ON_GROUND) !== 0;
  const coasting = (flags & TRACK_COASTING) !== 0;
  const feet = store.levelFt[row]!;
  const tag = codeTag(description?.squawk);
  const climb = store.climbFpm[row]!;
  const cells = [
    [ident(description, number), ownerTag(description, store.party)].filter(Boolean).join(' '),
    trackNumber(number).slice(3),
    description?.address?.toUpperCase() ?? '–',
    tag ? `${description!.squawk} ▲${tag.tag}` : (description?.squawk ?? '–'),
    ground ? 'GND' : Number.isNaN(feet) ? '–' : `${format.level(feet)} ${format.TREND_MARK[format.trend(climb)]}`,
    ground || Number.isNaN(climb) ? '–' : format.climbFigure(climb),
    String(Math.round(speedIn(store.speedKt[row]!, units.value))),
    format.bearing(store.trackDeg[row]!),
    format.age((store.timeMs - store.updatedMs[row]!) / 1000),
    (description?.sources ?? []).map(sourceShort).join(' '),
  ];
  const columns = why ? HELD_COLUMNS : COLUMNS;
  const shown = why ? [...HELD_PLACES.map((at) => cells[at]!), (why.get(number) ?? '').replace(/^withheld: /, '')] : cells;
  const state = [
    index % 2 ? 'odd' : '',
    coasting ? 'coasting' : '',
    ground ? 'ground' : '',
    number === selected ? 'selected' : '',
    tag ? 'alerted' : '',
  ];
  return (
    <div
      id={`row-${number}`}
      class={`row ${state.join(' ')}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={number === selected}
      data-number={number}
      style={{ transform: `translateY(${index * ROW_PX}px)` }}
      onClick={() => choose(number)}
    >
      {shown.map((text, i) => (
        <span key={i} class={`cell ${columns[i]!.class}`} role="gridcell" title={columns[i]!.class === 'c-why' ? text : undefined}>
          {text}
        </span>
      ))}
    </div>
  );
}

/** Opens the table and puts the cursor in the filter, at once: the next key is already its own. */
export function focusFilter(): void {
  if (!prefs.value.table) setPref('table', true);
  document.getElementById('filter-text')?.focus();
}
