// The whole screen: bar, bands, sensors, map over table, selected track.

import { useEffect, useRef } from 'preact/hooks';
import { useSignal, useSignalEffect } from '@preact/signals';
import { AlertsPanel, AlertVoice } from '../alerts/AlertsPanel';
import { lookedAt } from '../alerts/state';
import { Relief } from '../coverage/underlay';
import type { MapController } from '../map/controller';
import { MapPane } from '../map/MapPane';
import { isStale } from '../connection/state';
import { IdentityDialog } from '../identity/IdentityDialog';
import { IdentityPanel, IdentityVoice } from '../identity/IdentityPanel';
import { IncidentsPanel, IncidentVoice } from '../incidents/IncidentsPanel';
import { PeopleDialog } from '../people/PeopleDialog';
import { SignIn } from '../people/SignIn';
import { mustSignIn } from '../people/state';
import { RequestVoice } from '../requests/RequestVoice';
import { RequestsDesk } from '../requests/RequestsDesk';
import { RequestsPanel } from '../requests/RequestsPanel';
import { Rehearsal, TrailsBand } from '../partners/Rehearsal';
import { onMap, trails } from '../partners/rehearsal';
import { PartnersPanel } from '../partners/PartnersPanel';
import { SensorPanel } from '../sensors/SensorPanel';
import { applyTheme } from '../theme/theme';
import { past } from '../timeline/state';
import { Timeline } from '../timeline/Timeline';
import { TrackPanel } from '../tracks/TrackPanel';
import { TrackTable } from '../tracks/TrackTable';
import { toAddress } from './address';
import { Glyph } from './Glyph';
import { Help } from './Help';
import { exposeState } from './inspect';
import { listenToKeys } from './keys';
import { Settings } from './Settings';
import { startSession } from './session';
import { addressed, connection, filter, hasTerrain, hello, mapView, onePanelWhereNarrow, pictureVersion, prefs, seenAs, select, selected, store, togglePanel } from './state';
import { Bands, LiveRegion, TopBar } from './TopBar';
import { t } from '../language/language';

export function App() {
  return mustSignIn.value ? <SignIn /> : <Desk />;
}

function Desk() {
  const map = useRef<MapController | null>(null);
  const wanted = useSignal(addressed.selected);
  useSignalEffect(() => applyTheme(document.documentElement, prefs.value.theme));
  useSignalEffect(() => {
    const mark = connection.value.kind === 'frozen' ? `▲ ${t`FROZEN`} · ` : '';
    document.title = `${mark}${hello.value?.node ?? 'Entente'} · Entente`;
  });
  useEffect(() => listenToKeys(() => map.current), []);
  useSignalEffect(() => {
    const search = toAddress(window.location.search, { filter: filter.value, selected: selected.value ?? wanted.value, view: mapView.value, pastMs: past.value?.atMs ?? null, known: past.value?.known ?? 'then' });
    if (search !== window.location.search) window.history.replaceState(null, '', `${window.location.pathname}${search}`);
  });
  // The track that the address names, once it is there.
  useSignalEffect(() => {
    void pictureVersion.value;
    if (wanted.value === null) return;
    // Whoever has chosen another in the meantime keeps it.
    if (selected.value !== null) wanted.value = null;
    else if (store.rowOf.has(wanted.value)) select(wanted.value);
  });
  useEffect(onePanelWhereNarrow, []);
  useSignalEffect(() => {
    const shown = onMap.value === null ? [] : (trails.value ?? []);
    const chosen = shown.filter((trail) => trail.strong);
    map.current?.fitTo((chosen.length > 0 ? chosen : shown).flatMap((trail) => trail.legs.flat()));
  });
  useSignalEffect(() => {
    const points = lookedAt.value;
    map.current?.lookAt(points);
  });
  const ready = (controller: MapController): void => {
    map.current = controller;
    controller.putUnder((changed) => new Relief(() => {
      hasTerrain.value = true;
      changed();
    }));
    startSession(
      () => controller.pictureChanged(),
      () => controller.open(addressed.view ?? hello.value?.view ?? null),
    );
    exposeState(controller);
  };
  const { left, right } = prefs.value;
  const stale = isStale(connection.value.kind);
  return (
    <div class={`screen ${left ? '' : 'no-left'} ${right ? '' : 'no-right'} ${stale ? 'stale-screen' : ''} ${seenAs.value === null ? '' : 'as-partner'}`}>
      <TopBar />
      <Bands />
      <div class="desk">
        {left && (
          <div class="side-left">
            <AlertsPanel />
            <SensorPanel />
          </div>
        )}
        <PanelToggle side="left" open={left} />
        <div class="centre">
          <MapPane onReady={ready} />
          <TrailsBand />
          <TrackTable onChosen={(number, own) => (own ? map.current?.centreOnOwn(number) : map.current?.centreOn(number))} />
        </div>
        <PanelToggle side="right" open={right} />
        {right && (
          <div class="side-right">
            <div class="side-stack">
              <IncidentsPanel />
              <RequestsPanel />
              <IdentityPanel />
              <PartnersPanel />
            </div>
            <TrackPanel />
          </div>
        )}
      </div>
      <Timeline />
      <Help />
      <Settings />
      <RequestsDesk />
      <Rehearsal />
      <IdentityDialog />
      <PeopleDialog />
      <LiveRegion />
      <RequestVoice />
      <AlertVoice />
      <IncidentVoice />
      <IdentityVoice />
    </div>
  );
}

function PanelToggle({ side, open }: { side: 'left' | 'right'; open: boolean }) {
  const label =
    side === 'left'
      ? open ? t`Close the alerts and sensors panel ([)` : t`Open the alerts and sensors panel ([)`
      : open ? t`Close the track panel (])` : t`Open the track panel (])`;
  return (
    <button
      type="button"
      class={`panel-toggle ${side}`}
      aria-expanded={open}
      aria-label={label}
      title={label}
      onClick={() => togglePanel(side)}
    >
      <Glyph shape={open === (side === 'left') ? 'left' : 'right'} />
    </button>
  );
}
