// The shape of the ground under the air picture, where the node has terrain. It is a courtesy: what
// goes wrong leaves the map without it and says nothing.

import type { LayerAsked, Window } from '../generated/coverage';
import type { Underlay } from '../map/ground';
import type { MapView } from '../map/projection';
import type { ThemeName } from '../theme/theme';
import { askLayer, askOpening } from './ask';
import { canvasOf, drawImage, frameOf, type Image } from './draw';
import { Latest } from './latest';
import { shade } from './paint';

export class Relief implements Underlay {
  private bounds: Window | null = null;
  private ground: { asked: LayerAsked; bytes: Uint8Array } | null = null;
  private image: { of: Uint8Array; theme: ThemeName; image: Image } | null = null;
  private readonly layers = new Latest<LayerAsked, Uint8Array>(
    askLayer,
    (bytes, asked) => {
      this.ground = { asked, bytes };
      this.changed();
    },
    () => {},
    true,
  );

  /** `changed`: there is something else to draw. */
  constructor(private readonly changed: () => void) {
    askOpening().then(
      (told) => {
        this.bounds = told.closed === null ? told.bounds : null;
        if (this.bounds) changed();
      },
      () => {},
    );
  }

  draw(pen: CanvasRenderingContext2D, view: MapView, theme: ThemeName): void {
    if (!this.bounds) return;
    const frame = frameOf(view);
    if (overlap(frame.window, this.bounds) && !same(this.ground?.asked.window, frame.window)) {
      this.layers.ask({ kind: 'relief', sites: [], against: null, level: 100, surely: false, ...frame });
    }
    if (!this.ground) return;
    const { bytes, asked } = this.ground;
    if (this.image?.of !== bytes || this.image.theme !== theme) {
      const canvas = canvasOf(shade(bytes, theme === 'dark'), asked.width, asked.height);
      this.image = { of: bytes, theme, image: { canvas, window: asked.window } };
    }
    drawImage(pen, view, this.image.image);
  }
}

const same = (a: Window | undefined, b: Window): boolean =>
  a !== undefined && a.south_deg === b.south_deg && a.west_deg === b.west_deg && a.north_deg === b.north_deg && a.east_deg === b.east_deg;

/** Whether two windows have a point in common, whichever turn of the Earth their longitudes count. */
export function overlap(a: Window, b: Window): boolean {
  if (a.south_deg > b.north_deg || b.south_deg > a.north_deg) return false;
  const turn = Math.round(((a.west_deg + a.east_deg) / 2 - (b.west_deg + b.east_deg) / 2) / 360) * 360;
  return a.west_deg - turn <= b.east_deg && b.west_deg <= a.east_deg - turn;
}
