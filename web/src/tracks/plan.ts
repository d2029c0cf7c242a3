// How a track keeps to its plan, in words. Pure.

import type { TrackPlan } from '../generated/wire';
import { distance, height } from '../shell/format';
import { t } from '../language/language';

/** After or before the planned time: `+2 min`, `−45 s`, `on time`. */
export function offWords(seconds: number): string {
  const size = sizeWords(seconds);
  return size === null ? t`on time` : `${seconds < 0 ? '−' : '+'}${size}`;
}

/** How much, either way; `null` within noise. */
function sizeWords(seconds: number): string | null {
  const s = Math.abs(Math.round(seconds));
  if (s < 30) return null;
  return s < 90 ? `${s} s` : `${Math.round(s / 60)} min`;
}

/** What is off: beside the route, off its level, early or late; what is within noise is not said. */
export function deviations(plan: TrackPlan): string[] {
  const words: string[] = [];
  if (plan.aside_nm !== null) {
    const nm = Math.abs(plan.aside_nm);
    words.push(nm < 0.5 ? t`on its route` : plan.aside_nm > 0 ? t`${distance(nm)} right of its route` : t`${distance(nm)} left of its route`);
  }
  if (plan.above_ft !== null && Math.abs(plan.above_ft) >= 100) {
    const off = height(Math.round(Math.abs(plan.above_ft) / 100) * 100);
    words.push(plan.above_ft > 0 ? t`${off} above its level` : t`${off} below its level`);
  }
  if (plan.late_s !== null) {
    const off = sizeWords(plan.late_s);
    words.push(off === null ? t`on time` : plan.late_s > 0 ? t`${off} late` : t`${off} early`);
  }
  return words;
}
