// The plan that the selected track flies: how far off it is, and when it is over each point.

import type { PlanPoint, TrackPlan } from '../generated/wire';
import { level, timeZ } from '../shell/format';
import { selectedDetail } from '../shell/state';
import { deviations, offWords } from './plan';
import { plural, t, told } from '../language/language';

export function PlanSection() {
  const plan = selectedDetail.value?.plan;
  if (!plan) return null;
  return (
    <section id="plan" aria-label={t`Flight plan`}>
      <h3>{t`Flight plan`}</h3>
      <p class="num">
        <b>{plan.callsign}</b> {plan.departure} – {plan.destination}
        {plan.code !== null && t` · code ${plan.code}`} <span class="muted">{t`by its ${told(plan.found_by)}`}</span>
      </p>
      <Deviation plan={plan} />
      {plan.points.length > 0 ? <Points plan={plan} /> : <p class="empty">{t`The points of its route are not known here.`}</p>}
    </section>
  );
}

function Deviation({ plan }: { plan: TrackPlan }) {
  const words = deviations(plan);
  return words.length === 0 ? null : <p class="num">{words.join(' · ')}</p>;
}

function Points({ plan }: { plan: TrackPlan }) {
  return (
    <table class="sources plan-points">
      <thead>
        <tr>
          <th scope="col">{t`Point`}</th>
          <th scope="col" class="right">
            {t`Estimate`}
          </th>
          <th scope="col" class="right">
            {t`Off plan`}
          </th>
          <th scope="col" class="right">
            {t`Level¦height`}
          </th>
        </tr>
      </thead>
      <tbody>
        {plan.points_before > 0 && <More count={plan.points_before} before />}
        {plan.points.map((point, i) => (
          <Point key={i} point={point} />
        ))}
        {plan.points_after > 0 && <More count={plan.points_after} before={false} />}
      </tbody>
    </table>
  );
}

function Point({ point }: { point: PlanPoint }) {
  const { estimate_ms, planned_ms, level_ft, passed } = point;
  return (
    <tr class={passed ? 'stale' : ''}>
      <td>{point.name}</td>
      <td class="num right">{passed ? t`passed` : estimate_ms === null ? '–' : timeZ(estimate_ms)}</td>
      <td class="num right" title={t`Planned ${timeZ(planned_ms)}`}>
        {estimate_ms === null ? '–' : offWords((estimate_ms - planned_ms) / 1000)}
      </td>
      <td class="num right">{level_ft === null ? '–' : level(level_ft)}</td>
    </tr>
  );
}

function More({ count, before }: { count: number; before: boolean }) {
  return (
    <tr class="stale">
      <td colSpan={4}>
        {before ? plural(count, '{n} point before', '{n} points before') : plural(count, '{n} point after', '{n} points after')}
      </td>
    </tr>
  );
}
