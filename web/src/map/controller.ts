// The map: three stacked canvases and the view on them. Nothing is drawn unless something was
// invalidated, and then once in the next frame.

import type { TrackAlert } from '../alerts/onMap';
import type { AlertMark, SensorRow, View } from '../generated/wire';
import type { CoverOnMap } from '../sensors/cover';
import type { Measure } from '../measure/measure';
import type { PictureStore } from '../picture/store';
import type { Units } from '../shell/units';
import type { Matcher } from '../tracks/filter';
import type { Palette, ThemeName } from '../theme/theme';
import { Airports, drawAirports } from './airports';
import { drawAirspaces, type Airspace } from './airspaces';
import { drawCover } from './coverMarks';
import { drawAlertMarks, markBoxes, sameMarks } from './alertMarks';
import { Atlas } from './atlas';
import { pickHeld, type HeldScene } from './held';
import { drawLand, drawSites, namedBoxes, type Underlay } from './ground';
import type { Place } from './geometry';
import { listenToMap } from './input';
import type { LabelDetail } from '../shell/prefs';
import type { Box } from './labels';
import { PannedLayer } from './pannedLayer';
import {
  centredOn,
  clampView,
  fitView,
  lonDeg,
  latDeg,
  panBy,
  pxPerNm,
  screenX,
  screenY,
  toWorld,
  viewOf,
  zoomAt,
  type MapView,
  type Point,
} from './projection';
import { TrackLayer } from './trackLayer';
import type { Trail } from './trails';

/** What the map shows apart from the picture. */
export interface MapOptions {
  palette: Palette;
  /** What is under the land's lines is drawn for this theme; `null`: not at all. */
  relief: ThemeName | null;
  selected: number | null;
  vectorMin: number;
  history: boolean;
  labels: LabelDetail;
  matches: Matcher | null;
  follow: boolean;
  sensors: readonly SensorRow[];
  /** The most pressing kinds first; none where they are switched off. */
  airspaces: readonly Airspace[];
  /** Measured coverage of the sensor that is looked at. */
  cover: CoverOnMap | null;
  trails: readonly Trail[] | null;
  /** Open alerts that no track shows, and the alert that is looked at. */
  marks: readonly AlertMark[];
  alert: number | null;
  measures: readonly Measure[];
  alerts: ReadonlyMap<number, TrackAlert>;
  /** Beside a partner's view: what of ours it is not told, where our own picture ends in hundredths of the
   *  width, which of ours is looked at, and what our own picture's tracks are alerted for. */
  held: HeldScene | null;
  wipe: number | null;
  ownSelected: number | null;
  ownAlerts: ReadonlyMap<number, TrackAlert>;
  units: Units;
}

export interface MapListener {
  /** A click on a track, or on a place without one. */
  clicked(number: number | null, place: { latDeg: number; lonDeg: number }): void;
  /** A click on a track of ours, or on a place without one, where our own picture is beside a partner's view. */
  clickedOwn(number: number | null): void;
  /** The operator moved the map by hand. */
  moved(): void;
  /** The map has come to rest where the operator put it. */
  rested(view: View): void;
  viewChanged(view: MapView): void;
  pointer(place: { latDeg: number; lonDeg: number } | null): void;
}

const RATIO_MAX = 2;
/** The foot of the map holds scale and credit. */
const FOOT_PX = 26;
const WIDENING_PICTURES = 90;
const REST_MS = 400;

export class MapController {
  view: MapView = { x: 0.5, y: 0.4, worldPx: 1024, widthPx: 1, heightPx: 1 };
  readonly tracks: TrackLayer;
  /** Our own tracks, left of where the two pictures meet. */
  readonly own: TrackLayer;
  /** Frames drawn and milliseconds spent drawing them, for measuring. */
  readonly cost = { frames: 0, ms: 0 };
  private readonly land: PannedLayer;
  private readonly sites: PannedLayer;
  private options: MapOptions | null = null;
  private hovered: number | null = null;
  private hoveredOwn: number | null = null;
  private frameAsked = false;
  /** While the first tracks come in the map widens to hold them, until the operator takes over. */
  private widening = true;
  private underlay: Underlay | null = null;
  private pictures = 0;
  private wantedView: View | null = null;
  /** Boxes of the tools over the map, set by who lays them out. */
  tools: Box[] = [];

