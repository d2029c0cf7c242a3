// What a plan looks like on a map: relief, coverage, region, gaps and masts.

import type { GapRow, LayerAsked, Window } from '../generated/coverage';
import { destination } from '../map/geometry';
import { rangeRing } from '../map/geometry';
import { latDeg, screenX, screenY, toWorld, worldX, worldY, type MapView } from '../map/projection';
import { COVER, FONT, PALETTES, type ThemeName } from '../theme/theme';
import { painted, relief, type Style } from './paint';
import type { PlanSite } from './plan';
import type { Layer } from './session';

/** A layer as an image, with where it lies. */
export interface Image {
  canvas: HTMLCanvasElement;
  window: Window;
}

export function imageOf(layer: Layer, theme: ThemeName, style: Style | 'relief'): Image {
  const { width, height, window, surely } = layer.asked;
  const pixels =
    style === 'relief'
      ? relief(layer.bytes, theme === 'dark')
      : painted(layer.bytes, width, style, COVER[theme], surely);
  return { canvas: canvasOf(pixels, width, height), window };
}

/** A canvas of these pixels. */
export function canvasOf(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** The part of the Earth that a view shows. */
export function windowOf(view: MapView): Window {
  const from = toWorld(view, 0, 0);
  const to = toWorld(view, view.widthPx, view.heightPx);
  return {
    south_deg: latDeg(to.y),
    north_deg: latDeg(from.y),
    west_deg: from.x * 360 - 180,
    east_deg: to.x * 360 - 180,
  };
}

/** The question for a layer over a whole view. */
export const frameOf = (view: MapView): Pick<LayerAsked, 'window' | 'width' | 'height'> => ({
  window: windowOf(view),
  width: Math.max(1, Math.round(view.widthPx)),
  height: Math.max(1, Math.round(view.heightPx)),
});

export function drawImage(pen: CanvasRenderingContext2D, view: MapView, image: Image): void {
  const { west_deg, east_deg, north_deg, south_deg } = image.window;
  const width = ((east_deg - west_deg) / 360) * view.worldPx;
  const middle = screenX(view, worldX((west_deg + east_deg) / 2));
  const top = screenY(view, worldY(north_deg));
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image.canvas, middle - width / 2, top, width, screenY(view, worldY(south_deg)) - top);
}

export function drawRegion(pen: CanvasRenderingContext2D, view: MapView, rings: readonly (readonly number[][])[], theme: ThemeName): void {
  pen.beginPath();
  for (const ring of rings) {
    const first = worldX(ring[0]?.[1] ?? 0);
    const origin = screenX(view, first);
    ring.forEach(([lat, lon], i) => {
      const x = worldX(lon!);
      const px = origin + (x - first - Math.round(x - first)) * view.worldPx;
      if (i === 0) pen.moveTo(px, screenY(view, worldY(lat!)));
      else pen.lineTo(px, screenY(view, worldY(lat!)));
    });
    pen.closePath();
  }
  pen.strokeStyle = PALETTES[theme].text;
  pen.lineWidth = 1.4;
  pen.setLineDash([7, 4]);
  pen.stroke();
  pen.setLineDash([]);
}

/** Masts, and the range of the selected one. */
export function drawMasts(
  pen: CanvasRenderingContext2D,
  view: MapView,
  sites: readonly PlanSite[],
  selected: string | null,
  theme: ThemeName,
): void {
  const palette = PALETTES[theme];
  const open = sites.find((site) => site.entry.name === selected)?.entry;
  if (open) {
    pen.beginPath();
    const ring = rangeRing({ latDeg: open.lat_deg, lonDeg: open.lon_deg }, open.range_max_nm);
    ring.forEach((point, i) => {
      const x = screenX(view, ring[0]!.x) + (point.x - ring[0]!.x) * view.worldPx;
      if (i === 0) pen.moveTo(x, screenY(view, point.y));
      else pen.lineTo(x, screenY(view, point.y));
    });
    pen.strokeStyle = palette.site;
    pen.setLineDash([2, 5]);
    pen.lineWidth = 1.2;
    pen.stroke();
    pen.setLineDash([]);
    const top = destination({ latDeg: open.lat_deg, lonDeg: open.lon_deg }, 0, open.range_max_nm);
    text(pen, `${open.range_max_nm.toFixed(0)} NM`, screenX(view, worldX(top.lonDeg)) - 18, screenY(view, worldY(top.latDeg)) - 5, theme);
  }
  for (const { entry, on } of sites) {
    const x = screenX(view, worldX(entry.lon_deg));
    const y = screenY(view, worldY(entry.lat_deg));
    const chosen = entry.name === selected;
    pen.globalAlpha = on ? 1 : 0.55;
    pen.beginPath();
    pen.moveTo(x - 7, y + 7);
    pen.lineTo(x, y - 8);
    pen.lineTo(x + 7, y + 7);
    pen.closePath();
    pen.fillStyle = on ? palette.panel : 'transparent';
    pen.fill();
    pen.lineWidth = chosen ? 2.6 : 1.8;
    pen.strokeStyle = chosen ? palette.selection : palette.site;
    pen.stroke();
    pen.beginPath();
    pen.arc(x, y + 2, 1.8, 0, 2 * Math.PI);
    pen.fillStyle = chosen ? palette.selection : palette.site;
    pen.fill();
    text(pen, on ? entry.name : `${entry.name} (off)`, x + 11, y + 5, theme, chosen);
    pen.globalAlpha = 1;
  }
}

/** Gaps by their number in the list. */
export function drawGaps(
  pen: CanvasRenderingContext2D,
  view: MapView,
  gaps: readonly GapRow[],
  chosen: number | null,
  theme: ThemeName,
  most: number,
): void {
  const palette = PALETTES[theme];
  gaps.slice(0, most).forEach((gap, i) => {
    const x = screenX(view, worldX(gap.lon_deg));
    const y = screenY(view, worldY(gap.lat_deg));
    pen.beginPath();
    pen.arc(x, y, 9, 0, 2 * Math.PI);
    pen.fillStyle = i === chosen ? palette.caution : palette.panel;
    pen.fill();
    pen.strokeStyle = palette.caution;
    pen.lineWidth = i === chosen ? 2.4 : 1.4;
    pen.stroke();
    pen.font = `700 10px ${FONT.text}`;
    pen.textAlign = 'center';
    pen.fillStyle = i === chosen ? palette.panel : palette.caution;
    pen.fillText(String(i + 1), x, y + 3.6);
    pen.textAlign = 'start';
  });
}

function text(pen: CanvasRenderingContext2D, words: string, x: number, y: number, theme: ThemeName, bold = false): void {
  pen.font = `${bold ? '700 ' : ''}11px ${FONT.text}`;
  pen.lineJoin = 'round';
  pen.lineWidth = 3;
  pen.strokeStyle = PALETTES[theme].sea;
  pen.strokeText(words, x, y);
  pen.fillStyle = PALETTES[theme].text;
  pen.fillText(words, x, y);
}
