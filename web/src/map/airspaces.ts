// Airspaces and borders that the node warns of, as lines on the map; each kind by its dashes, never by
// colour alone. They are where they are whether they are active or not.

import { FONT, type Palette } from '../theme/theme';
import type { Box } from './labels';
import { screenX, screenY, worldX, worldY, type MapView, type Point } from './projection';

/** An airspace in world points; longitudes run on over the antimeridian. */
export interface Airspace {
  name: string;
  kind: string;
  /** `GND–FL120`; empty for a border. */
  limits: string;
  rings: readonly (readonly Point[])[];
  /** What of the world they are in. */
  bounds: Bounds;
}

interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function boundsOf(points: Iterable<Point>): Bounds {
  const bounds = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    bounds.left = Math.min(bounds.left, x);
    bounds.right = Math.max(bounds.right, x);
    bounds.top = Math.min(bounds.top, y);
    bounds.bottom = Math.max(bounds.bottom, y);
  }
  return bounds;
}

/** Whether some of it may be on the screen. */
function isInView(view: MapView, { left, right, top, bottom }: Bounds): boolean {
  const half = view.widthPx / view.worldPx / 2;
  // The world goes on over its edges.
  const inWidth = [-1, 0, 1].some((turn) => left + turn <= view.x + half && right + turn >= view.x - half);
  return inWidth && screenY(view, bottom) >= 0 && screenY(view, top) <= view.heightPx;
}

/** How a kind is drawn. */
interface Style {
  dash: readonly number[];
  width: number;
  ink: 'textMuted' | 'site' | 'border';
}

/** The most pressing kind first: its name has its place before the others. */
const STYLES: readonly (readonly [readonly string[], Style])[] = [
  [['prohibited', 'restricted', 'danger', 'reserved'], { dash: [7, 3, 1, 3], width: 1.4, ink: 'textMuted' }],
  [['ctr', 'tma', 'cta', 'atz', 'corridor', 'uas'], { dash: [], width: 1, ink: 'site' }],
  [['fir'], { dash: [12, 5], width: 1, ink: 'border' }],
  [['territory'], { dash: [], width: 2, ink: 'border' }],
];
const OTHER: Style = { dash: [3, 3], width: 1, ink: 'textMuted' };

const rankOf = (kind: string): number => {
  const at = STYLES.findIndex(([kinds]) => kinds.includes(kind));
  return at < 0 ? STYLES.length : at;
};
const styleOf = (kind: string): Style => STYLES[rankOf(kind)]?.[1] ?? OTHER;

/** What a node's FeatureCollection holds, the most pressing kinds first; of what is no airspace, nothing. */
export function airspacesFrom(told: unknown): Airspace[] {
  const features = (told as { features?: unknown[] } | null)?.features ?? [];
  const found = features.flatMap((feature): Airspace[] => {
    const { properties, geometry } = feature as { properties?: Record<string, string>; geometry?: { coordinates?: [number, number][][][] } };
    if (!properties?.name || !properties.kind || !Array.isArray(geometry?.coordinates)) return [];
    const { name, kind, lower, upper } = properties;
    const rings = geometry.coordinates.flat().map((ring) => ring.map(([lon, lat]) => ({ x: worldX(lon), y: worldY(lat) })));
    const whole = rings.filter((ring) => ring.length > 2);
    const limits = kind === 'fir' || kind === 'territory' || !lower || !upper ? '' : `${lower}–${upper}`;
    return [{ name, kind, limits, rings: whole, bounds: boundsOf(whole.flat()) }];
  });
  return found.sort((a, b) => rankOf(a.kind) - rankOf(b.kind));
}

/** Traffic stands before them. */
const LINE_ALPHA = 0.7;

/** Pixels of a character, about. */
const CHAR_PX = 5.6;
const LINE_PX = 12;
/** Widths of an airspace for one of its name: a wider name would say more than there is to see. */
const NAME_SHARE = 0.6;

/** A name with its limits, and where it stands: under the middle of the upper edge. */
export interface NamePlate {
  lines: readonly string[];
  box: Box;
}

const overlaps = (a: Box, b: Box): boolean => a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

/** Screen points of a ring: measured from its first, so that one astride the antimeridian does not cross the screen. */
function onScreen(view: MapView, ring: readonly Point[]): Point[] {
  const first = ring[0]!;
  const left = screenX(view, first.x);
  return ring.map(({ x, y }) => ({ x: left + (x - first.x) * view.worldPx, y: screenY(view, y) }));
}

/** Which names have room, in the order given: none lies on another. */
export function namePlates(view: MapView, airspaces: readonly Airspace[]): NamePlate[] {
  const plates: NamePlate[] = [];
  for (const { name, limits, rings, bounds } of airspaces) {
    if (!rings[0] || !isInView(view, bounds)) continue;
    const edge = boundsOf(onScreen(view, rings[0]));
    // Of what reaches beyond the screen, the part that is on it.
    const left = Math.max(0, edge.left);
    const right = Math.min(view.widthPx, edge.right);
    const { top } = edge;
    const lines = limits === '' ? [name] : [name, limits];
    const width = Math.max(...lines.map((line) => line.length)) * CHAR_PX + 4;
    if (top < 0 || top > view.heightPx || right - left < width * NAME_SHARE) continue;
    const box = { left: (left + right) / 2 - width / 2, top: top + 3, width, height: lines.length * LINE_PX + 2 };
    if (plates.every((other) => !overlaps(other.box, box))) plates.push({ lines, box });
  }
  return plates;
}

export function drawAirspaces(pen: CanvasRenderingContext2D, view: MapView, airspaces: readonly Airspace[], palette: Palette): void {
  // The most pressing last, over the others.
  for (const { kind, rings, bounds } of [...airspaces].reverse()) {
    if (!isInView(view, bounds)) continue;
    const { dash, width, ink } = styleOf(kind);
    pen.strokeStyle = palette[ink];
    pen.lineWidth = width;
    pen.globalAlpha = LINE_ALPHA;
    pen.setLineDash([...dash]);
    for (const ring of rings) {
      pen.beginPath();
      onScreen(view, ring).forEach(({ x, y }, i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
      pen.closePath();
      pen.stroke();
    }
  }
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  pen.font = `9.5px ${FONT.text}`;
  pen.textAlign = 'center';
  pen.fillStyle = palette.textMuted;
  for (const { lines, box } of namePlates(view, airspaces)) {
    lines.forEach((line, i) => pen.fillText(line, box.left + box.width / 2, box.top + 9 + i * LINE_PX));
  }
  pen.textAlign = 'start';
}

/** Asks the node; `null`: it did not answer. */
export async function fetchAirspaces(): Promise<Airspace[] | null> {
  try {
    const answer = await fetch('./api/v1/airspace');
    return answer.ok ? airspacesFrom(await answer.json()) : null;
  } catch {
    return null;
  }
}
