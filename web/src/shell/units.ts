// In which units figures are read here. The node tells NM, feet and knots; what it wrote in words stays as it was said.

import { signal } from '@preact/signals';

export interface Units {
  distance: 'NM' | 'km';
  /** `FL`: levels, and feet beside them. */
  height: 'FL' | 'ft' | 'm';
  speed: 'kt' | 'km/h';
}

/** Each with what it may be; the first is what the ICAO writes. */
export const UNITS = {
  distance: ['NM', 'km'],
  height: ['FL', 'ft', 'm'],
  speed: ['kt', 'km/h'],
} as const satisfies { [K in keyof Units]: readonly Units[K][] };

export const ICAO: Units = { distance: 'NM', height: 'FL', speed: 'kt' };

/** As whoever sits here wants them; a component that reads them is drawn anew when they change. */
export const units = signal<Units>(ICAO);

/** Exact by definition. */
export const KM_PER_NM = 1.852;
export const M_PER_FT = 0.3048;

/** NM in the unit of distance. */
export const distanceIn = (nm: number, of: Units): number => (of.distance === 'km' ? nm * KM_PER_NM : nm);
/** Knots in the unit of speed. */
export const speedIn = (kt: number, of: Units): number => (of.speed === 'km/h' ? kt * KM_PER_NM : kt);
/** Feet a minute in the unit of climb, which goes with that of height: m/s beside metres. */
export const climbIn = (fpm: number, of: Units): number => (of.height === 'm' ? (fpm * M_PER_FT) / 60 : fpm);
export const climbUnit = (of: Units): string => (of.height === 'm' ? 'm/s' : 'ft/min');
