// Where labels go. Greedy in priority order on a grid of 4 px cells: no label covers a symbol or
// another label; one that finds no room shortens to its first line, then is left out, its symbol
// never. Each track remembers its place and keeps it unless another is clearly better, and the
// grid is anchored to the world, so labels do not jump while the map is panned. Pure.

/** Cell of the occupancy grid, px. */
const CELL = 4;
/** Labels on screen at most; more is a carpet nobody reads. */
export const LABELS_MAX = 400;
/** Candidates looked at at most, so that a crowded screen has a bounded cost. */
const TRIES_MAX = 1_600;
/** How much cheaper another place must be before a label moves. */
const STAY_BONUS = 2.5;

export interface LabelCandidate {
  number: number;
  /** Symbol centre, px. */
  x: number;
  y: number;
  /** 0 first, at most `PRIORITY_MAX`. */
  priority: number;
  /** Direction of flight on screen, degrees from up; the label keeps out of the way. */
  headingDeg: number;
}

export const PRIORITY_MAX = 7;

/** Room a label's text takes: characters of its longest line, of its first, and lines. */
export interface LabelSize {
  columns: number;
  columnsFirst: number;
  lines: number;
}

export interface PlacedLabel {
  number: number;
  /** Index of the candidate. */
  candidate: number;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Lines that found room. */
  lines: number;
  slot: number;
}

export interface LabelMetrics {
  charPx: number;
  linePx: number;
}

/** Slots by direction, degrees from up, in order of liking; then the same further out. */
const DIRECTIONS = [45, 135, 315, 225, 90, 270, 0, 180] as const;
const RINGS_PX = [15, 28, 50] as const;
/** Priorities up to this one may use the outermost ring. */
const FAR_RING_PRIORITY = 2;

export class LabelMemory {
  slots = new Map<number, number>();
}

export interface LabelField {
  widthPx: number;
  heightPx: number;
  /** Screen position of a fixed world point: anchors the grid. */
  anchorX: number;
  anchorY: number;
}

class Grid {
  readonly columns: number;
  readonly rows: number;
  private readonly cells: Uint8Array;
  private readonly offsetX: number;
  private readonly offsetY: number;

  constructor(field: LabelField) {
    this.columns = Math.ceil(field.widthPx / CELL) + 2;
    this.rows = Math.ceil(field.heightPx / CELL) + 2;
    this.cells = new Uint8Array(this.columns * this.rows);
    this.offsetX = CELL - (((field.anchorX % CELL) + CELL) % CELL);
    this.offsetY = CELL - (((field.anchorY % CELL) + CELL) % CELL);
  }

  private column = (px: number): number => Math.floor((px + this.offsetX) / CELL);
  private row = (px: number): number => Math.floor((px + this.offsetY) / CELL);

  mark(left: number, top: number, width: number, height: number): void {
    const x0 = Math.max(0, this.column(left));
    const x1 = Math.min(this.columns - 1, this.column(left + width));
    const y0 = Math.max(0, this.row(top));
    const y1 = Math.min(this.rows - 1, this.row(top + height));
    for (let y = y0; y <= y1; y += 1) {
      for (let i = y * this.columns + x0; i <= y * this.columns + x1; i += 1) this.cells[i] = 1;
    }
  }

