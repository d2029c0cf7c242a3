// Projects Natural Earth off the main thread: the finest level takes long enough to be felt
// while panning.

import type { Topology } from 'topojson-specification';
import { atlasShapes, type AtlasShapes } from './atlasShapes';

export interface AtlasRequest {
  url: string;
}

const worker = self as unknown as {
  onmessage: ((event: MessageEvent<AtlasRequest>) => void) | null;
  postMessage(message: AtlasShapes | { error: string }): void;
};

worker.onmessage = ({ data }) => {
  fetch(data.url)
    .then((response) => response.json() as Promise<Topology>)
    .then((topology) => worker.postMessage(atlasShapes(topology)))
    .catch((error: unknown) => worker.postMessage({ error: String(error) }));
};
