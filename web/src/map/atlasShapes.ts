// Natural Earth (npm world-atlas) as shapes in world units.

import { geoArea, geoMercator, geoPath } from 'd3-geo';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { ShapeSink, type Shapes } from './shapes';

export interface AtlasShapes {
  land: Shapes;
  coast: Shapes;
  borders: Shapes;
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

export function atlasShapes(topology: Topology): AtlasShapes {
  const countries = topology.objects['countries'] as GeometryCollection;
  return {
    land: projected({ type: 'MultiPolygon', coordinates: landPolygons(topology) }),
    coast: projected(mesh(topology, countries, (a, b) => a === b)),
    borders: projected(mesh(topology, countries, (a, b) => a !== b)),
  };
}

// Three islets of the finest level have collapsed into slivers wound the other way, which on a
// sphere means all the world but the islet: no land covers half the Earth.
function landPolygons(topology: Topology): GeoJSON.Position[][][] {
  const land = feature(topology, topology.objects['land']!);
  const features = land.type === 'FeatureCollection' ? land.features : [land];
  return features
    .flatMap(({ geometry }) => {
      if (geometry.type === 'Polygon') return [geometry.coordinates];
      return geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
    })
    .filter((coordinates) => geoArea({ type: 'Polygon', coordinates }) < 2 * Math.PI);
}
