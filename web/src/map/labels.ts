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
  /** 0 first. */
  priority: number;
  /** Characters of the longest line, and of the first alone. */
  columns: number;
  columnsFirst: number;
  lines: number;
  /** Direction of flight on screen, degrees from up; the label keeps out of the way. */
  headingDeg: number;
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
const SLOTS = DIRECTIONS.length * RINGS_PX.length;
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
    for (let y = y0; y <= y1; y += 1) this.cells.fill(1, y * this.columns + x0, y * this.columns + x1 + 1);
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

/** Where a label of this size goes in a slot round a symbol. */
export function slotBox(slot: number, x: number, y: number, width: number, height: number): Box {
  const direction = DIRECTIONS[slot % DIRECTIONS.length]!;
  const reach = RINGS_PX[Math.floor(slot / DIRECTIONS.length)]!;
  const sin = Math.round(Math.sin((direction * Math.PI) / 180) * 1000) / 1000;
  const cos = -Math.round(Math.cos((direction * Math.PI) / 180) * 1000) / 1000;
  // The side or corner nearest the symbol sits `reach` away from it.
  const left = x + sin * reach - (sin === 0 ? width / 2 : sin < 0 ? width : 0);
  const top = y + cos * reach - (cos === 0 ? height / 2 : cos < 0 ? height : 0);
  return { left, top, width, height };
}

function slotCost(slot: number, headingDeg: number): number {
  const direction = DIRECTIONS[slot % DIRECTIONS.length]!;
  const off = Math.abs(((direction - headingDeg + 540) % 360) - 180);
  const liking = (slot % DIRECTIONS.length) * 0.4;
  const inTheWay = off < 50 ? 4 : 0;
  return liking + inTheWay + Math.floor(slot / DIRECTIONS.length) * 5;
}

/** Places labels; `symbols` are the boxes nothing may cover. The memory is brought up to date. */
export function placeLabels(
  candidates: readonly LabelCandidate[],
  symbols: Iterable<Box>,
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
    const label = place(candidates[index]!, index, grid, metrics, memory);
    if (!label) continue;
    grid.mark(label.left, label.top, label.width, label.height);
    placed.push(label);
    slots.set(label.number, label.slot);
  }
  memory.slots = slots;
  return placed;
}

// By priority; within one, those shown before go first so that labels do not take turns.
function inOrder(candidates: readonly LabelCandidate[], memory: LabelMemory): number[] {
  const rank = (i: number): number =>
    candidates[i]!.priority * 2 + (memory.slots.has(candidates[i]!.number) ? 0 : 1);
  const ranks = candidates.map((_, i) => rank(i));
  const order = candidates.map((_, i) => i);
  order.sort((a, b) => ranks[a]! - ranks[b]! || candidates[a]!.number - candidates[b]!.number);
  return order.length > TRIES_MAX ? order.slice(0, TRIES_MAX) : order;
}

function place(
  candidate: LabelCandidate,
  index: number,
  grid: Grid,
  metrics: LabelMetrics,
  memory: LabelMemory,
): PlacedLabel | null {
  const remembered = memory.slots.get(candidate.number) ?? -1;
  for (const lines of candidate.lines > 1 ? [candidate.lines, 1] : [1]) {
    const columns = lines === 1 ? candidate.columnsFirst : candidate.columns;
    const width = columns * metrics.charPx + 4;
    const height = lines * metrics.linePx + 1;
    let [best, bestCost] = [-1, Infinity];
    const slots = candidate.priority <= FAR_RING_PRIORITY ? SLOTS : SLOTS - DIRECTIONS.length;
    for (let slot = 0; slot < slots; slot += 1) {
      const cost = slotCost(slot, candidate.headingDeg) - (slot === remembered ? STAY_BONUS : 0);
      if (cost >= bestCost) continue;
      const box = slotBox(slot, candidate.x, candidate.y, width, height);
      if (grid.isFree(box.left, box.top, width, height)) [best, bestCost] = [slot, cost];
    }
    if (best >= 0) {
      const box = slotBox(best, candidate.x, candidate.y, width, height);
      return { ...box, number: candidate.number, candidate: index, lines, slot: best };
    }
  }
  return null;
}
