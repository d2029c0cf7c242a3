// The picture as the console holds it: one row a track, by column, in rows that are reused.
// `applyPicture` is the only thing that changes it, and depends on nothing but its arguments.
//
// Positions are kept as world units (see map/projection), since drawing reads them far more often
// than text does.

import type { Picture, Shed, TrackDescription } from '../generated/wire';
import { worldX, worldY, type Point } from '../map/projection';

/** History dots kept of one track. */
export const HISTORY_DOTS = 5;
/** Least time between two dots: a target told every second would else drag a smear behind it. */
export const HISTORY_SPACING_MS = 12_000;
/** Time and age come rounded to whole milliseconds: the same update seen twice may differ by this. */
const SAME_UPDATE_MS = 1;
/** How long a lost track stays marked where it was last seen. */
export const LOST_SHOWN_MS = 60_000;
/** In place of a sensor's row. */
const NO_SENSOR = 0xffff;
/** Most lost tracks marked at once; the oldest give way. */
export const LOST_MAX = 2_000;

/** A track that left the picture, marked for a while where it was last heard, not where it was predicted. */
export interface LostTrack {
  number: number;
  x: number;
  y: number;
  lastMs: number;
  endedMs: number;
  reason: string;
  successor: number | null;
  description: TrackDescription | null;
}

export class PictureStore {
  /** Whose node this picture is of. */
  party = '';
  /** Rows in use are those in `rowOf`; all columns are as long as `capacity`. */
  readonly rowOf = new Map<number, number>();
  capacity = 0;
  number = new Uint32Array(0);
  x = new Float64Array(0);
  y = new Float64Array(0);
  latDeg = new Float64Array(0);
  lonDeg = new Float64Array(0);
  /** Feet; NaN if never told. */
  levelFt = new Float32Array(0);
  speedKt = new Float32Array(0);
  trackDeg = new Float32Array(0);
  /** Feet a minute; NaN if unknown. */
  climbFpm = new Float32Array(0);
  updatedMs = new Float64Array(0);
  /** Where the last real update put it; x and y run on from there while it coasts. */
  fixX = new Float64Array(0);
  fixY = new Float64Array(0);
  flags = new Uint8Array(0);
  ellipseMajorM = new Uint16Array(0);
  ellipseMinorM = new Uint16Array(0);
  ellipseDeg = new Uint8Array(0);
  /** The row among sensors of the only one of ours that holds it; `NO_SENSOR`: several do, or none. */
  onlySensor = new Uint16Array(0);
  /** `HISTORY_DOTS` places a row, a ring that `historyNext` walks. */
  historyX = new Float64Array(0);
  historyY = new Float64Array(0);
  historyMs = new Float64Array(0);
  historyNext = new Uint8Array(0);
  descriptions: (TrackDescription | null)[] = [];
  lost: LostTrack[] = [];
  seq: number | null = null;
  timeMs = 0;
  dataAgeS: number | null = null;
  tracksTotal = 0;
  shed: Shed = { feed_bytes: 0, tracks: 0, messages: 0 };
  /** Counts up whenever anything changed. */
  version = 0;
  /** Another node process speaks: its track numbers mean other aircraft. */
  otherNode = false;
  /** The partner whose view it holds; `null`: our own picture. */
  seenAs: string | null = null;
  private free: number[] = [];

  get size(): number {
    return this.rowOf.size;
  }

  /** The row of a track, made if it has none. */
  rowFor(number: number): number {
    const known = this.rowOf.get(number);
    if (known !== undefined) return known;
    const row = this.free.pop() ?? this.rowOf.size;
    if (row >= this.capacity) this.grow(Math.max(256, this.capacity * 2));
    this.rowOf.set(number, row);
    this.number[row] = number;
    this.descriptions[row] = null;
    this.historyMs.fill(0, row * HISTORY_DOTS, (row + 1) * HISTORY_DOTS);
    this.historyNext[row] = 0;
    this.updatedMs[row] = 0;
    return row;
  }

  remove(number: number): void {
    const row = this.rowOf.get(number);
    if (row === undefined) return;
    this.rowOf.delete(number);
    this.free.push(row);
  }

  clear(): void {
    this.rowOf.clear();
    this.free = [];
    this.lost = [];
  }

  private grow(capacity: number): void {
    const wider = <T extends { set(from: T): void }>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    const dots = capacity * HISTORY_DOTS;
    this.number = wider(new Uint32Array(capacity), this.number);
    this.x = wider(new Float64Array(capacity), this.x);
    this.y = wider(new Float64Array(capacity), this.y);
    this.latDeg = wider(new Float64Array(capacity), this.latDeg);
    this.lonDeg = wider(new Float64Array(capacity), this.lonDeg);
    this.levelFt = wider(new Float32Array(capacity), this.levelFt);
    this.speedKt = wider(new Float32Array(capacity), this.speedKt);
    this.trackDeg = wider(new Float32Array(capacity), this.trackDeg);
    this.climbFpm = wider(new Float32Array(capacity), this.climbFpm);
    this.updatedMs = wider(new Float64Array(capacity), this.updatedMs);
    this.fixX = wider(new Float64Array(capacity), this.fixX);
    this.fixY = wider(new Float64Array(capacity), this.fixY);
    this.flags = wider(new Uint8Array(capacity), this.flags);
    this.ellipseMajorM = wider(new Uint16Array(capacity), this.ellipseMajorM);
    this.ellipseMinorM = wider(new Uint16Array(capacity), this.ellipseMinorM);
    this.ellipseDeg = wider(new Uint8Array(capacity), this.ellipseDeg);
    this.onlySensor = wider(new Uint16Array(capacity), this.onlySensor);
    this.historyX = wider(new Float64Array(dots), this.historyX);
    this.historyY = wider(new Float64Array(dots), this.historyY);
    this.historyMs = wider(new Float64Array(dots), this.historyMs);
    this.historyNext = wider(new Uint8Array(capacity), this.historyNext);
    this.capacity = capacity;
  }

