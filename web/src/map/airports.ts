// Airports under the traffic: those with an ICAO location indicator and scheduled or regional
// traffic enough for an IATA code. Positions: PyPI `airportsdata` (MIT); see data/geo/PROVENANCE.md.

import airportsUrl from './airports.json?url';
import { FONT, type Palette } from '../theme/theme';
import { latDeg, pxPerNm, screenX, screenY, worldX, worldY, type MapView } from './projection';

export interface Airport {
  icao: string;
  x: number;
  y: number;
}

/** Further out they would be a rash. */
const MARKS_FROM_PX_PER_NM = 0.6;
const NAMES_FROM_PX_PER_NM = 1.2;
/** At most one in a square of this side: the first by its indicator, so that none flickers. */
const CELL_PX = 44;

export class Airports {
  private all: readonly Airport[] | null = null;
  private asked = false;

  /** `loaded` runs when they have come in. */
  constructor(private readonly loaded: () => void) {}

  /** All there are; none until they have come in, which the first call asks for. */
  list(): readonly Airport[] {
    if (!this.asked) {
      this.asked = true;
      void this.load();
    }
    return this.all ?? [];
  }

  private async load(): Promise<void> {
    try {
      const rows: unknown = await (await fetch(new URL(airportsUrl, document.baseURI))).json();
      this.all = read(rows);
      this.loaded();
    } catch {
      // Asked again with the next redraw: the map without airports still works meanwhile.
      this.asked = false;
    }
  }
}

/** `[icao, latitude, longitude]` each, degrees; a row of another form is left out. */
export function read(rows: unknown): Airport[] {
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    if (!Array.isArray(row)) return [];
    const [icao, lat, lon] = row as unknown[];
    if (typeof icao !== 'string' || typeof lat !== 'number' || typeof lon !== 'number') return [];
    return [{ icao, x: worldX(lon), y: worldY(lat) }];
  });
}

/** Those to draw in this view, thinned so that no two crowd each other. */
export function inView(view: MapView, all: readonly Airport[]): { icao: string; x: number; y: number }[] {
  if (pxPerNm(view, latDeg(view.y)) < MARKS_FROM_PX_PER_NM) return [];
  // Cells of the world, not of the screen: the choice holds while the map is panned.
  const cells = view.worldPx / CELL_PX;
  const taken = new Set<string>();
  const shown = [];
  for (const airport of all) {
    const x = screenX(view, airport.x);
    const y = screenY(view, airport.y);
    if (x < 0 || y < 0 || x > view.widthPx || y > view.heightPx) continue;
    const cell = `${Math.floor(airport.x * cells)} ${Math.floor(airport.y * cells)}`;
    if (taken.has(cell)) continue;
    taken.add(cell);
    shown.push({ icao: airport.icao, x, y });
  }
  return shown;
}

export function drawAirports(
  pen: CanvasRenderingContext2D,
  view: MapView,
  all: readonly Airport[],
  palette: Palette,
): void {
  const named = pxPerNm(view, latDeg(view.y)) >= NAMES_FROM_PX_PER_NM;
  pen.strokeStyle = palette.border;
  pen.fillStyle = palette.border;
  pen.lineWidth = 1;
  pen.font = `9px ${FONT.text}`;
  for (const { icao, x, y } of inView(view, all)) {
    pen.strokeRect(Math.round(x) - 2.5, Math.round(y) - 2.5, 5, 5);
    if (named) pen.fillText(icao, x + 6, y + 3);
  }
}