  constructor(
    private readonly element: HTMLElement,
    canvases: { land: HTMLCanvasElement; sites: HTMLCanvasElement; tracks: HTMLCanvasElement; own: HTMLCanvasElement },
    private readonly store: PictureStore,
    private readonly ownStore: PictureStore,
    private readonly listener: MapListener,
  ) {
    const atlas = new Atlas(() => {
      this.land.outdate();
      this.invalidate();
    });
    const airports = new Airports(() => {
      this.land.outdate();
      this.invalidate();
    });
    const palette = (): Palette => this.options!.palette;
    this.land = new PannedLayer(
      canvases.land,
      (pen, view) => {
        drawLand(pen, view, atlas.at(view.worldPx), palette(), () => {
          const theme = this.options!.relief;
          if (theme !== null) this.underlay?.draw(pen, view, theme);
        });
        drawAirports(pen, view, airports.list(), palette());
      },
      true,
    );
    this.sites = new PannedLayer(
      canvases.sites,
      (pen, view) => {
        const { airspaces, sensors, marks, alert, cover } = this.options!;
        pen.clearRect(0, 0, view.widthPx, view.heightPx);
        if (cover) drawCover(pen, view, cover, palette());
        drawAirspaces(pen, view, airspaces, this.store.timeMs, palette());
        drawSites(pen, view, sensors, palette());
        drawAlertMarks(pen, view, marks, alert, palette());
      },
      false,
    );
    this.tracks = new TrackLayer(canvases.tracks, store);
    this.own = new TrackLayer(canvases.own, ownStore);
    listenToMap(element, {
      pan: (dx, dy) => this.byHand(panBy(this.view, dx, dy)),
      zoom: (factor, x, y) => this.zoomAround(factor, x, y),
      click: (x, y, reach) => {
        const world = toWorld(this.view, x, y);
        const own = this.pickOwn(x, y, reach);
        if (own !== null || this.isOwnSide(x)) listener.clickedOwn(own);
        else listener.clicked(this.tracks.pick(x, y, reach), { latDeg: latDeg(world.y), lonDeg: lonDeg(world.x) });
      },
      hover: (x, y) => this.hover(x, y),
      leave: () => this.unhover(),
    });
    new ResizeObserver(() => this.resize()).observe(element);
    this.resize();
  }

  /** New options; what they leave alone is not drawn again. */
  set(options: MapOptions): void {
    const before = this.options;
    this.options = options;
    if (before?.palette !== options.palette || before.relief !== options.relief) this.land.outdate();
    if (before?.palette !== options.palette || sitesDiffer(before.sensors, options.sensors)) this.sites.outdate();
    if (before && (before.units !== options.units || before.airspaces !== options.airspaces || before.cover !== options.cover)) this.sites.outdate();
    if (before?.wipe !== options.wipe) this.clip(options.wipe);
    if (before && (before.alert !== options.alert || !sameMarks(before.marks, options.marks))) this.sites.outdate();
    this.invalidate();
  }

  private clip(wipe: number | null): void {
    const [tracks, own] = [this.tracks.canvas.style, this.own.canvas.style];
    own.display = wipe === null ? 'none' : '';
    own.clipPath = wipe === null ? '' : `inset(0 ${100 - wipe}% 0 0)`;
    tracks.clipPath = wipe === null ? '' : `inset(0 0 0 ${wipe}%)`;
  }

  private isOwnSide(x: number): boolean {
    const wipe = this.options?.wipe ?? null;
    return wipe !== null && x < (wipe / 100) * this.view.widthPx;
  }

