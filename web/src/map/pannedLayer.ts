// A canvas larger than the view that is drawn once and then moved while the map is panned; drawn
// anew when the zoom changes, its content changes, or the view leaves its margin.

import type { MapView } from './projection';

const MARGIN_PX = 192;

export type Draw = (pen: CanvasRenderingContext2D, view: MapView) => void;

export class PannedLayer {
  private drawnAt: MapView | null = null;
  private ratio = 0;
  private stale = true;
  private readonly pen: CanvasRenderingContext2D;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly draw: Draw,
    opaque: boolean,
  ) {
    this.pen = canvas.getContext('2d', { alpha: !opaque })!;
  }

  /** The content changed: draw anew at the next sync. */
  outdate(): void {
    this.stale = true;
  }

  sync(view: MapView, ratio: number): void {
    const at = this.drawnAt;
    let dx = 0;
    let dy = 0;
    if (at) {
      const east = at.x - view.x;
      dx = (east - Math.round(east)) * view.worldPx;
      dy = (at.y - view.y) * view.worldPx;
    }
    const fits =
      at !== null &&
      !this.stale &&
      this.ratio === ratio &&
      at.worldPx === view.worldPx &&
      at.widthPx === view.widthPx + 2 * MARGIN_PX &&
      at.heightPx === view.heightPx + 2 * MARGIN_PX &&
      Math.abs(dx) <= MARGIN_PX &&
      Math.abs(dy) <= MARGIN_PX;
    if (!fits) {
      this.redraw(view, ratio);
      dx = 0;
      dy = 0;
    }
    const left = Math.round(dx - MARGIN_PX);
    const top = Math.round(dy - MARGIN_PX);
    this.canvas.style.transform = `translate(${left}px, ${top}px)`;
  }

  private redraw(view: MapView, ratio: number): void {
    const wide = {
      ...view,
      widthPx: view.widthPx + 2 * MARGIN_PX,
      heightPx: view.heightPx + 2 * MARGIN_PX,
    };
    this.canvas.width = Math.round(wide.widthPx * ratio);
    this.canvas.height = Math.round(wide.heightPx * ratio);
    this.canvas.style.width = `${wide.widthPx}px`;
    this.canvas.style.height = `${wide.heightPx}px`;
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw(this.pen, wide);
    this.drawnAt = wide;
    this.ratio = ratio;
    this.stale = false;
  }
}
