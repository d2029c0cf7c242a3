// What the page tells tests and a curious engineer's console about itself. Read-only.

import type { MapController } from '../map/controller';
import { connection, filter, prefs, selected, store } from './state';

export interface Inspected {
  readonly connection: string;
  readonly trackCount: number;
  readonly timeMs: number;
  readonly selected: number | null;
  readonly filter: string;
  readonly theme: string;
  /** Tracks drawn last, with their pixel on the map. */
  readonly drawn: { number: number; x: number; y: number }[];
  readonly labelCount: number;
  readonly cost: { frames: number; ms: number };
  track(number: number): { latDeg: number; lonDeg: number; callsign: string | null; address: string | null } | null;
  numbers(): number[];
}

export function exposeState(map: MapController): void {
  const inspected: Inspected = {
    get connection() {
      return connection.value.kind;
    },
    get trackCount() {
      return store.size;
    },
    get timeMs() {
      return store.timeMs;
    },
    get selected() {
      return selected.value;
    },
    get filter() {
      return filter.value.text;
    },
    get theme() {
      return prefs.value.theme;
    },
    get drawn() {
      const { rows, xs, ys, count } = map.tracks.drawn;
      return Array.from({ length: count }, (_, i) => ({
        number: store.number[rows[i]!]!,
        x: xs[i]!,
        y: ys[i]!,
      }));
    },
    get labelCount() {
      return map.tracks.drawn.labels.length;
    },
    get cost() {
      return { ...map.cost };
    },
    track(number) {
      const row = store.rowOf.get(number);
      if (row === undefined) return null;
      return {
        latDeg: store.latDeg[row]!,
        lonDeg: store.lonDeg[row]!,
        callsign: store.descriptions[row]?.callsign ?? null,
        address: store.descriptions[row]?.address ?? null,
      };
    },
    numbers: () => [...store.rowOf.keys()],
  };
  Object.defineProperty(window, '__entente', { value: Object.freeze(inspected), writable: false });
}
