// A site's horizon: lowest free elevation over azimuth, after refraction.

import type { Horizon } from '../generated/coverage';
import { t } from '../language/language';

const WIDTH = 300;
const HEIGHT = 118;
const LEFT = 24;
const FOOT = 18;

/** Elevation from which the diagram starts, and where it ends, degrees. */
export function scaleOf(elevations: readonly number[]): { low: number; high: number; step: number } {
  const high = Math.max(2, Math.ceil(Math.max(...elevations)));
  const low = Math.min(-1, Math.floor(Math.min(...elevations)));
  const step = [1, 2, 5, 10, 20].find((one) => (high - low) / one <= 6) ?? 30;
  return { low, high: Math.ceil(high / step) * step, step };
}

export function HorizonDiagram({ told }: { told: Horizon }) {
  const { low, high, step } = scaleOf(told.elevation_deg);
  const x = (azimuth: number): number => LEFT + (azimuth / 360) * (WIDTH - LEFT - 4);
  const y = (elevation: number): number => 4 + ((high - elevation) / (high - low)) * (HEIGHT - FOOT - 4);
  const line = told.elevation_deg.map((elevation, azimuth) => `L${x(azimuth).toFixed(1)} ${y(elevation).toFixed(1)}`).join('');
  const worst = told.elevation_deg.reduce((best, elevation, azimuth) => (elevation > told.elevation_deg[best]! ? azimuth : best), 0);
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) ticks.push(at);
  const words = t`Highest ${told.elevation_deg[worst]!.toFixed(1)}° in ${String(worst).padStart(3, '0')}°, ${told.distance_nm[worst]!.toFixed(0)} NM away; antenna ${told.antenna_m.toFixed(0)} m over the sea`;
  return (
    <figure class="horizon">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
        {ticks.map((at) => (
          <g key={at}>
            <line class={at === 0 ? 'axis' : 'grid'} x1={LEFT} x2={WIDTH - 4} y1={y(at)} y2={y(at)} />
            <text x={LEFT - 4} y={y(at) + 3} text-anchor="end">
              {at}°
            </text>
          </g>
        ))}
        <path class="ground" d={`M${x(0)} ${y(low)}${line}L${x(360)} ${y(told.elevation_deg[0]!).toFixed(1)}L${x(360)} ${y(low)}Z`} />
        {['N', 'E', 'S', 'W', 'N'].map((name, i) => (
          <text key={i} x={x(i * 90)} y={HEIGHT - 5} text-anchor={i === 0 ? 'start' : i === 4 ? 'end' : 'middle'}>
            {name}
          </text>
        ))}
      </svg>
      <figcaption class="num">{words}</figcaption>
    </figure>
  );
}