  /** Positions of a row at past updates, newest first. */
  history(row: number): (Point & { ms: number })[] {
    const dots: (Point & { ms: number })[] = [];
    for (let i = 1; i <= HISTORY_DOTS; i += 1) {
      const place = (this.historyNext[row]! - i + HISTORY_DOTS * 2) % HISTORY_DOTS;
      const at = row * HISTORY_DOTS + place;
      if (this.historyMs[at]! > 0) {
        dots.push({ x: this.historyX[at]!, y: this.historyY[at]!, ms: this.historyMs[at]! });
      }
    }
    return dots;
  }
}

/** What became of a picture message: `gap` means messages are missing and the console must ask for all. */
export type Applied = 'applied' | 'gap';

/** Brings the store to the state that the message tells. A change after a gap is not applied. */
export function applyPicture(store: PictureStore, message: Picture): Applied {
  if (!message.full && store.seq !== null && message.seq !== store.seq + 1) return 'gap';
  if (!message.full && store.seq === null) return 'gap';
  const seenAs = message.seen_as ?? null;
  if (seenAs !== store.seenAs) {
    if (!message.full) return 'gap';
    store.clear();
    store.seenAs = seenAs;
  }
  if (message.full) forget(store, message);
  store.seq = message.seq;
  store.timeMs = message.time_ms;
  store.dataAgeS = message.data_age_s;
  store.tracksTotal = message.tracks_total;
  store.shed = message.shed;
  for (let i = 0; i < message.states.number.length; i += 1) applyState(store, message, i);
  for (const description of message.descriptions) {
    store.descriptions[store.rowFor(description.number)] = description;
  }
  for (const end of message.ended) endTrack(store, end, message.time_ms);
  const oldest = message.time_ms - LOST_SHOWN_MS;
  store.lost = store.lost.filter((lost) => lost.endedMs > oldest).slice(-LOST_MAX);
  store.version += 1;
  return 'applied';
}

// A full picture after a break usually holds the same tracks: their dots are still true and stay.
function forget(store: PictureStore, message: Picture): void {
  const kept = new Set(message.states.number);
  const wentBack = message.time_ms < store.timeMs;
  if (wentBack || store.otherNode) {
    store.clear();
    store.otherNode = false;
    return;
  }
  for (const number of [...store.rowOf.keys()]) if (!kept.has(number)) store.remove(number);
  for (const row of store.rowOf.values()) store.descriptions[row] = null;
}

function applyState(store: PictureStore, message: Picture, i: number): void {
  const s = message.states;
  const row = store.rowFor(s.number[i]!);
  const latDeg = s.lat_e6[i]! / 1e6;
  const lonDeg = s.lon_e6[i]! / 1e6;
  const updatedMs = message.time_ms - s.age_ms[i]!;
  store.latDeg[row] = latDeg;
  store.lonDeg[row] = lonDeg;
  store.x[row] = worldX(lonDeg);
  store.y[row] = worldY(latDeg);
  store.levelFt[row] = s.level_ft[i] ?? Number.NaN;
  store.speedKt[row] = s.speed_kt[i]!;
  store.trackDeg[row] = s.track_ddeg[i]! / 10;
  store.climbFpm[row] = s.climb_fpm[i] ?? Number.NaN;
  if (updatedMs > store.updatedMs[row]! + SAME_UPDATE_MS) keepFix(store, row, updatedMs);
  store.flags[row] = s.flags[i]!;
  store.ellipseMajorM[row] = s.ellipse_major_m[i]!;
  store.ellipseMinorM[row] = s.ellipse_minor_m[i]!;
  store.ellipseDeg[row] = s.ellipse_deg[i]!;
  store.onlySensor[row] = s.only_sensor[i] ?? NO_SENSOR;
}

// A real update: the place of the update before becomes a dot, unless too soon after the last dot.
function keepFix(store: PictureStore, row: number, updatedMs: number): void {
  const previousMs = store.updatedMs[row]!;
  const base = row * HISTORY_DOTS;
  const next = store.historyNext[row]!;
  const lastMs = store.historyMs[base + ((next + HISTORY_DOTS - 1) % HISTORY_DOTS)]!;
  if (previousMs > 0 && (lastMs === 0 || previousMs - lastMs >= HISTORY_SPACING_MS)) {
    store.historyX[base + next] = store.fixX[row]!;
    store.historyY[base + next] = store.fixY[row]!;
    store.historyMs[base + next] = previousMs;
    store.historyNext[row] = (next + 1) % HISTORY_DOTS;
  }
  store.fixX[row] = store.x[row]!;
  store.fixY[row] = store.y[row]!;
  store.updatedMs[row] = updatedMs;
}

function endTrack(store: PictureStore, end: Picture['ended'][number], timeMs: number): void {
  const row = store.rowOf.get(end.number);
  if (row === undefined) return;
  store.lost.push({
    number: end.number,
    x: store.fixX[row]!,
    y: store.fixY[row]!,
    lastMs: store.updatedMs[row]!,
    endedMs: timeMs,
    reason: end.reason,
    successor: end.successor,
    description: store.descriptions[row] ?? null,
  });
  store.remove(end.number);
}
