// The planner's map: land, relief, coverage, region, gaps and masts. A mast is dragged by hand;
// everything else moves the map. Drawn once for each change, and asked anew when the view rests.

import { Atlas } from '../map/atlas';
import { drawLand } from '../map/ground';
import { listenToMap } from '../map/input';
import { PannedLayer } from '../map/pannedLayer';
import { centredOn, clampView, fitView, latDeg, lonDeg, panBy, screenX, screenY, toWorld, worldX, worldY, zoomAt, type MapView, type Point } from '../map/projection';
import type { GapRow } from '../generated/coverage';
import { PALETTES, type ThemeName } from '../theme/theme';
import { drawGaps, drawImage, drawMasts, drawRegion, frameOf, imageOf, type Image } from './draw';
import type { Style } from './paint';
import type { Plan } from './plan';
import type { Layer } from './session';

export interface CoverageShown {
  theme: ThemeName;
  style: Style;
  plan: Plan;
  selected: string | null;
  gaps: readonly GapRow[];
  gapChosen: number | null;
  region: readonly (readonly number[][])[];
  seen: Layer | null;
  ground: Layer | null;
}

export interface CoverageListener {
  /** The view rests, or is asked for at once. */
  framed(frame: ReturnType<typeof frameOf>): void;
  clicked(latDeg: number, lonDeg: number): void;
  choseSite(name: string): void;
  choseGap(index: number): void;
  dragged(name: string, latDeg: number, lonDeg: number): void;
  dragEnded(): void;
  viewChanged(view: MapView): void;
  pointer(place: { latDeg: number; lonDeg: number } | null): void;
}

/** A hand's reach around a mast. */
const GRIP_PX = 14;
/** The view rests when it has not moved for so long. */
const REST_MS = 140;
export const GAPS_DRAWN = 9;

export class CoverageMap {
  view: MapView = { x: 0.7, y: 0.37, worldPx: 4096, widthPx: 1, heightPx: 1 };
  private readonly land: PannedLayer;
  private readonly pen: CanvasRenderingContext2D;
  private shown: CoverageShown | null = null;
  private seen: Image | null = null;
  private ground: Image | null = null;
  private grip: { name: string; dx: number; dy: number } | null = null;
  private frameAsked = false;
  private resting: ReturnType<typeof setTimeout> | null = null;
  private home: Point[] | null = null;

  constructor(
    private readonly element: HTMLElement,
    land: HTMLCanvasElement,
    private readonly over: HTMLCanvasElement,
    private readonly listener: CoverageListener,
  ) {
    const atlas = new Atlas(() => {
      this.land.outdate();
      this.invalidate();
    });
    this.land = new PannedLayer(land, (pen, view) => drawLand(pen, view, atlas.at(view.worldPx), PALETTES[this.shown!.theme]), true);
    this.pen = over.getContext('2d')!;
    this.listenToMasts();
    listenToMap(element, {
      pan: (dx, dy) => this.show(panBy(this.view, dx, dy)),
      zoom: (factor, x, y) => this.show(zoomAt(this.view, factor, x, y)),
      click: (x, y) => this.click(x, y),
      hover: (x, y) => this.hover(x, y),
      leave: () => listener.pointer(null),
    });
    new ResizeObserver(() => this.resize()).observe(element);
    this.resize();
  }

  set(shown: CoverageShown): void {
    const before = this.shown;
    this.shown = shown;
    if (before?.theme !== shown.theme) this.land.outdate();
    const anew = before?.theme !== shown.theme;
    // A layer is painted in the style it was asked for; a new style waits for its layer.
    const style = shown.seen?.asked.kind === 'lowest' ? 'lowest' : shown.seen?.asked.against ? 'compare' : 'seen';
    if (anew || before?.seen !== shown.seen) this.seen = shown.seen && imageOf(shown.seen, shown.theme, style);
    if (anew || before?.ground !== shown.ground) this.ground = shown.ground && imageOf(shown.ground, shown.theme, 'relief');
    this.invalidate();
  }

  /** Opens on these points (latitude, longitude), also when asked to show all. */
  open(points: readonly (readonly [number, number])[]): void {
    this.home = points.map(([lat, lon]) => ({ x: worldX(lon), y: worldY(lat) }));
    this.fit();
  }

  fit(): void {
    const fitted = this.home && fitView(this.home, this.view.widthPx, this.view.heightPx);
    if (fitted) this.show({ ...fitted, worldPx: fitted.worldPx * 1.12 });
  }

  centreOn(lat: number, lon: number): void {
    this.show(centredOn(this.view, worldX(lon), worldY(lat)));
  }

  zoom(factor: number): void {
    this.show(zoomAt(this.view, factor, this.view.widthPx / 2, this.view.heightPx / 2));
  }

  pan(dx: number, dy: number): void {
    this.show(panBy(this.view, dx, dy));
  }

