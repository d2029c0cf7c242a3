import { describe, expect, it } from 'vitest';
import {
  LABELS_MAX,
  LabelMemory,
  placeLabels,
  type Box,
  type LabelCandidate,
  type LabelSize,
  type PlacedLabel,
} from './labels';

const FIELD = { widthPx: 800, heightPx: 600, anchorX: 0, anchorY: 0 };
const METRICS = { charPx: 7, linePx: 13 };

const candidate = (number: number, x: number, y: number, more: Partial<LabelCandidate> = {}): LabelCandidate => ({
  number,
  x,
  y,
  priority: 5,
  headingDeg: 0,
  ...more,
});

const twoLines = (): LabelSize => ({ columns: 7, columnsFirst: 6, lines: 2 });

const symbol = ({ x, y }: LabelCandidate): Box => ({ left: x - 5, top: y - 5, width: 10, height: 10 });

const run = (candidates: LabelCandidate[], memory = new LabelMemory(), field = FIELD): PlacedLabel[] =>
  placeLabels(candidates, twoLines, candidates.map(symbol), field, METRICS, memory);

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

function crowd(count: number): LabelCandidate[] {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, (_, i) =>
    candidate(i, random() * 800, random() * 600, { headingDeg: random() * 360 }),
  );
}

describe('placeLabels', () => {
  it('never lets a label cover a label or a symbol, however crowded', () => {
    const candidates = crowd(500);
    const placed = run(candidates);
    expect(placed.length).toBeGreaterThan(50);
    const others = (i: number): Box[] => [...placed.slice(i + 1), ...candidates.map(symbol)];
    expect(placed.filter((label, i) => others(i).some((box) => overlap(label, box)))).toEqual([]);
  });

  it('gives room to the more important first', () => {
    const rest = Array.from({ length: 12 }, (_, i) => candidate(i, 400 + i * 11, 300));
    const alerted = candidate(99, 455, 309, { priority: 0 });
    expect(run([...rest, alerted]).map((label) => label.number)).toContain(99);
  });

  it('shortens a label to its first line before leaving it out', () => {
    const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });
    const one = candidate(1, 400, 300);
    // A slit 20 px high to the right of the symbol.
    const walls = [symbol(one), box(0, 0, 800, 288), box(0, 312, 800, 288), box(0, 280, 392, 40)];
    const [label] = placeLabels([one], twoLines, walls, FIELD, METRICS, new LabelMemory());
    expect(label?.lines).toBe(1);
  });

  it('stays in its place when a little better one comes free', () => {
    const memory = new LabelMemory();
    const one = candidate(1, 400, 300);
    const blocked = [symbol(one), { left: 404, top: 270, width: 90, height: 28 }];
    const [first] = placeLabels([one], twoLines, blocked, FIELD, METRICS, memory);
    const [second] = placeLabels([one], twoLines, [symbol(one)], FIELD, METRICS, memory);
    expect(second?.slot).toBe(first?.slot);
  });

  it('puts every label where it was after a pan', () => {
    const memory = new LabelMemory();
    const candidates = crowd(200).map((c) => ({ ...c, x: 200 + c.x / 2, y: 150 + c.y / 2 }));
    const before = run(candidates, memory);
    const panned = candidates.map((c) => ({ ...c, x: c.x + 37.3, y: c.y - 11.9 }));
    const after = run(panned, memory, { ...FIELD, anchorX: 37.3, anchorY: -11.9 });
    const slots = (labels: PlacedLabel[]): string[] => labels.map((l) => `${l.number}:${l.slot}:${l.lines}`).sort();
    expect(slots(after)).toEqual(slots(before));
  });

  it('keeps out of the way of the speed vector', () => {
    const [label] = run([candidate(1, 400, 300, { headingDeg: 45 })]);
    expect(label!.left < 400 || label!.top > 300).toBe(true);
  });

  it('stops at a bound on a screen full of tracks', () => {
    const field = { ...FIELD, widthPx: 4000, heightPx: 4000 };
    const many = Array.from({ length: 2000 }, (_, i) => candidate(i, 50 + (i % 40) * 98, 50 + Math.floor(i / 40) * 78));
    expect(run(many, new LabelMemory(), field)).toHaveLength(LABELS_MAX);
  });
});
