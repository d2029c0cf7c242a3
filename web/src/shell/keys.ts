// Everything by keyboard: which key does what. The table keeps its own arrows; what is typed into
// a field is text.

import { acknowledge, alertShown, nextAlert } from '../alerts/state';
import { toIncident } from '../incidents/state';
import type { MapController } from '../map/controller';
import { viewAt } from '../partners/words';
import { closeDialog, dialog, openDialog } from '../identity/state';
import { measureSelected, measuringFrom } from '../measure/state';
import { closeRehearsal, onMap, rehearsal } from '../partners/rehearsal';
import { closeDesk, desk, openDesk } from '../requests/state';
import { focusFilter } from '../tracks/TrackTable';
import { NO_FILTER } from '../tracks/filter';
import { step, toPresent } from '../timeline/state';
import * as state from './state';
import { t } from '../language/language';

const PAN_PX = 90;

/** Rows of the help sheet. */
export const KEYS: readonly { keys: string[]; does: string }[] = [
  { keys: ['/'], does: t`find a track: callsign, address, squawk, TN` },
  { keys: ['Esc'], does: t`clear the filter and leave its field; again: the selection` },
  { keys: ['←', '→', '↑', '↓'], does: t`pan the map; in the table, choose a track` },
  { keys: ['+', '−'], does: t`zoom` },
  { keys: ['Home'], does: t`show where the map opened; in the table, the first track` },
  { keys: ['N'], does: t`next alert that nobody has acknowledged` },
  { keys: ['A'], does: t`acknowledge the alert that is open on the list` },
  { keys: ['I'], does: t`incident of that alert, else of the selected track: go to it, or open one` },
  { keys: ['F'], does: t`follow the selected track` },
  { keys: ['C'], does: t`centre on the selected track` },
  { keys: ['1', '2', '3', '4'], does: t`speed vectors of 1, 2, 3, 5 min; again: off` },
  { keys: ['V'], does: t`speed vectors: the next length, and off` },
  { keys: ['G'], does: t`history dots` },
  { keys: ['R'], does: t`range and bearing from the selected track; R on another, or a click, ends it` },
  { keys: ['H'], does: t`shape of the ground, where the node has terrain` },
  { keys: ['X'], does: t`label lines: auto, 1, 2, 3, off` },
  { keys: ['['], does: t`alerts and sensors` },
  { keys: [']'], does: t`track panel` },
  { keys: ['B'], does: t`track table` },
  { keys: ['Alt+1'], does: t`see what the first partner is sent, Alt+2 the second; Alt+0: our own picture` },
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

const toggle = (key: 'table' | 'history' | 'relief' | 'sound') => (): void =>
  state.setPref(key, !state.prefs.value[key]);

/** With its panel open, and the keyboard where one goes on. */
function goToIncident(): void {
  if (state.seenAs.value !== null) return;
  if (!state.prefs.value.left) state.togglePanel('left');
  toIncident(alertShown.value, state.selected.value);
  requestAnimationFrame(() => document.querySelector<HTMLElement>('#incident-title, .incident-line[aria-expanded="true"]')?.focus());
}

const ACTS: Record<string, Act> = {
  '/': focusFilter,
  '?': () => (state.helpOpen.value = !state.helpOpen.value),
  o: () => (state.settingsOpen.value = true),
  '[': () => state.togglePanel('left'),
  ']': () => state.togglePanel('right'),
  q: () => (desk.value.open ? closeDesk() : openDesk()),
  n: nextAlert,
  a: () => acknowledge(alertShown.value),
  i: goToIncident,
  v: state.nextVector,
  d: () => {
    if (state.selected.value !== null && state.seenAs.value === null) openDialog(state.selected.value);
  },
  b: toggle('table'),
  g: toggle('history'),
  h: toggle('relief'),
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

const isField = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;

/** What Escape undoes: the innermost thing first. */
function escape(target: EventTarget | null): void {
  if (state.helpOpen.value) state.helpOpen.value = false;
  else if (state.settingsOpen.value) state.settingsOpen.value = false;
  else if (dialog.value !== null) closeDialog();
  else if (desk.value.open) closeDesk();
  else if (rehearsal.value.open) closeRehearsal();
  else if (measuringFrom.value !== null) measuringFrom.value = null;
  else if (onMap.value !== null) onMap.value = null;
  else if (state.matches.value !== null) {
    state.filter.value = NO_FILTER;
    if (isField(target)) target.blur();
  } else if (isField(target)) target.blur();
  else state.select(null);
}

export function listenToKeys(map: () => MapController | null): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const parties = state.partners.value?.rows.map((row) => row.party) ?? [];
      if (parties.length === 0 || !/^Digit[0-9]$/.test(event.code)) return;
      event.preventDefault();
      state.seeAs(viewAt(parties, Number(event.code.slice(5))));
      return;
    }
    if (event.key === 'Escape') {
      escape(event.target);
      return;
    }
    if (dialog.value !== null || rehearsal.value.open || state.settingsOpen.value) return;
    // Over the map lies the desk: keys are its own, but for the one that closes it.
    if (desk.value.open && (isField(event.target) || event.key.toLowerCase() !== 'q')) return;
    if (isField(event.target)) {
      // In a form it sends the form.
      if (event.key === 'Enter' && event.target.closest('form') === null) document.querySelector<HTMLElement>('.rows')?.focus();
      return;
    }
    const act = ACTS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act(map());
  });
}
