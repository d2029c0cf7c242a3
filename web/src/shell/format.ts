// Values to text, as an air-surveillance operator writes them: UTC, and the units that are read here. Pure but
// for those, where a caller names none.

import { climbIn, climbUnit, distanceIn, KM_PER_NM, M_PER_FT, speedIn, units, type Units } from './units';

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `14:32:07Z` */
export function timeZ(ms: number): string {
  const date = new Date(ms);
  return `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}Z`;
}

/** `14:32Z` */
export function minuteZ(ms: number): string {
  return `${timeZ(ms).slice(0, 5)}Z`;
}

/** `2026-11-23` */
export const dateZ = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** An age short enough for a table: `0.4 s`, `12 s`, `3 min`, `2 h 05`. */
export function age(seconds: number): string {
  if (seconds < 0) return '0 s';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60), 2)}`;
}

/** `57°14.2'N`; minutes to a tenth are about 200 m. */
function degreesMinutes(deg: number, width: number, positive: string, negative: string): string {
  const tenths = Math.round(Math.abs(deg) * 600);
  const minutes = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return `${pad(Math.floor(tenths / 600), width)}°${minutes}'${deg < 0 ? negative : positive}`;
}

export const latitude = (deg: number): string => degreesMinutes(deg, 2, 'N', 'S');
export const longitude = (deg: number): string => degreesMinutes(deg, 3, 'E', 'W');

/** `FL085`, from pressure altitude; below zero `FL-01`. */
export function flightLevel(feet: number): string {
  const hundreds = Math.round(feet / 100);
  return hundreds < 0 ? `FL-${pad(-hundreds, 2)}` : `FL${pad(hundreds, 3)}`;
}

/** Trend of height: a level flight is one that climbs or descends less than 300 ft a minute. */
export const LEVEL_FPM = 300;

export type Trend = 'climb' | 'level' | 'descend' | 'unknown';

export function trend(climbFpm: number): Trend {
  if (Number.isNaN(climbFpm)) return 'unknown';
  if (climbFpm > LEVEL_FPM) return 'climb';
  return climbFpm < -LEVEL_FPM ? 'descend' : 'level';
}

export const TREND_MARK: Record<Trend, string> = { climb: '↑', level: '=', descend: '↓', unknown: ' ' };

/** `1 284`, with a narrow no-break space. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** `094°`; 360 is written for north. */
export function bearing(deg: number): string {
  const whole = ((Math.round(deg) % 360) + 360) % 360;
  return `${pad(whole === 0 ? 360 : whole, 3)}°`;
}

export function rate(perSecond: number): string {
  if (perSecond >= 100) return count(perSecond);
  return perSecond.toFixed(perSecond >= 10 ? 0 : 1);
}

/** A length as people read it: `210 m`, then NM or km. */
export function length(metres: number, of: Units = units.value): string {
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${distanceIn(metres / 1000 / KM_PER_NM, of).toFixed(metres < 18_520 ? 2 : 1)} ${of.distance}`;
}

/** `83.1 NM` */
export const distance = (nm: number, of: Units = units.value): string => `${distanceIn(nm, of).toFixed(1)} ${of.distance}`;

/** `8 500 ft`, `2 591 m` */
export const height = (feet: number, of: Units = units.value): string =>
  of.height === 'm' ? `${signed(Math.round(feet * M_PER_FT))} m` : `${signed(Math.round(feet))} ft`;

/** A pressure altitude in the least room: `FL085`, `8 500 ft`, `2 591 m`. */
export const level = (feet: number, of: Units = units.value): string =>
  of.height === 'FL' ? flightLevel(feet) : height(feet, of);

/** `210 kt` */
export const speed = (kt: number, of: Units = units.value): string => `${count(speedIn(kt, of))} ${of.speed}`;

/** A climb without its unit: `−1 220` ft/min to ten, `6.2` m/s. */
export function climbFigure(fpm: number, of: Units = units.value): string {
  if (of.height === 'm') return climbIn(fpm, of).toFixed(1).replace('-0.0', '0.0').replace('-', '−');
  return signed(Math.round(fpm / 10) * 10);
}

/** `+1 200 ft/min`, `+6.2 m/s` */
export function climb(fpm: number, of: Units = units.value): string {
  const figure = climbFigure(fpm, of);
  const up = !figure.startsWith('−') && /[1-9]/.test(figure);
  return `${up ? '+' : ''}${figure} ${climbUnit(of)}`;
}

const signed = (value: number): string => `${value < 0 ? '−' : ''}${count(Math.abs(value))}`;

/** A standard deviation: two figures are all it is worth. `0.4`, `12` */
export const uncertainty = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
