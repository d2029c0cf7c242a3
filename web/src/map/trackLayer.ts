// The layer that moves: symbols, speed vectors, history dots, labels, the selection. Drawn once
// for new data and once for each input, never on its own. Symbols are written into the pixels
// first, lines and labels drawn over them.

import type { TrackAlert } from '../alerts/onMap';
import { TRACK_COASTING, TRACK_ON_GROUND, type Identity } from '../generated/wire';
import { HISTORY_DOTS, type PictureStore } from '../picture/store';
import { ident } from '../tracks/ident';
import type { Matcher } from '../tracks/filter';
import { FONT, MARK, type Palette } from '../theme/theme';
import type { LabelDetail } from '../shell/prefs';
import { AUTO_TWO_LINES_MAX, labelLines, labelPriority } from './labelText';
import { LabelMemory, placeLabels, type Box, type LabelCandidate, type LabelSize, type PlacedLabel } from './labels';
import { HEADINGS, MarkAtlas, blit, type MarkState, type Tier } from './marks';
import type { Measure } from '../measure/measure';
import { drawHeld, type HeldScene } from './held';
import { drawMeasures, layMeasures } from './measures';
import { drawTrails, type Trail } from './trails';
import { pxPerNm, screenX, screenY, type MapView } from './projection';

/** In view above this many, symbols shrink to far marks; below the lower, they grow back. */
const FAR_ABOVE = 650;
const FULL_BELOW = 550;
/** In view above this many, vectors and dots would be a carpet and are left out. */
export const DETAIL_MAX = 2_500;
const MARGIN_PX = 40;
const DOT_CLEAR_PX = 6;
/** Half the side of the brackets round the selected track. */
const BRACKET_PX = 13;
/** Radius of the ring round an alerted track. */
const RING_PX = 12;

export interface TrackScene {
  view: MapView;
  palette: Palette;
  ratio: number;
  selected: number | null;
  hovered: number | null;
  vectorMin: number;
  history: boolean;
  labels: LabelDetail;
  /** `null`: no filter. */
  matches: Matcher | null;
  trails: readonly Trail[] | null;
  measures: readonly Measure[];
  alerts: ReadonlyMap<number, TrackAlert>;
  /** What of our own picture a partner is not told, and which of it is looked at. */
  held: HeldScene | null;
  heldLooked: readonly (number | null)[];
  /** Whether these are our own tracks, which have labels of their own. */
  own: boolean;
  /** Places on screen that labels keep off: names on the map, tools over it. */
  reserved: readonly Box[];
}

/** What was drawn, for picking and for measuring. */
export interface DrawnTracks {
  rows: Int32Array;
  xs: Float32Array;
  ys: Float32Array;
  count: number;
  labels: PlacedLabel[];
  tier: Tier;
}

