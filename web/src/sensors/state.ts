// The sensor whose measured coverage is looked at, as signals.

import { computed, effect, signal } from '@preact/signals';
import { askPredicted } from '../coverage/ask';
import type { Predicted } from '../generated/coverage';
import type { SensorCover, SensorRow } from '../generated/wire';
import { filter, sensors } from '../shell/state';
import { bandSums, coverOnMap, reachNm, type BandSum, type CoverOnMap, type Found } from './cover';

/** "SAC/SIC"; `null`: none is looked at. */
export const sensorAt = signal<string | null>(null);
/** As the node told last. */
export const sensorCover = signal<SensorCover | null>(null);
/** The band that the map shows. */
export const bandAt = signal(2);

/** What is predicted, or why it is not, for the sensor and place of `key`. */
const predicted = signal<{ key: string; told: Predicted | null; problem: string | null } | null>(null);

export const coverShown = computed<SensorCover | null>(() => (sensorCover.value?.sensor === sensorAt.value ? sensorCover.value : null));

const keyOf = ({ sensor, site_deg, rings, range_nm }: SensorCover): string => [sensor, site_deg, rings, range_nm].join();

export const predictedShown = computed<Found | null>(() => {
  const cover = coverShown.value;
  return cover !== null && predicted.value?.key === keyOf(cover) ? predicted.value : null;
});
export const sums = computed<readonly BandSum[]>(() => (coverShown.value === null ? [] : bandSums(coverShown.value, predictedShown.value?.told ?? null)));
export const coverDrawn = computed<CoverOnMap | null>(() => (coverShown.value === null ? null : coverOnMap(coverShown.value, predictedShown.value?.told ?? null, bandAt.value)));

let asking: AbortController | null = null;

/** Asks the planner once for each sensor and place; returns how to stop. */
export const askWhatIsPredicted = (): (() => void) =>
  effect(() => {
    const cover = coverShown.value;
    if (cover === null || cover.site_deg === null || cover.rings === 0) return;
    const key = keyOf(cover);
    // What failed is asked again with the next that the node tells.
    if (predicted.peek()?.key === key && predicted.peek()?.problem === null) return;
    asking?.abort();
    const mine = (asking = new AbortController());
    predicted.value = { key, told: null, problem: null };
    const { sensor, site_deg, height_m, sectors, rings, ring_nm, bands } = cover;
    const name = sensors.peek()?.rows.find((row) => row.id === sensor)?.name ?? sensor;
    const [lat_deg, lon_deg] = site_deg;
    void askPredicted(
      { name, lat_deg, lon_deg, height_m, range_nm: reachNm(cover), sectors, rings, ring_nm, bands: bands.map((band) => [band.from_fl, band.to_fl]) },
      mine.signal,
    ).then(
      (told) => (predicted.value = { key, told, problem: null }),
      (error: unknown) => {
        if (!mine.signal.aborted) predicted.value = { key, told: null, problem: error instanceof Error ? error.message : String(error) };
      },
    );
  });

/** Looks at a sensor's coverage, or no more. */
export function lookAtCover(id: string): void {
  sensorAt.value = sensorAt.value === id ? null : id;
}

/** Whether tracks are shown that this sensor alone holds. */
export const showsAlone = (row: SensorRow): boolean => filter.value.only === row.id;

/** Shows the tracks that this sensor alone holds; again: all that the filter leaves otherwise. */
export function toggleAlone(row: SensorRow): void {
  filter.value = { ...filter.value, only: showsAlone(row) ? null : row.id };
}
