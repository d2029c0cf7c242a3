// The plan: sites a planner puts, moves, changes and switches off. Pure.

import { t } from '../language/language';
import type { Opening, SiteEntry } from '../generated/coverage';

export interface PlanSite {
  entry: SiteEntry;
  on: boolean;
}

export type Plan = readonly PlanSite[];

/** The study's own sites, all on. */
export const planOf = (opening: Opening): Plan => opening.sites.map((entry) => ({ entry, on: true }));

/** Those that count. */
export const standing = (plan: Plan): SiteEntry[] => plan.filter((site) => site.on).map((site) => site.entry);

export const siteNamed = (plan: Plan, name: string | null): SiteEntry | null =>
  plan.find((site) => site.entry.name === name)?.entry ?? null;

const changed = (plan: Plan, name: string, change: (site: PlanSite) => PlanSite): Plan =>
  plan.map((site) => (site.entry.name === name ? change(site) : site));

export const switched = (plan: Plan, name: string): Plan => changed(plan, name, (site) => ({ ...site, on: !site.on }));

/** With a site elsewhere. What was surveyed of its ground and its horizon is not true of the new place. */
export function moved(plan: Plan, name: string, latDeg: number, lonDeg: number): Plan {
  const place = { lat_deg: round(latDeg), lon_deg: round(lonDeg) };
  return changed(plan, name, (site) => ({
    ...site,
    entry: { ...site.entry, ...place, ground_m: null, horizon_deg: null },
  }));
}

// A ten-thousandth of a degree is ten metres: no mast is planned finer on a map.
const round = (deg: number): number => Math.round(deg * 1e4) / 1e4;

export function edited(plan: Plan, name: string, change: Partial<SiteEntry>): Plan {
  return changed(plan, name, (site) => ({ ...site, entry: { ...site.entry, ...change } }));
}

export const without = (plan: Plan, name: string): Plan => plan.filter((site) => site.entry.name !== name);

/** With a site more, like the last one but for its place; its name is free. */
export function withNew(plan: Plan, latDeg: number, lonDeg: number): { plan: Plan; name: string } {
  const like = plan.at(-1)?.entry;
  let number = 1;
  while (siteNamed(plan, t`New site ${number}`)) number += 1;
  const name = t`New site ${number}`;
  const entry: SiteEntry = {
    name,
    party: like?.party ?? 'XXA',
    lat_deg: round(latDeg),
    lon_deg: round(lonDeg),
    ground_m: null,
    mast_m: like?.mast_m ?? 20,
    range_min_nm: 0,
    range_max_nm: like?.range_max_nm ?? 200,
    elevation_min_deg: like?.elevation_min_deg ?? -90,
    elevation_max_deg: like?.elevation_max_deg ?? 90,
    sectors_deg: [],
    multilateration: false,
    horizon_deg: null,
  };
  return { plan: [...plan, { entry, on: true }], name };
}

/** With a candidate or an advised site, if none has its name yet. */
export const withEntry = (plan: Plan, entry: SiteEntry): Plan =>
  siteNamed(plan, entry.name) ? plan : [...plan, { entry, on: true }];

/** A number as a planner types it, within bounds; `null` if it is none. */
export function typed(text: string, low: number, high: number): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value >= low && value <= high ? value : null;
}
