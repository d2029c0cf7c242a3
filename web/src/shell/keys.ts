// Everything by keyboard: which key does what. Table and lists keep their own arrows; what is typed
// into a field is text.

import { acknowledge, alertShown, lacksName, nextAlert } from '../alerts/state';
import { draft, toIncident } from '../incidents/state';
import type { MapController } from '../map/controller';
import { viewAt } from '../partners/words';
import { closeDialog, dialog, openDialog } from '../identity/state';
import { measureSelected, measuringFrom } from '../measure/state';
import { closeRehearsal, onMap, rehearsal } from '../partners/rehearsal';
import { peopleOpen } from '../people/state';
import { closeDesk, desk, openDesk } from '../requests/state';
import { focusFilter } from '../tracks/TrackTable';
import { NO_FILTER } from '../tracks/filter';
import { step, toPresent } from '../timeline/state';
import { alongList, keyOf, toRegion } from './regions';
import * as state from './state';
import { t } from '../language/language';

const PAN_PX = 90;

/** Rows of the help sheet. */
export const KEYS: readonly { keys: string[]; does: string }[] = [
  { keys: ['/'], does: t`find a track: callsign, address, squawk, TN` },
  { keys: ['Esc'], does: t`clear the filter and leave its field; again: the selection` },
  { keys: ['F6'], does: t`to the next part of the screen; Shift+F6: to the one before` },
  { keys: ['←', '→', '↑', '↓'], does: t`pan the map; in the table, choose a track; in a list, go along it` },
  { keys: ['+', '−'], does: t`zoom` },
  { keys: ['Home'], does: t`show where the map opened; in the table, the first track` },
  { keys: ['N'], does: t`next alert that nobody has acknowledged` },
  { keys: ['A'], does: t`acknowledge the alert that is open on the list; where none is, go to the next` },
  { keys: ['I'], does: t`incident of that alert, else of the selected track: go to it, or open one` },
  { keys: ['F'], does: t`follow the selected track` },
  { keys: ['C'], does: t`centre on the selected track` },
  { keys: ['1', '2', '3', '4'], does: t`speed vectors of 1, 2, 3, 5 min; again: off` },
  { keys: ['V'], does: t`speed vectors: the next length, and off` },
  { keys: ['G'], does: t`history dots` },
  { keys: ['R'], does: t`range and bearing from the selected track; R on another, or a click, ends it` },
  { keys: ['H'], does: t`shape of the ground, where the node has terrain` },
  { keys: ['P'], does: t`airspaces and borders, where the node has them` },
  { keys: ['Z'], does: t`areas of responsibility and of accords in force` },
  { keys: ['E'], does: t`what holds where the selected track is, or at the middle of the map: airspaces, areas` },
  { keys: ['X'], does: t`label lines: auto, 1, 2, 3, off` },
  { keys: ['['], does: t`alerts and sensors` },
  { keys: [']'], does: t`track panel` },
  { keys: ['B'], does: t`track table` },
  { keys: ['Alt+1'], does: t`see what the first partner is sent, Alt+2 the second; Alt+0: our own picture` },
  { keys: ['K'], does: t`while you see as a partner: what it is not told of our picture, and why` },
  { keys: ['W'], does: t`while you see as a partner: our picture beside its own; the slider moves with the arrows` },
  { keys: ['D'], does: t`identity of the selected track: set it, with a reason` },
  { keys: ['Q'], does: t`requests desk: ask, answer, say what was done` },
  { keys: ['L'], does: t`back from the past to the present` },
  { keys: [',', '.'], does: t`look back, and there a second back or on` },
  { keys: ['M'], does: t`the map alone; again: as before` },
  { keys: ['S'], does: t`tones for new alerts, on or off` },
  { keys: ['T'], does: t`light or dark` },
  { keys: ['O'], does: t`settings: units, sound, light or dark, language, the map` },
  { keys: ['?'], does: t`this sheet` },
];

type Act = (map: MapController | null) => void;

const toggle = (key: 'table' | 'history' | 'relief' | 'airspace' | 'areas' | 'sound') => (): void =>
  state.setPref(key, !state.prefs.value[key]);

/** The keyboard goes where one goes on, once it is drawn. */
function focusSoon(selector: string): void {
  requestAnimationFrame(() => {
    const found = document.querySelector<HTMLElement>(selector);
    found?.focus();
    found?.scrollIntoView({ block: 'nearest' });
  });
}

const withPanel = (side: 'left' | 'right'): void => {
  if (!state.prefs.value[side]) state.togglePanel(side);
};

const ALERT_SHOWN = '#alerts .alert-line[aria-expanded="true"]';

function goToAlert(): void {
  withPanel('left');
  nextAlert();
  focusSoon(ALERT_SHOWN);
}

/** Where nobody has said who they are, that is asked first. */
function acknowledgeShown(): void {
  const row = alertShown.value;
  if (row === null) goToAlert();
  else if (lacksName(row)) {
    withPanel('left');
    focusSoon('#alert-name');
  } else acknowledge(row);
}

function goToIncident(): void {
  if (state.seenAs.value !== null) return;
  withPanel('right');
  toIncident(alertShown.value, state.selected.value);
  focusSoon('#incident-title, .incident-line[aria-expanded="true"]');
}

