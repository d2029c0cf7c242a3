// How a track keeps to its plan, in words. Pure.

import type { TrackPlan } from '../generated/wire';

/** After or before the planned time: `+2 min`, `−45 s`, `on time`. */
export function offWords(seconds: number): string {
  const s = Math.round(seconds);
  if (Math.abs(s) < 30) return 'on time';
  const size = Math.abs(s) < 90 ? `${Math.abs(s)} s` : `${Math.round(Math.abs(s) / 60)} min`;
  return `${s < 0 ? '−' : '+'}${size}`;
}

/** What is off: beside the route, off its level, early or late; what is within noise is not said. */
export function deviations(plan: TrackPlan): string[] {
  const words: string[] = [];
  if (plan.aside_nm !== null) {
    const nm = Math.abs(plan.aside_nm);
    words.push(nm < 0.5 ? 'on its route' : `${nm.toFixed(1)} NM ${plan.aside_nm > 0 ? 'right' : 'left'} of its route`);
  }
  if (plan.above_ft !== null && Math.abs(plan.above_ft) >= 100) {
    const ft = Math.round(Math.abs(plan.above_ft) / 100) * 100;
    words.push(`${ft} ft ${plan.above_ft > 0 ? 'above' : 'below'} its level`);
  }
  if (plan.late_s !== null) {
    const off = offWords(plan.late_s);
    words.push(off === 'on time' ? off : `${off.slice(1)} ${plan.late_s > 0 ? 'late' : 'early'}`);
  }
  return words;
}
