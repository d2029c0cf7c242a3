// Airspaces and borders that the node warns of, as lines on the map: each kind by its width and dashes, and
// what is not active now by thin short dashes, never by colour alone. Areas of accords are drawn by the same
// hand.

import type { AirspaceTime } from '../generated/wire';
import { FONT, type Palette } from '../theme/theme';
import type { Box } from './labels';
import { screenX, screenY, worldX, worldY, type MapView, type Point } from './projection';
import { t } from '../language/language';

/** Whether it is active; `always` where it always is. */
export type Activity = 'always' | 'active' | 'not_active' | 'by_notice';

/** An airspace in world points; longitudes run on over the antimeridian. */
export interface Airspace {
  name: string;
  kind: string;
  /** `GND–FL120`; empty for a border. */
  limits: string;
  rings: readonly (readonly Point[])[];
  /** What of the world they are in. */
  bounds: Bounds;
  /** Its place among what the node told. */
  place: number;
  state: Activity;
  /** Until when that is so. */
  untilMs: number | null;
  /** All that lies so near to its line, world units; closed lines have none. */
  band?: number;
}

interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function boundsOf(points: Iterable<Point>): Bounds {
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
  ink: 'textMuted' | 'site' | 'border' | 'accord';
  /** A pale band along the line: what is pressing and active. */
  banded?: boolean;
}

/** The most pressing kind first: its name has its place before the others. */
const STYLES: readonly (readonly [readonly string[], Style])[] = [
  [['prohibited', 'restricted', 'danger', 'reserved'], { dash: [], width: 1.6, ink: 'textMuted', banded: true }],
  [['ctr', 'tma', 'cta', 'atz', 'corridor', 'uas'], { dash: [], width: 1, ink: 'site' }],
  [['fir'], { dash: [12, 5], width: 1, ink: 'border' }],
  [['territory'], { dash: [], width: 2, ink: 'border' }],
  [['responsible'], { dash: [14, 3, 2, 3], width: 1.6, ink: 'accord' }],
  [['release'], { dash: [8, 4], width: 1.4, ink: 'accord' }],
  [['back_up'], { dash: [2, 3, 8, 3], width: 1.4, ink: 'accord' }],
];
const OTHER: Style = { dash: [3, 3], width: 1, ink: 'textMuted' };

const rankOf = (kind: string): number => {
  const at = STYLES.findIndex(([kinds]) => kinds.includes(kind));
  return at < 0 ? STYLES.length : at;
};
const NOT_ACTIVE = { dash: [2, 4], width: 0.9, banded: false } as const;
const BY_NOTICE = { dash: [6, 4], banded: false } as const;

/** How one is drawn: its kind's way, and another where it is not active or nobody here can say. */
export function styleOf({ kind, state }: Pick<Airspace, 'kind' | 'state'>): Style {
  const style = STYLES[rankOf(kind)]?.[1] ?? OTHER;
  if (state === 'not_active') return { ...style, ...NOT_ACTIVE };
  return state === 'by_notice' ? { ...style, ...BY_NOTICE } : style;
}

/** The same with whether each is active now, as the node said last. */
export function withTimes(airspaces: readonly Airspace[], times: readonly AirspaceTime[]): Airspace[] {
  const of = new Map(times.map((time) => [time.place, time]));
  return airspaces.map((airspace) => {
    const time = of.get(airspace.place);
    if (!time) return airspace;
    return { ...airspace, state: time.active === null ? 'by_notice' : time.active ? 'active' : 'not_active', untilMs: time.until_ms };
  });
}

const DAY_MS = 86_400_000;

/** `not active until 14:00Z`; of another day with its date. */
export function activityWords({ state, untilMs }: Pick<Airspace, 'state' | 'untilMs'>, nowMs: number): string {
  if (state === 'always') return '';
  if (state === 'by_notice') return t`active by notice`;
  if (untilMs === null) return state === 'active' ? t`active` : t`not active`;
  const text = new Date(untilMs).toISOString();
  const sameDay = Math.floor(untilMs / DAY_MS) === Math.floor(nowMs / DAY_MS);
  const until = `${sameDay ? '' : `${text.slice(5, 10)} `}${text.slice(11, 16)}Z`;
  return state === 'active' ? t`active until ${until}` : t`not active until ${until}`;
}