  /** The track of ours at a pixel: of our own picture, or an outline over the partner's. */
  private pickOwn(x: number, y: number, reach: number): number | null {
    if (this.isOwnSide(x)) return this.own.pick(x, y, reach);
    const held = this.options?.held;
    return held && this.tracks.pick(x, y, reach) === null ? pickHeld(held, this.view, x, y, reach) : null;
  }

  /** Draws something under the land's lines, made by `make` with what to call when it changes. */
  putUnder(make: (changed: () => void) => Underlay): void {
    this.underlay = make(() => {
      this.land.outdate();
      this.invalidate();
    });
  }

  /** The picture changed. */
  pictureChanged(): void {
    // A picture without tracks says nothing of where to look.
    if (this.store.size > 0) this.pictures += 1;
    if (this.widening && this.store.size > 0 && (this.pictures === 1 || this.anyOutside())) this.fit();
    if (this.pictures > WIDENING_PICTURES) this.widening = false;
    this.followSelected();
    this.invalidate();
  }

  /** Where the node says the map opens; `null`: fit to the first picture. */
  open(view: View | null): void {
    this.wantedView = view;
    if (view && this.widening) this.home();
  }

  /** Back to where the map opened. */
  home(): void {
    if (!this.wantedView) {
      this.fitAll();
      return;
    }
    this.widening = false;
    this.show(viewOf(this.wantedView, this.view.widthPx, this.view.heightPx));
  }

  fitAll(): void {
    this.widening = false;
    this.fit();
  }

  private fit(): void {
    const fitted = fitView(this.points(), this.view.widthPx, this.view.heightPx);
    if (fitted) this.show(fitted);
  }

  private anyOutside(): boolean {
    const { widthPx, heightPx } = this.view;
    for (const { x, y } of this.points()) {
      const [px, py] = [screenX(this.view, x), screenY(this.view, y)];
      if (px < 0 || px > widthPx || py < 0 || py > heightPx) return true;
    }
    return false;
  }

  zoom(factor: number): void {
    this.zoomAround(factor, this.view.widthPx / 2, this.view.heightPx / 2);
  }

  pan(dxPx: number, dyPx: number): void {
    this.byHand(panBy(this.view, dxPx, dyPx));
  }

  /** Brings a track to the middle. */
  centreOn(number: number): void {
    const row = this.store.rowOf.get(number);
    this.widening = false;
    if (row !== undefined) this.show(centredOn(this.view, this.store.x[row]!, this.store.y[row]!));
  }

  /** The same of a track of ours beside a partner's view. */
  centreOnOwn(number: number): void {
    const row = this.ownStore.rowOf.get(number);
    this.widening = false;
    if (row !== undefined) this.show(centredOn(this.view, this.ownStore.x[row]!, this.ownStore.y[row]!));
  }

  /** Brings a world point to the middle, or shows several whole; of none, nothing changes. */
  lookAt(points: readonly Point[]): void {
    const [only, ...others] = points;
    if (!only) return;
    if (others.length > 0) {
      this.fitTo(points);
      return;
    }
    this.widening = false;
    this.show(centredOn(this.view, only.x, only.y));
  }

  /** Where the selected track is, the partner's view's or our own beside it, or the middle of the map. */
  looksAt(): Place {
    const { selected = null, ownSelected = null } = this.options ?? {};
    for (const [store, number] of [[this.store, selected], [this.ownStore, ownSelected]] as const) {
      const row = store.rowOf.get(number ?? -1);
      if (row !== undefined) return { latDeg: store.latDeg[row]!, lonDeg: store.lonDeg[row]! };
    }
    return { latDeg: latDeg(this.view.y), lonDeg: lonDeg(this.view.x) };
  }

  /** Shows all of these world points; of none, nothing changes. */
  fitTo(points: readonly Point[]): void {
    const fitted = fitView(points, this.view.widthPx, this.view.heightPx);
    if (!fitted) return;
    this.widening = false;
    this.show(fitted);
  }

