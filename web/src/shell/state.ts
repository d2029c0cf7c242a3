// What the screen shows, as signals: the one place components read from and act on.

import { batch, computed, effect, signal } from '@preact/signals';
import type { AirspaceTime, AreaRow, Explained, HeldBack, Hello, Pairs, Partners, Selected, Sensors, TrackDescription, View } from '../generated/wire';
import type { ConnectionState } from '../connection/state';
import { withTimes, type Airspace } from '../map/airspaces';
import { areasOnMap, holds } from '../map/areas';
import type { Place } from '../map/geometry';
import { whyHeld } from '../partners/beside';
import { PictureStore } from '../picture/store';
import { isOpen, matcher, type TrackFilter } from '../tracks/filter';
import type { SortOrder } from '../tracks/rows';
import { fromAddress, savedFrom, savedTo, type SavedFilter } from './address';
import { LABEL_DETAILS, VECTOR_MINUTES, defaults, keep, loadKept, loadPrefs, savePrefs, storageOf, type Prefs } from './prefs';
import { units } from './units';

export { VECTOR_MINUTES } from './prefs';

export const store = new PictureStore();
/** Our own picture while a partner's view is in `store`, where one looks at both. */
export const ownStore = new PictureStore();

const storage = storageOf(window);
const narrow = window.matchMedia('(max-width: 1100px)');
/** Two consoles side by side: the map comes first. */
const slim = window.matchMedia('(max-width: 760px)');
export const prefs = signal<Prefs>(loadPrefs(storage, narrow.matches));
effect(() => {
  const { distance, height, speed } = prefs.value;
  const now = units.peek();
  if (now.distance !== distance || now.height !== height || now.speed !== speed) units.value = { distance, height, speed };
});

export function setPref<K extends keyof Prefs>(key: K, value: Prefs[K]): void {
  prefs.value = { ...prefs.value, [key]: value };
  savePrefs(storage, prefs.value);
}

/** Everything as it is where nobody has chosen; which panels are open stays. */
export function resetPrefs(): void {
  const { left, right, table } = prefs.value;
  prefs.value = { ...defaults(narrow.matches), left, right, table };
  savePrefs(storage, prefs.value);
}

const PARTS = ['left', 'right', 'table'] as const;
let partsBefore: readonly (typeof PARTS)[number][] = PARTS;

/** Closes everything beside the map, or opens again what that closed. */
export function mapAlone(): void {
  const open = PARTS.filter((part) => prefs.value[part]);
  if (open.length > 0) partsBefore = open;
  const next = open.length > 0 ? [] : partsBefore;
  for (const part of PARTS) setPref(part, next.includes(part));
}

/** Opens or closes a side panel; a narrow screen has room for one. */
export function togglePanel(side: 'left' | 'right'): void {
  const open = !prefs.value[side];
  if (open && narrow.matches) setPref(side === 'left' ? 'right' : 'left', false);
  setPref(side, open);
}

/** Keeps that so when the window becomes narrow, and the map clear when it becomes slim; returns how
 *  to stop. */
export function onePanelWhereNarrow(): () => void {
  const check = (): void => {
    if (narrow.matches && prefs.value.left && prefs.value.right) setPref('left', false);
  };
  const clear = (): void => {
    if (!slim.matches) return;
    for (const panel of ['left', 'right', 'table'] as const) if (prefs.value[panel]) setPref(panel, false);
  };
  check();
  narrow.addEventListener('change', check);
  slim.addEventListener('change', clear);
  return () => {
    narrow.removeEventListener('change', check);
    slim.removeEventListener('change', clear);
  };
}

/** Counts pictures; read it to be drawn anew with each. */
export const pictureVersion = signal(0);
export const hello = signal<Hello | null>(null);
export const sensors = signal<Sensors | null>(null);
export const connection = signal<ConnectionState>({ kind: 'connecting', ageS: null, sinceMs: null, reason: null });
/** The node's clock, once a second. */
export const clockMs = signal(Date.now());
/** Absent until a node with partners has spoken. */
export const partners = signal<Partners | null>(null);
export const pairs = signal<Pairs | null>(null);
/** The partner whose view is asked for; `null`: our own picture. */
export const seenAs = signal<string | null>(null);
/** Whether what the partner is not told of our picture is shown beside its view. */
export const heldShown = signal(false);
/** Where the two pictures meet, in hundredths of the map's width: ours to the left; `null`: theirs alone. */
export const wipeAt = signal<number | null>(null);
/** Whether our own picture is asked for beside the partner's view. */
export const besideAsked = computed(() => seenAs.value !== null && (heldShown.value || wipeAt.value !== null));
export const heldBack = signal<HeldBack | null>(null);
export const heldWhy = computed(() => whyHeld(heldBack.value));
/** Counts our own pictures that came beside a partner's view. */
export const ownVersion = signal(0);
/** The track of ours that is looked at beside a partner's view. */
export const ownSelected = signal<number | null>(null);
/** What the table lists while what is held back is shown. */
export const tableOfHeld = signal(false);
/** Questions on their way to the node, and its answers about the selected track. */
export const questions = signal<readonly { number: number; party: string }[]>([]);
export const explained = signal<readonly Explained[]>([]);
export const refused = signal<string | null>(null);