/** What a node's FeatureCollection holds, the most pressing kinds first; of what is no airspace, nothing. */
export function airspacesFrom(told: unknown): Airspace[] {
  const features = (told as { features?: unknown[] } | null)?.features ?? [];
  const found = features.flatMap((feature, place): Airspace[] => {
    const { properties, geometry } = feature as { properties?: Record<string, string>; geometry?: { coordinates?: [number, number][][][] } };
    if (!properties?.name || !properties.kind || !Array.isArray(geometry?.coordinates)) return [];
    const { name, kind, lower, upper } = properties;
    const rings = geometry.coordinates.flat().map((ring) => ring.map(([lon, lat]) => ({ x: worldX(lon), y: worldY(lat) })));
    const whole = rings.filter((ring) => ring.length > 2);
    const limits = kind === 'fir' || kind === 'territory' || !lower || !upper ? '' : `${lower}–${upper}`;
    return [{ name, kind, limits, rings: whole, bounds: boundsOf(whole.flat()), place, state: 'always', untilMs: null }];
  });
  return found.sort((a, b) => rankOf(a.kind) - rankOf(b.kind));
}

/** Traffic stands before them. */
const LINE_ALPHA = 0.7;
const BAND_PX = 7;

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
export function namePlates(view: MapView, airspaces: readonly Airspace[], nowMs: number): NamePlate[] {
  const plates: NamePlate[] = [];
  for (const airspace of airspaces) {
    const { name, limits, rings, bounds, band } = airspace;
    if (name === '' || !rings[0] || !isInView(view, bounds)) continue;
    const edge = boundsOf(onScreen(view, rings[0]));
    // Of what reaches beyond the screen, the part that is on it.
    const left = Math.max(0, edge.left);
    const right = Math.min(view.widthPx, edge.right);
    const { top } = edge;
    const lines = [name, limits, activityWords(airspace, nowMs)].filter((line) => line !== '');
    const wide = (of: readonly string[]): number => Math.max(...of.map((line) => line.length)) * CHAR_PX + 4;
    const width = wide(lines);
    if (top < 0 || top > view.heightPx || (band === undefined && right - left < wide([name, limits]) * NAME_SHARE)) continue;
    const box = { left: (left + right) / 2 - width / 2, top: top + 3, width, height: lines.length * LINE_PX + 2 };
    if (plates.every((other) => !overlaps(other.box, box))) plates.push({ lines, box });
  }
  return plates;
}

export function drawAirspaces(pen: CanvasRenderingContext2D, view: MapView, airspaces: readonly Airspace[], nowMs: number, palette: Palette): void {
  // The most pressing last, over the others.
  for (const airspace of [...airspaces].reverse()) {
    if (!isInView(view, airspace.bounds)) continue;
    const { dash, width, ink, banded } = styleOf(airspace);
    pen.strokeStyle = palette[ink];
    pen.lineJoin = pen.lineCap = 'round';
    for (const ring of airspace.rings) {
      pen.beginPath();
      onScreen(view, ring).forEach(({ x, y }, i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
      if (airspace.band === undefined) pen.closePath();
      else if (ring.length === 1) pen.lineTo(onScreen(view, ring)[0]!.x + 0.01, onScreen(view, ring)[0]!.y);
      const bandPx = airspace.band !== undefined ? 2 * airspace.band * view.worldPx : banded ? BAND_PX : 0;
      if (bandPx > 0) {
        pen.setLineDash([]);
        pen.lineWidth = bandPx;
        pen.globalAlpha = airspace.band === undefined ? 0.2 : 0.09;
        pen.stroke();
      }
      pen.setLineDash([...dash]);
      pen.lineWidth = width;
      pen.globalAlpha = LINE_ALPHA;
      pen.stroke();
    }
  }
  pen.lineJoin = 'miter';
  pen.lineCap = 'butt';
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  pen.font = `9.5px ${FONT.text}`;
  pen.textAlign = 'center';
  pen.fillStyle = palette.textMuted;
  for (const { lines, box } of namePlates(view, airspaces, nowMs)) {
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