  private *points(): Generator<Point> {
    for (const row of this.store.rowOf.values()) yield { x: this.store.x[row]!, y: this.store.y[row]! };
  }

  private followSelected(): void {
    if (this.options?.follow && this.options.selected !== null) this.centreOn(this.options.selected);
  }

  // Zooming keeps a followed track followed: the middle stays where it is.
  private zoomAround(factor: number, x: number, y: number): void {
    this.widening = false;
    if (this.options?.follow) this.show(zoomAt(this.view, factor, this.view.widthPx / 2, this.view.heightPx / 2));
    else this.show(zoomAt(this.view, factor, x, y));
  }

  private byHand(view: MapView): void {
    this.widening = false;
    this.listener.moved();
    this.show(view);
  }

  private show(view: MapView): void {
    this.view = view;
    this.listener.viewChanged(view);
    if (!this.widening) this.tellRest();
    this.invalidate();
  }

  private resting: ReturnType<typeof setTimeout> | undefined;

  // An address that changes with each pixel would be refused by the browser.
  private tellRest(): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const { view } = this;
      const lat = latDeg(view.y);
      const radius_nm = Math.min(view.heightPx, view.widthPx) / 2 / pxPerNm(view, lat);
      this.listener.rested({ lat_deg: lat, lon_deg: lonDeg(view.x), radius_nm });
    }, REST_MS);
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.show(clampView({ ...this.view, widthPx: clientWidth, heightPx: clientHeight }));
  }

  private hover(px: number, py: number): void {
    const world = toWorld(this.view, px, py);
    this.listener.pointer({ latDeg: latDeg(world.y), lonDeg: lonDeg(world.x) });
    const own = this.pickOwn(px, py, 14);
    const number = this.isOwnSide(px) ? null : this.tracks.pick(px, py, 14);
    this.element.classList.toggle('over-track', number !== null || own !== null);
    if (number === this.hovered && own === this.hoveredOwn) return;
    this.hovered = number;
    this.hoveredOwn = own;
    this.invalidate();
  }

  private unhover(): void {
    this.listener.pointer(null);
    if (this.hovered === null && this.hoveredOwn === null) return;
    this.hovered = this.hoveredOwn = null;
    this.invalidate();
  }

  invalidate(): void {
    if (this.frameAsked || !this.options) return;
    this.frameAsked = true;
    requestAnimationFrame(() => {
      this.frameAsked = false;
      this.draw();
    });
  }

  // What lies over the map: its tools and its foot.
  private covered(): Box[] {
    const { widthPx, heightPx } = this.view;
    return [...this.tools, { left: 0, top: heightPx - FOOT_PX, width: widthPx, height: FOOT_PX }];
  }

  private draw(): void {
    const options = this.options!;
    const startedMs = performance.now();
    const ratio = Math.min(RATIO_MAX, window.devicePixelRatio || 1);
    this.land.sync(this.view, ratio);
    this.sites.sync(this.view, ratio);
    const reserved = [...namedBoxes(this.view, options.sensors), ...markBoxes(this.view, options.marks), ...this.covered()];
    const scene = { ...options, view: this.view, ratio, reserved, heldLooked: [options.ownSelected, this.hoveredOwn] };
    this.tracks.draw({ ...scene, own: false, hovered: this.hovered });
    if (options.wipe !== null) this.own.draw({ ...scene, own: true, selected: options.ownSelected, hovered: this.hoveredOwn, trails: null, measures: [], alerts: options.ownAlerts });
    this.cost.frames += 1;
    this.cost.ms += performance.now() - startedMs;
  }
}

function sitesDiffer(before: readonly SensorRow[], after: readonly SensorRow[]): boolean {
  const key = (rows: readonly SensorRow[]): string =>
    rows.map((row) => [row.name, row.lat_deg, row.lon_deg, row.health].join()).join(';');
  return before !== after && key(before) !== key(after);
}
