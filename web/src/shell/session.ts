// Ties the link to the state of the screen: what arrives goes into the signals, what is selected
// goes to the node, and once a second the connection is judged anew.

import { batch, effect } from '@preact/signals';
import { alerts, alertsFrom } from '../alerts/state';
import { incidentAt, incidentDetail, incidents } from '../incidents/state';
import { Link, type Socket } from '../connection/link';
import { connectionState } from '../connection/state';
import { identityDesk } from '../identity/state';
import { fetchAirspaces } from '../map/airspaces';
import { acts, backUps, requests } from '../requests/state';
import { leaveIfSignedOut, session } from '../people/state';
import { found, seek, type Sought } from '../picture/resume';
import { askWhatIsPredicted, sensorAt, sensorCover } from '../sensors/state';
import { noMore, notShown, past, takeRefusal, type Past } from '../timeline/state';
import * as state from './state';
import { t } from '../language/language';
import { inWords } from '../language/message';


export function startSession(onPicture: () => void, onHello: () => void): void {
  /** Of which start of the node the airspaces are known. */
  let airspacesOf: number | null = null;
  const link = new Link(
    {
      open: () => new WebSocket(liveUrl(location, askedAgain(past.peek()))) as unknown as Socket,
      nowMs: () => Date.now(),
      later: (ms, run) => void setTimeout(run, ms),
    },
    state.store,
    {
      hello: (hello) => {
        state.store.party = state.ownStore.party = hello.party;
        const before = state.hello.value;
        if (before && before.started_ms !== hello.started_ms) {
          sought = seek(state.store, state.selected.value, Date.now());
          state.select(null);
        }
        if (airspacesOf !== hello.started_ms)
          void fetchAirspaces().then((known) => {
            // Of a node that did not answer what is known stays; it is asked at the next hello.
            if (known === null) return;
            airspacesOf = hello.started_ms;
            state.airspaces.value = known;
          });
        batch(() => {
          state.hello.value = hello;
          if (before?.started_ms !== hello.started_ms) {
            state.areas.value = [];
            state.pairs.value = null;
            state.heldBack.value = null;
            state.airspaceTimes.value = [];
          }
          state.refused.value = takeRefusal();
        });
        onHello();
      },
      picture: () => {
        resume();
        const row = state.store.rowOf.get(state.selected.value ?? -1);
        batch(() => {
          if (row !== undefined) state.selectedWas.value = state.store.descriptions[row] ?? null;
          state.pictureVersion.value = state.store.version;
          judge();
        });
        onPicture();
      },
      beside: () => {
        state.ownVersion.value += 1;
        onPicture();
      },
      other: (said) => {
        const message = inWords(said);
        if (message.type === 'sensors') state.sensors.value = message;
        else if (message.type === 'sensor_cover') sensorCover.value = message;
        else if (message.type === 'partners') state.partners.value = message;
        else if (message.type === 'areas') state.areas.value = message.rows;
        else if (message.type === 'airspace_times') state.airspaceTimes.value = message.rows;
        else if (message.type === 'pairs') state.pairs.value = message;
        else if (message.type === 'requests') requests.value = message;
        else if (message.type === 'identity_desk') identityDesk.value = message;
        else if (message.type === 'back_ups') backUps.value = message;
        else if (message.type === 'alerts') alerts.value = message;
        else if (message.type === 'incidents') incidents.value = message;
        else if (message.type === 'incident') incidentDetail.value = message;
        else if (message.type === 'held_back') {
          if (message.party === state.seenAs.value && state.besideAsked.value) state.heldBack.value = message;
        } else if (message.type === 'explained') {
          const others = state.explained.value.filter((one) => one.party !== message.party);
          state.explained.value = [...others, message];
        }
        else if (message.type === 'refused') state.refused.value = `${message.asked}: ${message.reason}`;
        else if (message.number === state.selected.value) state.selectedDetail.value = message;
      },
      changed: () => judge(),
      notShown,
      noMore,
    },
    state.ownStore,
  );
  let sought: Sought | null = null;
  const resume = (): void => {
    if (!sought) return;
    const number = found(state.store, sought);
    if (state.selected.value === null && number !== null) state.select(number);
    if (state.selected.value !== null || Date.now() > sought.untilLocalMs) sought = null;
  };
  const judge = (): void => {
    const nowMs = Date.now();
    const { pictureLocalMs, pictureMs, source } = link.facts;
    const next = connectionState(link.facts, nowMs);
    if (JSON.stringify(next) !== JSON.stringify(state.connection.value)) state.connection.value = next;
    // The node's clock is the one that counts; a replay's is of another day.
    const offsetMs = source === 'live' && pictureLocalMs && pictureMs ? pictureMs - pictureLocalMs : 0;
    state.clockMs.value = Math.floor((nowMs + offsetMs) / 1000) * 1000;
  };
  effect(() => {
    const beside = state.besideAsked.value;
    link.seeAs(state.seenAs.value, beside);
    if (!beside) state.heldBack.value = null;
  });
  effect(() => link.select(state.seenAs.value === null ? state.selected.value : null));
  effect(() => link.listAlerts(alertsFrom.value));
  effect(() => link.lookAtIncident(incidentAt.value));
  effect(() => link.lookAtSensor(sensorAt.value));
  askWhatIsPredicted();
  effect(() => {
    const asked = state.questions.value;
    if (asked.length === 0) return;
    for (const { number, party } of asked) link.explain(number, party);
    state.questions.value = [];
  });
  effect(() => {
    const decided = acts.value;
    if (decided.length === 0) return;
    // What a person decided is never sent later in silence.
    if (!decided.every((message) => link.say(message))) state.refused.value = t`not sent: the node is not connected`;
    acts.value = [];
  });
  setInterval(judge, 1000);
  // Where the node lets nobody in, it may be that whoever sat here is signed in no more.
  setInterval(() => {
    if (session.value?.required && state.connection.value.kind !== 'live' && state.connection.value.kind !== 'replay') void leaveIfSignedOut();
  }, 2000);
  let shown = past.peek();
  link.facts.paused = shown?.paused ?? false;
  link.start();
  effect(() => {
    if (past.value === shown) return;
    shown = past.value;
    batch(() => {
      link.restart(shown?.paused ?? false);
      state.pictureVersion.value += 1;
    });
    onPicture();
  });
}

/** What is asked for when a connection opens: after one that was lost it goes on where it stood. */
function askedAgain(from: Past | null): Past | null {
  return from && { ...from, atMs: Math.max(from.atMs, state.store.timeMs) };
}

function liveUrl(here: Location, from: Past | null): string {
  const url = new URL('api/v1/live', here.href);
  url.protocol = here.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = from === null ? '' : `?past_ms=${from.atMs}&speed=${from.paused ? 0 : from.speed}&known=${from.known}`;
  url.hash = '';
  return url.href;
}