export const selected = signal<number | null>(null);
/** What the selected track was last known as: it outlives the track. */
export const selectedWas = signal<TrackDescription | null>(null);
export const selectedDetail = signal<Selected | null>(null);
/** As the address said when the page was opened. */
export const addressed = fromAddress(window.location.search);
export const filter = signal<TrackFilter>(addressed.filter);
/** Filters kept on this computer. */
export const savedFilters = signal<readonly SavedFilter[]>(savedFrom(loadKept(storage, 'filters')));

export function keepFilters(filters: readonly SavedFilter[]): void {
  savedFilters.value = filters;
  keep(storage, 'filters', savedTo(filters));
}
/** Where the map looks; `null`: nobody has moved it. */
export const mapView = signal<View | null>(addressed.view);
const onlyRow = computed(() => sensors.value?.rows.findIndex((row) => row.id === filter.value.only) ?? -1);
export const matches = computed(() => (isOpen(filter.value) ? null : matcher(filter.value, onlyRow.value)));
/** What the sensor is called whose tracks alone the filter leaves. */
export const onlySensorName = computed(() => sensors.value?.rows[onlyRow.value]?.name ?? filter.value.only);
export const order = signal<SortOrder>({ key: 'ident', descending: false });
export const follow = signal(false);
export const helpOpen = signal(false);
export const settingsOpen = signal(false);
export const pointer = signal<{ latDeg: number; lonDeg: number } | null>(null);
/** Airspaces and borders that the node knows. */
export const airspaces = signal<readonly Airspace[]>([]);
/** Whether those are active that not always are, as the node said last. */
export const airspaceTimes = signal<readonly AirspaceTime[]>([]);
export const timedAirspaces = computed(() => withTimes(airspaces.value, airspaceTimes.value));
/** Areas of responsibility, and of accords in force. */
export const areas = signal<readonly AreaRow[]>([]);
const drawnAreas = computed(() => areasOnMap(areas.value));
const NONE: readonly Airspace[] = [];
/** What the map draws of both. */
export const shownAirspaces = computed(() => {
  const { airspace, areas: accord } = prefs.value;
  const [first, second] = [airspace ? timedAirspaces.value : NONE, accord ? drawnAreas.value : NONE];
  return second.length === 0 ? first : first.length === 0 ? second : [...first, ...second];
});
/** The place of which it is asked what holds there. */
export const here = signal<Place | null>(null);
export const hereAirspaces = computed(() => {
  const place = here.value;
  return place === null ? [] : timedAirspaces.value.filter((one) => holds(one, place));
});
export const hereAreas = computed(() => {
  const place = here.value;
  return place === null ? [] : areas.value.filter((row) => row.shapes.length === 0 || areasOnMap([row]).some((one) => holds(one, place)));
});
/** Whether the node has terrain for the map. */
export const hasTerrain = signal(false);
/** Pixels for a NM at the middle of the map; `null` before it has a size. */
export const pxPerNm = signal<number | null>(null);

/** Where one panel has room it is the track's, unless whoever selects goes on in another. */
export function select(number: number | null, show = true): void {
  selected.value = number;
  if (number !== null) ownSelected.value = null;
  if (selectedDetail.value?.number !== number) selectedDetail.value = null;
  explained.value = [];
  if (number === null) follow.value = false;
  else if (show && narrow.matches && !prefs.value.right) togglePanel('right');
}

/** Shows what a partner is sent, under its numbers; `null`: our own picture. */
export function seeAs(party: string | null): void {
  if (seenAs.value === party) return;
  select(null);
  batch(() => {
    seenAs.value = party;
    heldBack.value = null;
    ownSelected.value = null;
    if (party !== null) return;
    heldShown.value = false;
    tableOfHeld.value = false;
    wipeAt.value = null;
  });
}

/** Shows what the partner is not told beside its view, or leaves that. */
export function toggleHeld(): void {
  if (seenAs.value === null) return;
  batch(() => {
    heldShown.value = !heldShown.value;
    tableOfHeld.value = heldShown.value;
    if (!heldShown.value && wipeAt.value === null) ownSelected.value = null;
  });
}

/** Shows both pictures, ours to the left, or the partner's alone. */
export function toggleWipe(): void {
  if (seenAs.value === null) return;
  batch(() => {
    wipeAt.value = wipeAt.value === null ? 50 : null;
    if (!heldShown.value && wipeAt.value === null) ownSelected.value = null;
  });
}

/** Looks at a track of ours beside the partner's view. */
export function selectOwn(number: number | null): void {
  batch(() => {
    ownSelected.value = number;
    if (number !== null) select(null);
  });
  if (number !== null && narrow.matches && !prefs.value.right) togglePanel('right');
}

/** Asks why a partner is given a track, or is not. */
export function explain(number: number, party: string): void {
  questions.value = [...questions.value, { number, party }];
}

export function nextLabels(): void {
  const at = LABEL_DETAILS.indexOf(prefs.value.labels);
  setPref('labels', LABEL_DETAILS[(at + 1) % LABEL_DETAILS.length]!);
}

/** Minutes the speed vector reaches ahead; choosing the present one turns it off. */
/** The next length of speed vectors; after the longest there are none. */
export function nextVector(): void {
  const lengths = [0, ...VECTOR_MINUTES];
  setPref('vectorMin', lengths[(lengths.indexOf(prefs.value.vectorMin) + 1) % lengths.length]!);
}

export function chooseVector(minutes: number): void {
  setPref('vectorMin', prefs.value.vectorMin === minutes ? 0 : minutes);
}
