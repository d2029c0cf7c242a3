// All tracks in a table with a filter. Only the rows in view exist, so ten thousand cost no more
// than twenty.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { TRACK_COASTING, TRACK_ON_GROUND } from '../generated/wire';
import * as format from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { matches, order, pictureVersion, prefs, select, selected, setPref, store } from '../shell/state';
import { climbUnit, speedIn, units } from '../shell/units';
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

export function TrackTable({ onChosen }: { onChosen: (number: number) => void }) {
  void pictureVersion.value;
  const open = prefs.value.table;
  const rows = open ? tableRows(store, matches.value, order.value) : null;
  const shown = rows ? rows.length : countMatches();
  return (
    <section class={`table-pane ${open ? 'open' : ''}`} id="tracks" aria-label={t`Tracks`}>
      <FilterBar shown={shown} total={store.size} />
      {rows && <Rows rows={rows} onChosen={onChosen} />}
    </section>
  );
}

function countMatches(): number {
  const match = matches.value;
  if (!match) return store.size;
  let count = 0;
  for (const row of store.rowOf.values()) if (match(store, row)) count += 1;
  return count;
}

function Rows({ rows, onChosen }: { rows: Uint32Array; onChosen: (number: number) => void }) {
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
  const active = rows.subarray(from, to).some((row) => store.number[row] === selected.value) ? selected.value : null;
  const choose = (number: number): void => {
    select(number);
    onChosen(number);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(scroll.value.height / ROW_PX) - 2);
    const next = moved(rows, event.key, page);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    choose(store.number[rows[next]!]!);
    reveal(box.current!, next);
  };
  return (
    <div
      ref={box}
      class="rows"
      role="grid"
      aria-label={t`Track table`}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={active === null ? undefined : `row-${active}`}
      tabIndex={0}
      onScroll={() => (scroll.value = { top: box.current!.scrollTop, height: box.current!.clientHeight })}
      onKeyDown={onKeyDown}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <Heading key={column.class} column={column} />
        ))}
      </div>
      {rows.length === 0 && <p class="empty no-rows">{store.size === 0 ? t`No tracks.` : t`No track matches the filter.`}</p>}
      <div class="rows-space" style={{ height: `${rows.length * ROW_PX}px` }} role="presentation">
        {[...rows.subarray(from, to)].map((row, i) => (
          <Row key={store.number[row]!} row={row} index={from + i} choose={choose} />
        ))}
      </div>
    </div>
  );
}

// Which row a key leads to; `null` when the key is not ours.
function moved(rows: Uint32Array, key: string, page: number): number | null {
  if (rows.length === 0) return null;
  const at = rows.findIndex((row) => store.number[row] === selected.value);
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

function Row({ row, index, choose }: { row: number; index: number; choose: (number: number) => void }) {
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
  const state = [
    index % 2 ? 'odd' : '',
    coasting ? 'coasting' : '',
    ground ? 'ground' : '',
    number === selected.value ? 'selected' : '',
    tag ? 'alerted' : '',
  ];
  return (
    <div
      id={`row-${number}`}
      class={`row ${state.join(' ')}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={number === selected.value}
      data-number={number}
      style={{ transform: `translateY(${index * ROW_PX}px)` }}
      onClick={() => choose(number)}
    >
      {cells.map((text, i) => (
        <span key={i} class={`cell ${COLUMNS[i]!.class}`} role="gridcell">
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