  /** Where a site's mast is on the screen, for tests and for the hand. */
  placeOf(name: string): Point | null {
    const entry = this.shown?.plan.find((site) => site.entry.name === name)?.entry;
    return entry ? { x: screenX(this.view, worldX(entry.lon_deg)), y: screenY(this.view, worldY(entry.lat_deg)) } : null;
  }

  private mastAt(x: number, y: number): { name: string; dx: number; dy: number } | null {
    let best: { name: string; dx: number; dy: number } | null = null;
    for (const { entry } of this.shown?.plan ?? []) {
      const at = this.placeOf(entry.name)!;
      const [dx, dy] = [at.x - x, at.y - y];
      if (Math.hypot(dx, dy) <= GRIP_PX && (!best || Math.hypot(dx, dy) < Math.hypot(best.dx, best.dy))) best = { name: entry.name, dx, dy };
    }
    return best;
  }

  // Before the map's own hands: a pointer that goes down on a mast does not move the map.
  private listenToMasts(): void {
    const at = (event: PointerEvent): Point => {
      const box = this.element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    let travelled = 0;
    this.element.addEventListener(
      'pointerdown',
      (event) => {
        const { x, y } = at(event);
        const grip = event.button === 0 ? this.mastAt(x, y) : null;
        if (!grip) return;
        event.stopImmediatePropagation();
        this.element.setPointerCapture(event.pointerId);
        this.grip = grip;
        travelled = 0;
        this.listener.choseSite(grip.name);
      },
      { capture: true },
    );
    this.element.addEventListener(
      'pointermove',
      (event) => {
        if (!this.grip) return;
        event.stopImmediatePropagation();
        const { x, y } = at(event);
        const here = this.placeOf(this.grip.name);
        if (here) travelled += Math.hypot(here.x - this.grip.dx - x, here.y - this.grip.dy - y);
        if (travelled < 4) return;
        const world = toWorld(this.view, x + this.grip.dx, y + this.grip.dy);
        this.listener.dragged(this.grip.name, latDeg(world.y), lonDeg(world.x));
      },
      { capture: true },
    );
    const let_go = (event: PointerEvent): void => {
      if (!this.grip) return;
      event.stopImmediatePropagation();
      this.grip = null;
      this.listener.dragEnded();
    };
    this.element.addEventListener('pointerup', let_go, { capture: true });
    this.element.addEventListener('pointercancel', let_go, { capture: true });
  }

  private click(x: number, y: number): void {
    const gaps = this.shown?.gaps.slice(0, GAPS_DRAWN) ?? [];
    const near = gaps.findIndex((gap) => Math.hypot(screenX(this.view, worldX(gap.lon_deg)) - x, screenY(this.view, worldY(gap.lat_deg)) - y) <= 11);
    if (near >= 0) {
      this.listener.choseGap(near);
      return;
    }
    const world = toWorld(this.view, x, y);
    this.listener.clicked(latDeg(world.y), lonDeg(world.x));
  }

  private hover(x: number, y: number): void {
    const world = toWorld(this.view, x, y);
    this.listener.pointer({ latDeg: latDeg(world.y), lonDeg: lonDeg(world.x) });
    this.element.classList.toggle('over-mast', this.mastAt(x, y) !== null);
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0 || clientHeight === 0) return;
    const opened = this.view.widthPx > 1;
    this.view = clampView({ ...this.view, widthPx: clientWidth, heightPx: clientHeight });
    if (opened || !this.home) this.show(this.view);
    else this.fit();
  }

  private show(view: MapView): void {
    this.view = view;
    this.listener.viewChanged(view);
    this.invalidate();
    if (this.resting) clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      // Before it is known where to look there is nothing to ask for.
      if (this.home) this.listener.framed(frameOf(this.view));
    }, REST_MS);
  }

  invalidate(): void {
    if (this.frameAsked || !this.shown) return;
    this.frameAsked = true;
    requestAnimationFrame(() => {
      this.frameAsked = false;
      this.draw(this.shown!);
    });
  }

  private draw(shown: CoverageShown): void {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.land.sync(this.view, ratio);
    const { widthPx, heightPx } = this.view;
    this.over.width = Math.round(widthPx * ratio);
    this.over.height = Math.round(heightPx * ratio);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawPlan(this.pen, this.view, shown, { seen: this.seen, ground: this.ground });
  }
}

/** All over the land, from below. */
export function drawPlan(
  pen: CanvasRenderingContext2D,
  view: MapView,
  shown: Omit<CoverageShown, 'seen' | 'ground' | 'style'>,
  images: { seen: Image | null; ground: Image | null },
): void {
  if (images.ground) drawImage(pen, view, images.ground);
  if (images.seen) drawImage(pen, view, images.seen);
  drawRegion(pen, view, shown.region, shown.theme);
  drawGaps(pen, view, shown.gaps, shown.gapChosen, shown.theme, GAPS_DRAWN);
  drawMasts(pen, view, shown.plan, shown.selected, shown.theme);
}
