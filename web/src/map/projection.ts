// Where a place on Earth falls on the screen. The world is the unit square of spherical Mercator
// (x to the east from 180° W, y to the south from 85.05° N); a view is a window on it that wraps
// round the antimeridian. Pure.

export const NM_M = 1852;
const EARTH_RADIUS_M = 6_371_008.8;
const LAT_MAX_DEG = 85.05112878;
const ZOOM_MAX_PX = 2 ** 26;
/** A picture of one or two tracks still opens on a region, not on a runway: world units. */
const FIT_LEAST = 0.004;

/** A window on the world: its centre in world units, and pixels per world width. */
export interface MapView {
  x: number;
  y: number;
  worldPx: number;
  widthPx: number;
  heightPx: number;
}

export interface Point {
  x: number;
  y: number;
}

export const worldX = (lonDeg: number): number => (lonDeg + 180) / 360;

export function worldY(latDeg: number): number {
  const lat = Math.max(-LAT_MAX_DEG, Math.min(LAT_MAX_DEG, latDeg));
  const sin = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

export function lonDeg(x: number): number {
  return (((((x - 0.5) % 1) + 1.5) % 1) - 0.5) * 360;
}

export const latDeg = (y: number): number =>
  (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/** World point to screen, by the copy of the world nearest the middle of the view. */
export function toScreen(view: MapView, x: number, y: number): Point {
  return { x: screenX(view, x), y: screenY(view, y) };
}

export function screenX(view: MapView, x: number): number {
  let dx = x - view.x;
  dx -= Math.round(dx);
  return dx * view.worldPx + view.widthPx / 2;
}

export const screenY = (view: MapView, y: number): number =>
  (y - view.y) * view.worldPx + view.heightPx / 2;

export function toWorld(view: MapView, px: number, py: number): Point {
  return {
    x: view.x + (px - view.widthPx / 2) / view.worldPx,
    y: view.y + (py - view.heightPx / 2) / view.worldPx,
  };
}

/** Pixels a nautical mile takes at this latitude. */
export function pxPerNm(view: MapView, atLatDeg: number): number {
  const circumferenceNm = (2 * Math.PI * EARTH_RADIUS_M) / NM_M;
  return view.worldPx / (circumferenceNm * Math.cos((atLatDeg * Math.PI) / 180));
}

/** Keeps a view on the world: wraps x, and stops y and the zoom at their ends. */
export function clampView(view: MapView): MapView {
  const least = Math.max(view.heightPx, 256);
  const worldPx = Math.max(least, Math.min(ZOOM_MAX_PX, view.worldPx));
  const half = view.heightPx / 2 / worldPx;
  const y = half >= 0.5 ? 0.5 : Math.max(half, Math.min(1 - half, view.y));
  return { ...view, x: ((view.x % 1) + 1) % 1, y, worldPx };
}

/** Zooms by `factor`, leaving what is under the pixel where it is. */
export function zoomAt(view: MapView, factor: number, px: number, py: number): MapView {
  const before = toWorld(view, px, py);
  const zoomed = clampView({ ...view, worldPx: view.worldPx * factor });
  const after = toWorld(zoomed, px, py);
  return clampView({ ...zoomed, x: zoomed.x + before.x - after.x, y: zoomed.y + before.y - after.y });
}

export function panBy(view: MapView, dxPx: number, dyPx: number): MapView {
  return clampView({ ...view, x: view.x - dxPx / view.worldPx, y: view.y - dyPx / view.worldPx });
}

export function centredOn(view: MapView, x: number, y: number): MapView {
  return clampView({ ...view, x, y });
}

/** The view with this centre whose half height is `radiusNm`. */
export function viewOf(
  centre: { lat_deg: number; lon_deg: number; radius_nm: number },
  widthPx: number,
  heightPx: number,
): MapView {
  const view = {
    x: worldX(centre.lon_deg),
    y: worldY(centre.lat_deg),
    worldPx: 1,
    widthPx,
    heightPx,
  };
  const wanted = Math.min(heightPx, widthPx) / 2 / centre.radius_nm;
  return clampView({ ...view, worldPx: wanted / pxPerNm(view, centre.lat_deg) });
}

/** The smallest view that holds all points with a margin; `null` when there are none. */
export function fitView(points: Iterable<Point>, widthPx: number, heightPx: number): MapView | null {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  let origin: number | null = null;
  for (const point of points) {
    origin ??= point.x;
    // Measured from the first point, so that a picture astride the antimeridian stays whole.
    const x = point.x - Math.round(point.x - origin);
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, point.y);
    y1 = Math.max(y1, point.y);
  }
  if (origin === null) return null;
  const spanX = Math.max(x1 - x0, FIT_LEAST);
  const spanY = Math.max(y1 - y0, FIT_LEAST);
  const worldPx = 0.8 * Math.min(widthPx / spanX, heightPx / spanY);
  return clampView({ x: (x0 + x1) / 2, y: (y0 + y1) / 2, worldPx, widthPx, heightPx });
}
