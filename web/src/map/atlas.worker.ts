// Turns Natural Earth (npm world-atlas) into world-unit shapes, off the main thread: projecting
// the finest level takes long enough to be felt while panning.

import { geoMercator, geoPath } from 'd3-geo';
import { mesh, feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { ShapeSink, type Shapes } from './shapes';

export interface AtlasShapes {
  land: Shapes;
  coast: Shapes;
  borders: Shapes;
}

export interface AtlasRequest {
  url: string;
}

/** A figure on the sphere to shapes in the unit square, cut at the antimeridian. */
export function projected(object: Parameters<ReturnType<typeof geoPath>>[0]): Shapes {
  const unit = geoMercator()
    .scale(1 / (2 * Math.PI))
    .translate([0.5, 0.5])
    .precision(0);
  const sink = new ShapeSink();
  geoPath(unit, sink as unknown as CanvasRenderingContext2D)(object);
  return sink.shapes();
}

function atlasShapes(topology: Topology): AtlasShapes {
  const countries = topology.objects['countries'] as GeometryCollection;
  const land = topology.objects['land']!;
  return {
    land: projected(feature(topology, land)),
    coast: projected(mesh(topology, countries, (a, b) => a === b)),
    borders: projected(mesh(topology, countries, (a, b) => a !== b)),
  };
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
