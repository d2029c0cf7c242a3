// The planner's map with its tools, legend and scale.

import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../language/language';
import { scaleBar } from '../map/ground';
import { latDeg, lonDeg, pxPerNm } from '../map/projection';
import { latitude, longitude } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { pointer, prefs, pxPerNm as pxPerNmNow } from '../shell/state';
import { ICAO } from '../shell/units';
import { CoverageMap } from './CoverageMap';
import { Legend } from './Legend';
import { moved, withNew } from './plan';
import * as session from './session';

export let map: CoverageMap | null = null;

export function MapPane() {
  const box = useRef<HTMLDivElement>(null);
  const land = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const made = new CoverageMap(box.current!, land.current!, over.current!, {
      framed: (frame) => (session.frame.value = frame),
      clicked: place,
      choseSite: (name) => (session.selected.value = name),
      choseGap: (index) => (session.gapChosen.value = index),
      dragged: (name, latDeg, lonDeg) => {
        session.dragging.value = true;
        session.plan.value = moved(session.plan.value, name, latDeg, lonDeg);
      },
      dragEnded: () => (session.dragging.value = false),
      viewChanged: (view) => (pxPerNmNow.value = pxPerNm(view, latDeg(view.y))),
      pointer: (at) => (pointer.value = at),
    });
    map = made;
    const stopOpening = effect(() => {
      const open = session.opening.value;
      if (open && !open.closed) made.open(openingPoints(open));
    });
    const stop = effect(() => {
      made.set({
        theme: prefs.value.theme,
        style: session.style.value,
        plan: session.plan.value,
        selected: session.selected.value,
        gaps: session.style.value === 'seen' && !session.dragging.value ? (session.figures.value?.gaps ?? []) : [],
        gapChosen: session.gapChosen.value,
        region: session.opening.value?.region ?? [],
        seen: session.seen.value,
        ground: session.ground.value,
      });
    });
    void document.fonts?.ready.then(() => made.invalidate());
    return () => {
      stop();
      stopOpening();
      map = null;
    };
  }, []);
  return (
    <main class={`map ${session.placing.value ? 'placing' : ''}`} aria-label={t`Coverage`}>
      <div
        ref={box}
        class="map-box"
        id="map"
        tabIndex={0}
        role="application"
        aria-label={t`Map of coverage. Arrows pan, plus and minus zoom. The site list has each site's position as fields.`}
        onKeyDown={keys}
      >
        <canvas ref={land} class="layer" />
        <canvas ref={over} class="layer cover" />
      </div>
      <div class="tools" role="toolbar" aria-label={t`Map tools`}>
        <div class="tool-group">
          <Tool label={t`Zoom in (+)`} glyph="plus" onClick={() => map?.zoom(1.5)} />
          <Tool label={t`Zoom out (−)`} glyph="minus" onClick={() => map?.zoom(1 / 1.5)} />
          <Tool label={t`Show the whole region (Home)`} glyph="fit" onClick={() => map?.fit()} />
        </div>
      </div>
      {session.placing.value && (
        <div class="empty-banner" role="status">
          {t`Click where the site stands, or move the map until its place is in the middle and press Enter; Esc to leave it`}
        </div>
      )}
      <Legend />
      <Foot />
    </main>
  );
}

function openingPoints(open: { region: number[][][]; sites: { lat_deg: number; lon_deg: number }[] }): [number, number][] {
  const region = open.region.flat().map(([lat, lon]): [number, number] => [lat!, lon!]);
  const sites = open.sites.map((site): [number, number] => [site.lat_deg, site.lon_deg]);
  return region.length ? region : sites;
}

function place(latDeg: number, lonDeg: number): void {
  if (!session.placing.value) return;
  const { plan, name } = withNew(session.plan.value, latDeg, lonDeg);
  session.placing.value = false;
  session.plan.value = plan;
  session.selected.value = name;
}

/** The next place is where a site stands: a click, or by keyboard the middle of the map. */
export function beginPlacing(): void {
  session.placing.value = true;
  document.getElementById('map')?.focus();
}

const PAN_PX = 90;

function keys(event: KeyboardEvent): void {
  const acts: Record<string, () => void> = {
    '+': () => map?.zoom(1.5),
    '=': () => map?.zoom(1.5),
    '-': () => map?.zoom(1 / 1.5),
    Home: () => map?.fit(),
    ArrowLeft: () => map?.pan(PAN_PX, 0),
    ArrowRight: () => map?.pan(-PAN_PX, 0),
    ArrowUp: () => map?.pan(0, PAN_PX),
    ArrowDown: () => map?.pan(0, -PAN_PX),
    Enter: () => {
      if (map) place(latDeg(map.view.y), lonDeg(map.view.x));
    },
  };
  const act = acts[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}

function Tool({ label, glyph, onClick }: { label: string; glyph: 'plus' | 'minus' | 'fit'; onClick: () => void }) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} onClick={onClick}>
      <Glyph shape={glyph} />
    </button>
  );
}

function Foot() {
  const place = pointer.value;
  // Distances are NM all over the planner.
  const bar = pxPerNmNow.value === null ? null : scaleBar(pxPerNmNow.value, 140, ICAO);
  return (
    <footer class="map-foot">
      {bar && (
        <span class="scale num" aria-hidden="true">
          <span class="scale-bar" style={{ width: `${bar.px}px` }} />
          {bar.words}
        </span>
      )}
      <span class="credit">{t`Borders: Natural Earth, not authoritative. Not for navigation.`}</span>
      {place && (
        <span class="pointer num" aria-hidden="true">
          {latitude(place.latDeg)} {longitude(place.lonDeg)}
        </span>
      )}
    </footer>
  );
}