  isFree(left: number, top: number, width: number, height: number): boolean {
    const x0 = this.column(left);
    const x1 = this.column(left + width);
    const y0 = this.row(top);
    const y1 = this.row(top + height);
    if (x0 < 0 || y0 < 0 || x1 >= this.columns || y1 >= this.rows) return false;
    for (let y = y0; y <= y1; y += 1) {
      for (let i = y * this.columns + x0; i <= y * this.columns + x1; i += 1) if (this.cells[i]) return false;
    }
    return true;
  }
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Slot {
  directionDeg: number;
  /** Offset of the label's nearest corner or side from the symbol, px. */
  dx: number;
  dy: number;
  /** How much of the label's width lies left of that, and of its height above: 0, ½ or 1. */
  left: number;
  above: number;
  cost: number;
}

const SLOT: readonly Slot[] = RINGS_PX.flatMap((reach, ring) =>
  DIRECTIONS.map((directionDeg, liking) => {
    const sin = Math.round(Math.sin((directionDeg * Math.PI) / 180) * 1e6) / 1e6;
    const cos = Math.round(Math.cos((directionDeg * Math.PI) / 180) * 1e6) / 1e6;
    const share = (toward: number): number => (toward === 0 ? 0.5 : toward < 0 ? 1 : 0);
    return {
      directionDeg,
      dx: sin * reach,
      dy: -cos * reach,
      left: share(sin),
      above: share(-cos),
      cost: liking * 0.4 + ring * 5,
    };
  }),
);

const IN_THE_WAY_COST = 4;

function slotCost(slot: Slot, headingDeg: number): number {
  const off = Math.abs(((slot.directionDeg - headingDeg + 540) % 360) - 180);
  return slot.cost + (off < 50 ? IN_THE_WAY_COST : 0);
}

/**
 * Places labels; `symbols` are the boxes nothing may cover. `sizeOf` is asked only of candidates
 * that get a try. The memory is brought up to date.
 */
export function placeLabels(
  candidates: readonly LabelCandidate[],
  sizeOf: (candidate: LabelCandidate) => LabelSize,
  symbols: readonly Box[],
  field: LabelField,
  metrics: LabelMetrics,
  memory: LabelMemory,
): PlacedLabel[] {
  const grid = new Grid(field);
  for (const box of symbols) grid.mark(box.left, box.top, box.width, box.height);
  const placed: PlacedLabel[] = [];
  const slots = new Map<number, number>();
  for (const index of inOrder(candidates, memory)) {
    if (placed.length >= LABELS_MAX) break;
    const candidate = candidates[index]!;
    const label = place(candidate, sizeOf(candidate), index, grid, field, metrics, memory);
    if (!label) continue;
    grid.mark(label.left, label.top, label.width, label.height);
    placed.push(label);
    slots.set(label.number, label.slot);
  }
  memory.slots = slots;
  return placed;
}

// By priority; within one, those shown before go first so that labels do not take turns, and else
// in the order given, which the caller keeps from frame to frame.
function inOrder(candidates: readonly LabelCandidate[], memory: LabelMemory): number[] {
  const buckets: number[][] = Array.from({ length: 2 * (PRIORITY_MAX + 1) }, () => []);
  candidates.forEach(({ priority, number }, i) => {
    buckets[priority * 2 + (memory.slots.has(number) ? 0 : 1)]!.push(i);
  });
  return buckets.flat().slice(0, TRIES_MAX);
}

function place(
  candidate: LabelCandidate,
  size: LabelSize,
  index: number,
  grid: Grid,
  field: LabelField,
  metrics: LabelMetrics,
  memory: LabelMemory,
): PlacedLabel | null {
  const remembered = memory.slots.get(candidate.number) ?? -1;
  for (const lines of size.lines > 1 ? [size.lines, 1] : [1]) {
    const columns = lines === 1 ? size.columnsFirst : size.columns;
    const width = columns * metrics.charPx + 4;
    const height = lines * metrics.linePx + 1;
    const count = candidate.priority <= FAR_RING_PRIORITY ? SLOT.length : SLOT.length - DIRECTIONS.length;
    let best = -1;
    let bestCost = Infinity;
    for (let i = 0; i < count; i += 1) {
      const slot = SLOT[i]!;
      const cost = slotCost(slot, candidate.headingDeg) - (i === remembered ? STAY_BONUS : 0);
      if (cost >= bestCost) continue;
      const left = candidate.x + slot.dx - slot.left * width;
      const top = candidate.y + slot.dy - slot.above * height;
      if (left < 0 || top < 0 || left + width > field.widthPx || top + height > field.heightPx) continue;
      if (!grid.isFree(left, top, width, height)) continue;
      best = i;
      bestCost = cost;
    }
    if (best >= 0) {
      const slot = SLOT[best]!;
      const left = candidate.x + slot.dx - slot.left * width;
      const top = candidate.y + slot.dy - slot.above * height;
      return { left, top, width, height, number: candidate.number, candidate: index, lines, slot: best };
    }
  }
  return null;
}
