// Which level of detail of the world the map needs, loaded when first needed. All levels are
// bundled with the console: it works without any network beyond the node.

import coarseUrl from 'world-atlas/countries-110m.json?url';
import middleUrl from 'world-atlas/countries-50m.json?url';
import fineUrl from 'world-atlas/countries-10m.json?url';
import type { AtlasRequest } from './atlas.worker';
import type { AtlasShapes } from './atlasShapes';

const LEVELS = [
  { url: coarseUrl, fromWorldPx: 0 },
  { url: middleUrl, fromWorldPx: 2_000 },
  { url: fineUrl, fromWorldPx: 24_000 },
] as const;

export class Atlas {
  private readonly shapes: (AtlasShapes | null)[] = LEVELS.map(() => null);
  private readonly asked: boolean[] = LEVELS.map(() => false);

  /** `loaded` runs whenever a level has come in. */
  constructor(private readonly loaded: () => void) {}

  /** The best level there is for this zoom; asks for the right one if it is not here yet. */
  at(worldPx: number): AtlasShapes | null {
    let wanted = 0;
    for (let i = 0; i < LEVELS.length; i += 1) if (worldPx >= LEVELS[i]!.fromWorldPx) wanted = i;
    this.ask(0);
    if (wanted > 0) this.ask(1);
    this.ask(wanted);
    for (let i = wanted; i >= 0; i -= 1) if (this.shapes[i]) return this.shapes[i]!;
    return this.shapes.find((level) => level !== null) ?? null;
  }

  private ask(level: number): void {
    if (this.asked[level]) return;
    this.asked[level] = true;
    const worker = new Worker(new URL('./atlas.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<AtlasShapes | { error: string }>) => {
      worker.terminate();
      if ('error' in data) {
        // Asked again with the next redraw: the map without coasts still works meanwhile.
        this.asked[level] = false;
        return;
      }
      this.shapes[level] = data;
      this.loaded();
    };
    const request: AtlasRequest = { url: new URL(LEVELS[level]!.url, document.baseURI).href };
    worker.postMessage(request);
  }
}
