// What of the screen stands in the page's address, so that it can be handed on and outlives a reload:
// the filter, the selected track, where the map looks. Pure.

import type { SourceOfTrack, View } from '../generated/wire';
import type { TrackFilter } from '../tracks/filter';
import { SOURCES } from '../tracks/sources';
import { t } from '../language/language';

export interface Addressed {
  filter: TrackFilter;
  selected: number | null;
  /** `null`: where the node says. */
  view: View | null;
  /** The instant that is looked back at; `null`: the present. */
  pastMs: number | null;
  /** Who is who there: as it was known then, or as it is known now. */
  known: Known;
}

export type Known = 'then' | 'now';

const TEXT_MAX = 80;
const level = (text: string): number | null => (/^\d{1,3}$/.test(text) ? Number(text) : null);

/** Reads it; what is no part of it or makes no sense is passed over. */
export function fromAddress(search: string): Addressed {
  const given = new URLSearchParams(search);
  const [low = '', high = ''] = (given.get('fl') ?? '').split('-');
  const source = SOURCES.find(({ kind }) => kind === given.get('source'))?.kind ?? null;
  const track = given.get('track') ?? '';
  return {
    filter: { text: (given.get('find') ?? '').slice(0, TEXT_MAX), levelMin: level(low), levelMax: level(high), source: source as SourceOfTrack | null, only: sensorFrom(given.get('only')) },
    selected: /^\d{1,10}$/.test(track) ? Number(track) : null,
    view: viewFrom(given.get('at')),
    pastMs: instantFrom(given.get('past')),
    known: given.get('known') === 'now' ? 'now' : 'then',
  };
}

function instantFrom(text: string | null): number | null {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text ?? '') ? Date.parse(text!) : NaN;
  return Number.isNaN(ms) ? null : ms;
}

const sensorFrom = (text: string | null): string | null => (/^\d{1,3}\/\d{1,3}$/.test(text ?? '') ? text : null);

function viewFrom(text: string | null): View | null {
  const numbers = (text ?? '').split(',').map(Number);
  const [lat_deg, lon_deg, radius_nm] = numbers;
  if (numbers.length !== 3 || numbers.some((one) => !Number.isFinite(one))) return null;
  if (Math.abs(lat_deg!) > 85 || Math.abs(lon_deg!) > 180 || radius_nm! <= 0 || radius_nm! > 11_000) return null;
  return { lat_deg: lat_deg!, lon_deg: lon_deg!, radius_nm: radius_nm! };
}

/** The address with this in it; what else stood there stays. */
export function toAddress(search: string, { filter, selected, view, pastMs, known }: Addressed): string {
  const given = new URLSearchParams(search);
  const put = (name: string, value: string): void => (value === '' ? given.delete(name) : given.set(name, value));
  put('find', filter.text.trim());
  put('fl', filter.levelMin === null && filter.levelMax === null ? '' : `${filter.levelMin ?? ''}-${filter.levelMax ?? ''}`);
  put('source', filter.source ?? '');
  put('only', filter.only ?? '');
  put('track', selected === null ? '' : String(selected));
  put('at', view === null ? '' : [view.lat_deg.toFixed(4), view.lon_deg.toFixed(4), Number(view.radius_nm.toPrecision(3))].join(','));
  put('past', pastMs === null ? '' : `${new Date(pastMs).toISOString().slice(0, 19)}Z`);
  put('known', pastMs !== null && known === 'now' ? 'now' : '');
  const text = given.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
  return text === '' ? '' : `?${text}`;
}

/** A filter kept under a name on this computer. */
export interface SavedFilter {
  name: string;
  filter: TrackFilter;
}

/** Saved filters as they were kept; what is not one is left out. */
export function savedFrom(kept: unknown): SavedFilter[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one: unknown) => {
    const { name, search } = (one ?? {}) as { name?: unknown; search?: unknown };
    return typeof name === 'string' && name !== '' && typeof search === 'string' ? [{ name, filter: fromAddress(search).filter }] : [];
  });
}

export const savedTo = (saved: readonly SavedFilter[]): { name: string; search: string }[] =>
  saved.map(({ name, filter }) => ({ name, search: toAddress('', { filter, selected: null, view: null, pastMs: null, known: 'then' }) }));

/** A filter's name as far as nobody gave it one: its own words. */
export function filterWords({ text, levelMin, levelMax, source, only }: TrackFilter): string {
  const band = levelMin === null && levelMax === null ? '' : `FL${levelMin ?? '000'}–${levelMax ?? '999'}`;
  const kind = SOURCES.find((one) => one.kind === source)?.words ?? '';
  const alone = only === null ? '' : t`only ${only}`;
  return [text.trim(), band, kind, alone].filter(Boolean).join(' ');
}

export const sameFilter = (a: TrackFilter, b: TrackFilter): boolean =>
  a.text.trim() === b.text.trim() && a.levelMin === b.levelMin && a.levelMax === b.levelMax && a.source === b.source && a.only === b.only;