export class TrackLayer {
  private readonly pen: CanvasRenderingContext2D;
  private image: ImageData | null = null;
  private pixels = new Int32Array(0);
  private atlas: MarkAtlas | null = null;
  private atlasOf: Palette | null = null;
  private atlasRatio = 0;
  private readonly memory = new LabelMemory();
  readonly drawn: DrawnTracks = {
    rows: new Int32Array(0),
    xs: new Float32Array(0),
    ys: new Float32Array(0),
    count: 0,
    labels: [],
    tier: 'full',
  };

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly store: PictureStore,
  ) {
    this.pen = canvas.getContext('2d', { willReadFrequently: true })!;
  }

  draw(scene: TrackScene): void {
    this.fit(scene);
    this.collect(scene.view);
    const { drawn } = this;
    if (drawn.count > FAR_ABOVE) drawn.tier = 'far';
    else if (drawn.count < FULL_BELOW) drawn.tier = 'full';
    this.blitMarks(scene);
    const { pen } = this;
    pen.save();
    pen.scale(scene.ratio, scene.ratio);
    pen.lineJoin = 'round';
    if (scene.trails) drawTrails(pen, scene.view, scene.trails, scene.palette);
    this.drawLost(scene);
    if (drawn.count <= DETAIL_MAX) {
      if (scene.history) this.drawHistory(scene);
      if (scene.vectorMin > 0) this.drawVectors(scene);
    }
    this.drawAlerts(scene);
    this.drawSelection(scene);
    pen.font = `${FONT.labelPx}px ${FONT.mono}`;
    const laid = layMeasures(scene.view, this.store, scene.measures, pen.measureText('0').width);
    const named = scene.held ? drawHeld(pen, scene.view, scene.held, { looked: scene.heldLooked, named: !scene.own }, scene.palette) : [];
    const kept = laid.length + named.length === 0 ? scene : { ...scene, reserved: [...scene.reserved, ...laid.map(({ box }) => box), ...named] };
    drawn.labels = scene.labels === 'off' ? [] : this.drawLabels(kept, scene.labels);
    drawMeasures(pen, laid, scene.palette);
    pen.restore();
  }

  private fit({ view, ratio, palette }: TrackScene): void {
    const width = Math.round(view.widthPx * ratio);
    const height = Math.round(view.heightPx * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height || !this.image) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = this.pen.createImageData(width, height);
      this.pixels = new Int32Array(this.image.data.buffer);
    }
    if (this.atlasOf !== palette || this.atlasRatio !== ratio) {
      this.atlas = new MarkAtlas(palette, ratio);
      this.atlasOf = palette;
      this.atlasRatio = ratio;
    }
  }

  // Rows in view, with their pixels.
  private collect(view: MapView): void {
    const { store, drawn } = this;
    if (drawn.rows.length < store.capacity) {
      drawn.rows = new Int32Array(store.capacity);
      drawn.xs = new Float32Array(store.capacity);
      drawn.ys = new Float32Array(store.capacity);
    }
    let count = 0;
    for (const row of store.rowOf.values()) {
      if (store.updatedMs[row] === 0) continue;
      const y = screenY(view, store.y[row]!);
      if (y < -MARGIN_PX || y > view.heightPx + MARGIN_PX) continue;
      const x = screenX(view, store.x[row]!);
      if (x < -MARGIN_PX || x > view.widthPx + MARGIN_PX) continue;
      drawn.rows[count] = row;
      drawn.xs[count] = x;
      drawn.ys[count] = y;
      count += 1;
    }
    drawn.count = count;
  }

  private identity(row: number): Identity {
    return this.store.descriptions[row]?.identity ?? 'pending';
  }

  private markState(row: number): MarkState {
    const flags = this.store.flags[row]!;
    if ((flags & TRACK_COASTING) !== 0) return 'coasting';
    return (flags & TRACK_ON_GROUND) !== 0 ? 'ground' : 'normal';
  }

  private dimmed(row: number, scene: TrackScene): boolean {
    return (
      scene.matches !== null &&
      this.store.number[row] !== scene.selected &&
      !scene.alerts.has(this.store.number[row]!) &&
      !scene.matches(this.store, row)
    );
  }

  private readonly dim: boolean[] = [];

  private blitMarks(scene: TrackScene): void {
    const { drawn, store, pixels } = this;
    const image = this.image!;
    pixels.fill(0);
    for (let i = 0; i < drawn.count; i += 1) {
      const row = drawn.rows[i]!;
      this.dim[i] = this.dimmed(row, scene);
      const far = drawn.tier === 'far';
      const heading = far ? Math.round((store.trackDeg[row]! / 360) * HEADINGS) % HEADINGS : 0;
      const mark = this.atlas!.get({
        identity: this.identity(row),
        state: this.markState(row),
        tier: drawn.tier,
        heading,
        dimmed: this.dim[i]!,
      });
      const x = Math.floor(drawn.xs[i]! * scene.ratio);
      const y = Math.floor(drawn.ys[i]! * scene.ratio);
      blit(pixels, image.width, image.height, mark, x, y);
    }
    this.pen.putImageData(image, 0, 0);
  }

  private drawLost({ view, palette }: TrackScene): void {
    const { pen, store } = this;
    pen.strokeStyle = palette.textMuted;
    pen.lineWidth = 1.6;
    pen.beginPath();
    for (const lost of store.lost) {
      if (lost.reason !== 'lost') continue;
      const x = screenX(view, lost.x);
      const y = screenY(view, lost.y);
      pen.moveTo(x - 4, y - 4);
      pen.lineTo(x + 4, y + 4);
      pen.moveTo(x + 4, y - 4);
      pen.lineTo(x - 4, y + 4);
    }
    pen.stroke();
  }

  // Beside its cross where that covers nothing: what flies goes before what is lost.
  private nameLost({ view, palette }: TrackScene, taken: Box[], charPx: number): void {
    const { pen, store } = this;
    if (this.drawn.count > AUTO_TWO_LINES_MAX) return;
    pen.fillStyle = palette.textMuted;
    for (const lost of store.lost) {
      if (lost.reason !== 'lost') continue;
      const words = `${ident(lost.description, lost.number)} LT`;
      const [left, top] = [screenX(view, lost.x) + 8, screenY(view, lost.y) - 7];
      const box = { left, top, width: words.length * charPx, height: FONT.labelLinePx };
      if (taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      pen.fillText(words, left, top + 11);
    }
  }

  // Five dots at most, each fainter than the one after it.
  private drawHistory({ view, palette }: TrackScene): void {
    const { pen, store, drawn } = this;
    pen.fillStyle = palette.history;
    const half = MARK.historyDot / 2;
    for (let nth = 1; nth <= HISTORY_DOTS; nth += 1) {
      pen.globalAlpha = 0.78 - nth * 0.13;
      for (let i = 0; i < drawn.count; i += 1) {
        if (this.dim[i]) continue;
        const row = drawn.rows[i]!;
        const place = (store.historyNext[row]! - nth + 2 * HISTORY_DOTS) % HISTORY_DOTS;
        const at = row * HISTORY_DOTS + place;
        if (store.historyMs[at] === 0) continue;
        const x = screenX(view, store.historyX[at]!);
        const y = screenY(view, store.historyY[at]!);
        // A dot inside its own symbol would only muddy it.
        if (Math.abs(x - drawn.xs[i]!) < DOT_CLEAR_PX && Math.abs(y - drawn.ys[i]!) < DOT_CLEAR_PX) continue;
        pen.fillRect(x - half, y - half, MARK.historyDot, MARK.historyDot);
      }
    }
    pen.globalAlpha = 1;
  }

  private drawVectors({ view, palette, vectorMin }: TrackScene): void {
    const { pen, store, drawn } = this;
    pen.lineWidth = 1.1;
    pen.strokeStyle = palette.vector;
    pen.beginPath();
    const gap = drawn.tier === 'far' ? 4 : 5;
    for (let i = 0; i < drawn.count; i += 1) {
      const row = drawn.rows[i]!;
      if (this.dim[i] || (store.flags[row]! & TRACK_ON_GROUND) !== 0) continue;
      const nm = (store.speedKt[row]! / 60) * vectorMin;
      const reach = nm * pxPerNm(view, store.latDeg[row]!);
      const start = this.identity(row) === 'civil' ? gap : MARK.frame / 2;
      if (reach <= start) continue;
      const angle = (store.trackDeg[row]! * Math.PI) / 180;
      const [sin, cos] = [Math.sin(angle), -Math.cos(angle)];
      const [x, y] = [drawn.xs[i]!, drawn.ys[i]!];
      pen.moveTo(x + sin * start, y + cos * start);
      pen.lineTo(x + sin * reach, y + cos * reach);
    }
    pen.stroke();
  }

  // A ring round what an alert is about: double for a warning, so that its colour is never alone.
  private drawAlerts({ alerts, palette, view }: TrackScene): void {
    const { pen, store } = this;
    for (const [number, { severity }] of alerts) {
      const row = store.rowOf.get(number);
      if (row === undefined || severity === 'advisory') continue;
      const [x, y] = [screenX(view, store.x[row]!), screenY(view, store.y[row]!)];
      pen.strokeStyle = severity === 'warning' ? palette.warning : palette.caution;
      pen.lineWidth = 1.6;
      for (const radius of severity === 'warning' ? [RING_PX, RING_PX + 3.5] : [RING_PX]) {
        pen.beginPath();
        pen.arc(x, y, radius, 0, 2 * Math.PI);
        pen.stroke();
      }
    }
  }

  private drawSelection(scene: TrackScene): void {
    const { drawn, store, pen } = this;
    for (let i = 0; i < drawn.count; i += 1) {
      const number = store.number[drawn.rows[i]!];
      if (number !== scene.selected && number !== scene.hovered) continue;
      const [x, y] = [drawn.xs[i]!, drawn.ys[i]!];
      if (number === scene.selected) this.drawEllipse(scene, drawn.rows[i]!, x, y);
      pen.strokeStyle = scene.palette.selection;
      pen.globalAlpha = number === scene.selected ? 1 : 0.5;
      pen.lineWidth = 1.6;
      brackets(pen, x, y, BRACKET_PX, 5);
      pen.globalAlpha = 1;
    }
  }

  private drawEllipse({ view, palette }: TrackScene, row: number, x: number, y: number): void {
    const { store, pen } = this;
    const scale = pxPerNm(view, store.latDeg[row]!) / 1852;
    const major = store.ellipseMajorM[row]! * scale;
    const minor = store.ellipseMinorM[row]! * scale;
    if (major < 3) return;
    const turn = ((store.ellipseDeg[row]! - 90) * Math.PI) / 180;
    pen.beginPath();
    pen.ellipse(x, y, major, Math.max(minor, 0.5), turn, 0, 2 * Math.PI);
    pen.lineWidth = 1.4;
    pen.strokeStyle = palette.ellipse;
    pen.setLineDash([4, 3]);
    pen.stroke();
    pen.setLineDash([]);
  }

  private candidates(scene: TrackScene): LabelCandidate[] {
    const { drawn, store } = this;
    const candidates: LabelCandidate[] = [];
    for (let i = 0; i < drawn.count; i += 1) {
      if (this.dim[i]) continue;
      const row = drawn.rows[i]!;
      const number = store.number[row]!;
      // Thousands of objects a frame would keep the collector busy: they are used again.
      const candidate = (this.pool[candidates.length] ??= { number, x: 0, y: 0, priority: 0, headingDeg: 0 });
      candidate.number = number;
      candidate.x = drawn.xs[i]!;
      candidate.y = drawn.ys[i]!;
      candidate.priority = number === scene.hovered ? 1 : labelPriority(store, row, scene.selected, scene.alerts.get(number) ?? null);
      candidate.headingDeg = store.trackDeg[row]!;
      candidates.push(candidate);
    }
    return candidates;
  }

  private readonly pool: LabelCandidate[] = [];

  /** Text of labels that were tried in this frame. */
  private readonly lines = new Map<number, { lines: string[]; row: number }>();

  private sizeOf({ number, priority }: LabelCandidate, detail: 1 | 2 | 3, alerts: TrackScene['alerts']): LabelSize {
    const row = this.store.rowOf.get(number)!;
    const lines = labelLines(this.store, row, priority < 2 && detail < 2 ? 2 : detail, alerts.get(number) ?? null);
    this.lines.set(number, { lines, row });
    return {
      columns: lines.reduce((most, line) => Math.max(most, columnsOf(line)), 0),
      columnsFirst: columnsOf(lines[0]!),
      lines: lines.length,
    };
  }

  private symbolBoxes({ reserved, selected, view }: TrackScene): Box[] {
    const { drawn } = this;
    const boxes = [...reserved];
    for (const lost of this.store.lost) {
      if (lost.reason !== 'lost') continue;
      boxes.push({ left: screenX(view, lost.x) - 4, top: screenY(view, lost.y) - 4, width: 8, height: 8 });
    }
    const half = drawn.tier === 'far' ? 3 : 6;
    for (let i = 0; i < drawn.count; i += 1) {
      if (this.dim[i]) continue;
      const reach = this.store.number[drawn.rows[i]!] === selected ? BRACKET_PX + 5 : half;
      boxes.push({ left: drawn.xs[i]! - reach, top: drawn.ys[i]! - reach, width: 2 * reach, height: 2 * reach });
    }
    return boxes;
  }

  private drawLabels(scene: TrackScene, wanted: Exclude<LabelDetail, 'off'>): PlacedLabel[] {
    const { pen } = this;
    pen.font = `${FONT.labelPx}px ${FONT.mono}`;
    pen.textBaseline = 'alphabetic';
    this.lines.clear();
    const candidates = this.candidates(scene);
    const detail = wanted === 'auto' ? (candidates.length > AUTO_TWO_LINES_MAX ? 1 : 2) : wanted;
    const field = {
      widthPx: scene.view.widthPx,
      heightPx: scene.view.heightPx,
      anchorX: (0.5 - scene.view.x) * scene.view.worldPx + scene.view.widthPx / 2,
      anchorY: (0.5 - scene.view.y) * scene.view.worldPx + scene.view.heightPx / 2,
    };
    const metrics = { charPx: pen.measureText('0').width, linePx: FONT.labelLinePx };
    const sizeOf = (candidate: LabelCandidate): LabelSize => this.sizeOf(candidate, detail, scene.alerts);
    const symbols = this.symbolBoxes(scene);
    const placed = placeLabels(candidates, sizeOf, symbols, field, metrics, this.memory);
    this.drawLeaders(placed, candidates, scene.palette);
    for (const label of placed) this.drawLabel(label, scene);
    this.nameLost(scene, [...symbols, ...placed], metrics.charPx);
    return placed;
  }

  private drawLeaders(placed: PlacedLabel[], candidates: LabelCandidate[], palette: Palette): void {
    const { pen } = this;
    pen.strokeStyle = palette.leader;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const label of placed) {
      const { x, y } = candidates[label.candidate]!;
      const toX = Math.max(label.left, Math.min(label.left + label.width, x));
      const toY = Math.max(label.top, Math.min(label.top + label.height, y));
      const reach = Math.hypot(toX - x, toY - y);
      const start = 6;
      if (reach < start + 3) continue;
      pen.moveTo(x + ((toX - x) * start) / reach, y + ((toY - y) * start) / reach);
      pen.lineTo(toX, toY);
    }
    pen.stroke();
  }

  private drawLabel(label: PlacedLabel, { palette, selected, view }: TrackScene): void {
    const { pen } = this;
    const { lines, row } = this.lines.get(label.number)!;
    const left = Math.round(label.left);
    const top = Math.round(label.top);
    if (left > view.widthPx || top > view.heightPx) return;
    const isSelected = label.number === selected;
    const coasting = this.markState(row) === 'coasting';
    pen.fillStyle = palette.labelBack;
    pen.fillRect(left, top, label.width, label.height);
    const identity = this.identity(row);
    const plain = identity === 'civil' || palette.markOutline !== null ? palette.label : palette.identity[identity];
    for (let i = 0; i < label.lines; i += 1) {
      const warns = lines[i]!.includes('▲') ? palette.warning : lines[i]!.includes('◆') ? palette.caution : null;
      pen.fillStyle = warns !== null ? warns : isSelected ? palette.selection : coasting ? palette.textMuted : plain;
      pen.fillText(lines[i]!, left + 2, top + FONT.labelPx + i * FONT.labelLinePx - 1);
    }
    if (!isSelected) return;
    pen.strokeStyle = palette.selection;
    pen.lineWidth = 1;
    pen.strokeRect(left - 0.5, top - 0.5, Math.ceil(label.width) + 1, label.height + 1);
  }

  /** The track at a pixel, nearest symbol first, then labels; `null` when there is none. */
  pick(x: number, y: number, reachPx: number): number | null {
    const { drawn, store } = this;
    let [best, bestReach] = [-1, reachPx];
    for (let i = 0; i < drawn.count; i += 1) {
      const reach = Math.hypot(drawn.xs[i]! - x, drawn.ys[i]! - y);
      if (reach < bestReach) [best, bestReach] = [i, reach];
    }
    if (best >= 0) return store.number[drawn.rows[best]!]!;
    const label = drawn.labels.find(
      (box) => x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height,
    );
    return label?.number ?? null;
  }
}

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

// The warning triangle comes from another typeface and is wider than the rest.
const columnsOf = (line: string): number => line.length + (/[▲◆]/.test(line) ? 1 : 0);

function brackets(pen: CanvasRenderingContext2D, x: number, y: number, half: number, arm: number): void {
  pen.beginPath();
  for (const sx of [-1, 1]) {
    for (const sy of [-1, 1]) {
      pen.moveTo(x + sx * half, y + sy * (half - arm));
      pen.lineTo(x + sx * half, y + sy * half);
      pen.lineTo(x + sx * (half - arm), y + sy * half);
    }
  }
  pen.stroke();
}
