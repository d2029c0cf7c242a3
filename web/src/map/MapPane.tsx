// The map with its tools and scale.

import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { TrackAlert } from '../alerts/onMap';
import { alertAt, alerts, alertsOnMap } from '../alerts/state';
import { isStale } from '../connection/state';
import { latitude, longitude } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import * as state from '../shell/state';
import { units } from '../shell/units';
import { MeasureList } from '../measure/MeasureList';
import { measureAt, measures, measureSelected, measuringFrom } from '../measure/state';
import { Wipe } from '../partners/Beside';
import { trails } from '../partners/rehearsal';
import { coverDrawn } from '../sensors/state';
import { PALETTES, stalePalette } from '../theme/theme';
import { Here } from './Here';
import { MapController } from './controller';
import { scaleBar } from './ground';
import { LABEL_WORDS } from './labelText';
import type { Box } from './labels';
import { latDeg, pxPerNm } from './projection';
import { t } from '../language/language';

/** Alerts are of our own picture. */
const NO_ALERTS: ReadonlyMap<number, TrackAlert> = new Map();

const STALE_PALETTES = { dark: stalePalette(PALETTES.dark), light: stalePalette(PALETTES.light) };

export function MapPane({ onReady }: { onReady: (map: MapController) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const land = useRef<HTMLCanvasElement>(null);
  const sites = useRef<HTMLCanvasElement>(null);
  const tracks = useRef<HTMLCanvasElement>(null);
  const own = useRef<HTMLCanvasElement>(null);
  const controller = useRef<MapController | null>(null);
  useEffect(() => {
    const canvases = { land: land.current!, sites: sites.current!, tracks: tracks.current!, own: own.current! };
    const map = new MapController(box.current!, canvases, state.store, state.ownStore, {
      clicked: (number, place) => {
        if (measuringFrom.value === null) state.select(number);
        else measureAt(number === null ? { kind: 'place', ...place } : { kind: 'track', number });
      },
      clickedOwn: state.selectOwn,
      moved: () => (state.follow.value = false),
      rested: (view) => (state.mapView.value = view),
      viewChanged: (view) => (state.pxPerNm.value = pxPerNm(view, latDeg(view.y))),
      pointer: (place) => (state.pointer.value = place),
    });
    controller.current = map;
    const stop = effect(() => {
      const { theme, vectorMin, history, relief, labels } = state.prefs.value;
      const stale = isStale(state.connection.value.kind);
      map.set({
        palette: (stale ? STALE_PALETTES : PALETTES)[theme],
        relief: relief ? theme : null,
        selected: state.selected.value,
        vectorMin,
        history,
        labels,
        units: units.value,
        matches: state.matches.value,
        follow: state.follow.value,
        sensors: state.sensors.value?.rows ?? [],
        airspaces: state.shownAirspaces.value,
        cover: state.seenAs.value === null ? coverDrawn.value : null,
        trails: trails.value,
        // What a partner is shown has no alerts of ours in it.
        marks: state.seenAs.value === null ? (alerts.value?.marks ?? []) : [],
        alert: alertAt.value,
        measures: measures.value,
        held: state.heldShown.value ? { store: state.ownStore, why: state.heldWhy.value } : null,
        wipe: state.seenAs.value === null ? null : state.wipeAt.value,
        ownSelected: state.ownSelected.value,
        ownAlerts: alertsOnMap.value,
        alerts: state.seenAs.value === null ? alertsOnMap.value : NO_ALERTS,
      });
    });
    // Labels measure their typeface; draw again once it has come in.
    void document.fonts?.ready.then(() => map.invalidate());
    const tools = new ResizeObserver(() => {
      map.tools = toolBoxes(box.current!);
      map.invalidate();
    });
    tools.observe(box.current!);
    onReady(map);
    return () => {
      tools.disconnect();
      stop();
    };
  }, []);
  const stale = isStale(state.connection.value.kind);
  return (
    <main class={`map ${stale ? 'stale' : ''}`} aria-label={t`Air picture`}>
      <div
        ref={box}
        class="map-box"
        id="map"
        tabIndex={0}
        role="application"
        aria-label={t`Map. Arrows pan, plus and minus zoom, Home shows all. The track table lists the same tracks.`}
      >
        <canvas ref={land} class="layer" />
        <canvas ref={sites} class="layer" />
        <canvas ref={tracks} class="layer tracks" />
        <canvas ref={own} class="layer tracks" style={{ display: 'none' }} />
      </div>
      <Wipe />
      <Tools map={controller} />
      <EmptyBanner />
      <Here />
      <MeasureList />
      <Footer />
    </main>
  );
}

function toolBoxes(map: HTMLElement): Box[] {
  const origin = map.getBoundingClientRect();
  return [...map.parentElement!.querySelectorAll('.tool-group')].map((group) => {
    const box = group.getBoundingClientRect();
    return { left: box.left - origin.left, top: box.top - origin.top, width: box.width, height: box.height };
  });
}

function Tools({ map }: { map: { current: MapController | null } }) {
  const { vectorMin, history, relief, airspace, areas, labels: detail } = state.prefs.value;
  const labels = t`Labels ${LABEL_WORDS[detail]}`;
  return (
    <div class="tools" role="toolbar" aria-label={t`Map tools`}>
      <div class="tool-group">
        <Tool label={t`Zoom in (+)`} onClick={() => map.current?.zoom(1.5)}>
          <Glyph shape="plus" />
        </Tool>
        <Tool label={t`Zoom out (−)`} onClick={() => map.current?.zoom(1 / 1.5)}>
          <Glyph shape="minus" />
        </Tool>
        <Tool label={t`Show where the map opened (Home)`} onClick={() => map.current?.home()}>
          <Glyph shape="fit" />
        </Tool>
      </div>
      <div class="tool-group" role="group" aria-label={t`Speed vector, minutes ahead`}>
        {state.VECTOR_MINUTES.map((minutes, i) => (
          <Tool
            key={minutes}
            label={t`Speed vectors ${minutes} min (${i + 1})`}
            pressed={vectorMin === minutes}
            onClick={() => state.chooseVector(minutes)}
          >
            {minutes}′
          </Tool>
        ))}
      </div>
      <div class="tool-group">
        <Tool
          label={t`History dots (G)`}
          pressed={history}
          onClick={() => state.setPref('history', !history)}
          wide
        >
          {t`Dots`}
        </Tool>
        {state.hasTerrain.value && (
          <Tool label={t`Shape of the ground (H)`} pressed={relief} onClick={() => state.setPref('relief', !relief)} wide>
            {t`Relief`}
          </Tool>
        )}
        {state.airspaces.value.length > 0 && (
          <Tool label={t`Airspace and borders (P)`} pressed={airspace} onClick={() => state.setPref('airspace', !airspace)} wide>
            {t`Airspace¦map`}
          </Tool>
        )}
        {state.areas.value.length > 0 && (
          <Tool label={`${t`Accords¦map`}: ${t`Areas of responsibility and of accords (Z)`}`} pressed={areas} onClick={() => state.setPref('areas', !areas)} wide>
            {t`Accords¦map`}
          </Tool>
        )}
        <Tool label={`${labels} (X)`} pressed={detail !== 'off'} onClick={state.nextLabels} wide>
          {labels}
        </Tool>
        <Tool
          label={t`Range and bearing from the selected track (R)`}
          pressed={measuringFrom.value !== null}
          disabled={state.selected.value === null}
          onClick={measureSelected}
          wide
        >
          {t`Range`}
        </Tool>
        <Tool
          label={t`Follow the selected track (F)`}
          pressed={state.follow.value}
          disabled={state.selected.value === null}
          onClick={() => (state.follow.value = !state.follow.value)}
          wide
        >
          {t`Follow`}
        </Tool>
      </div>
    </div>
  );
}

interface ToolProps {
  label: string;
  onClick: () => void;
  pressed?: boolean;
  disabled?: boolean;
  wide?: boolean;
  children: preact.ComponentChildren;
}

function Tool({ label, onClick, pressed, disabled, wide, children }: ToolProps) {
  return (
    <button
      type="button"
      class={`tool ${wide ? 'wide' : ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled ?? false}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

// Only while there is nothing to hide: over tracks a banner would cover some.
function EmptyBanner() {
  const { kind, reason } = state.connection.value;
  if (kind !== 'connecting' && kind !== 'waiting') return null;
  return (
    <div class="empty-banner">
      <Glyph shape="ring" />
      <span>{kind === 'connecting' ? `${t`Connecting to the node…`} ${reason ?? ''}` : t`No sensor has sent anything yet`}</span>
    </div>
  );
}

function Footer() {
  const place = state.pointer.value;
  const scale = state.pxPerNm.value === null ? null : scaleBar(state.pxPerNm.value, 140);
  return (
    <footer class="map-foot">
      {scale && (
        <span class="scale num" aria-hidden="true">
          <span class="scale-bar" style={{ width: `${scale.px}px` }} />
          {scale.words}
        </span>
      )}
      <span class="credit">{t`Borders: Natural Earth, not authoritative`}</span>
      {place && (
        <span class="pointer num" aria-hidden="true">
          {latitude(place.latDeg)} {longitude(place.lonDeg)}
        </span>
      )}
    </footer>
  );
}