const ACTS: Record<string, Act> = {
  '/': focusFilter,
  '?': () => (state.helpOpen.value = !state.helpOpen.value),
  o: () => (state.settingsOpen.value = true),
  '[': () => state.togglePanel('left'),
  ']': () => state.togglePanel('right'),
  q: () => (desk.value.open ? closeDesk() : openDesk()),
  k: state.toggleHeld,
  w: () => {
    state.toggleWipe();
    if (state.wipeAt.value !== null) focusSoon('#wipe');
  },
  n: goToAlert,
  a: acknowledgeShown,
  i: goToIncident,
  v: state.nextVector,
  d: () => {
    if (state.selected.value !== null && state.seenAs.value === null) openDialog(state.selected.value);
  },
  b: toggle('table'),
  g: toggle('history'),
  h: toggle('relief'),
  p: toggle('airspace'),
  z: toggle('areas'),
  e: (map) => {
    state.here.value = state.here.value === null ? (map?.looksAt() ?? null) : null;
  },
  r: measureSelected,
  s: toggle('sound'),
  l: toPresent,
  ',': () => step(-1),
  '.': () => step(1),
  m: state.mapAlone,
  x: state.nextLabels,
  t: () => state.setPref('theme', state.prefs.value.theme === 'dark' ? 'light' : 'dark'),
  f: () => {
    if (state.selected.value !== null) state.follow.value = !state.follow.value;
  },
  c: (map) => {
    if (state.selected.value !== null) map?.centreOn(state.selected.value);
  },
  '+': (map) => map?.zoom(1.5),
  '=': (map) => map?.zoom(1.5),
  '-': (map) => map?.zoom(1 / 1.5),
  home: (map) => map?.home(),
  arrowleft: (map) => map?.pan(PAN_PX, 0),
  arrowright: (map) => map?.pan(-PAN_PX, 0),
  arrowup: (map) => map?.pan(0, PAN_PX),
  arrowdown: (map) => map?.pan(0, -PAN_PX),
};
state.VECTOR_MINUTES.forEach((minutes, i) => {
  ACTS[String(i + 1)] = () => state.chooseVector(minutes);
});

/** Fields that take no letters: keys but for these are commands there as elsewhere. */
const MOVED_BY = new Set(['arrowleft', 'arrowright', 'arrowup', 'arrowdown', 'home', 'end', 'pageup', 'pagedown', ' ', 'enter']);
const WITHOUT_LETTERS = ['checkbox', 'radio', 'range', 'file'];

const isField = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

/** Whether a key is for the field that has the keyboard. */
const isTyped = (target: EventTarget | null, key: string): target is HTMLElement =>
  isField(target) && (!(target instanceof HTMLInputElement && WITHOUT_LETTERS.includes(target.type)) || MOVED_BY.has(key));

/** What Escape undoes: the innermost thing first. */
function escape(target: EventTarget | null): void {
  if (state.helpOpen.value) state.helpOpen.value = false;
  else if (peopleOpen.value) peopleOpen.value = false;
  else if (state.settingsOpen.value) state.settingsOpen.value = false;
  else if (dialog.value !== null) closeDialog();
  else if (desk.value.open) closeDesk();
  else if (rehearsal.value.open) closeRehearsal();
  else if (state.here.value !== null) state.here.value = null;
  else if (measuringFrom.value !== null) measuringFrom.value = null;
  else if (onMap.value !== null) onMap.value = null;
  else if (target instanceof Element && target.closest('#incident-form')) {
    draft.value = null;
    focusSoon('#incident-new');
  }
  else if (state.matches.value !== null) {
    state.filter.value = NO_FILTER;
    if (isField(target)) target.blur();
  } else if (isField(target)) target.blur();
  else if (state.ownSelected.value !== null) state.selectOwn(null);
  else state.select(null);
}

/** Whether something lies over the desk, which takes all keys but for the one that closes it. */
const isCovered = (): boolean => dialog.value !== null || rehearsal.value.open || state.settingsOpen.value || peopleOpen.value || state.helpOpen.value || desk.value.open;

export function listenToKeys(map: () => MapController | null): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const key = keyOf(event);
    if (event.altKey) {
      const parties = state.partners.value?.rows.map((row) => row.party) ?? [];
      if (isCovered() || parties.length === 0 || !/^Digit[0-9]$/.test(event.code)) return;
      event.preventDefault();
      state.seeAs(viewAt(parties, Number(event.code.slice(5))));
      return;
    }
    if (key === 'escape') {
      escape(event.target);
      return;
    }
    const typed = isTyped(event.target, key);
    if (!typed && alongList(event.target, key)) return event.preventDefault();
    if (isCovered() && (typed || key !== (state.helpOpen.value ? '?' : desk.value.open ? 'q' : ''))) return;
    if (key === 'f6') {
      event.preventDefault();
      toRegion(event.shiftKey ? -1 : 1);
      return;
    }
    if (typed) {
      if (key === 'enter' && event.target.matches('.filter-bar input')) document.querySelector<HTMLElement>('.rows')?.focus();
      return;
    }
    const act = ACTS[key];
    // A key that is held down acts once where it answers for something.
    if (!act || (event.repeat && key === 'a')) return;
    event.preventDefault();
    act(map());
  });
}
