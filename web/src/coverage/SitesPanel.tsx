// The sites of the plan: switched, changed, added, taken away; candidates; advice.

import type { SiteEntry } from '../generated/coverage';
import { plural, t, told } from '../language/language';
import { latitude, longitude } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { beginPlacing, map } from './MapPane';
import { edited, switched, typed, withEntry, without, type PlanSite } from './plan';
import * as session from './session';

export function SitesPanel() {
  const plan = session.plan.value;
  const open = session.opening.value;
  return (
    <aside class="panel" id="sites" aria-label={t`Sites`}>
      <header class="panel-head">
        <h2>{t`Sites`}</h2>
        <span class="panel-note num">{t`${session.sites.value.length} of ${plan.length} on`}</span>
      </header>
      <ul class="site-list">
        {plan.map((site) => (
          <Site key={site.entry.name} site={site} />
        ))}
      </ul>
      <div class="panel-actions">
        <button type="button" class="button" aria-pressed={session.placing.value} onClick={() => (session.placing.value ? (session.placing.value = false) : beginPlacing())}>
          {t`Add a site (N)`}
        </button>
        <Candidates candidates={open?.candidates ?? []} />
      </div>
      {(open?.shared.length ?? 0) > 0 && <p class="empty">{t`Counted too: ${open!.shared.join(', ')}`}</p>}
      <Advice />
      {open && open.closed === null && (
        <>
          <h3>{t`Study`}</h3>
          <p class="study wrap">
            {open.study.split('/').at(-1)} · {open.step_arcsec.toFixed(0)}″ · {told(open.propagation)} · {t`${open.clearance_m.toFixed(0)} m above ground`}
          </p>
          {open.warnings.slice(0, 1).map((warning) => (
            <p key={warning} class="study warning wrap">
              <Glyph shape="diamond" /> {told(warning)}
            </p>
          ))}
          {open.warnings.length > 1 && <p class="study">{plural(open.warnings.length - 1, '{n} more like it', '{n} more like them')}</p>}
        </>
      )}
    </aside>
  );
}

function Site({ site }: { site: PlanSite }) {
  const { entry, on } = site;
  const chosen = session.selected.value === entry.name;
  const choose = (): void => {
    session.selected.value = chosen ? null : entry.name;
  };
  return (
    <li class={`site ${chosen ? 'chosen' : ''} ${on ? '' : 'off'}`}>
      <div class="site-head">
        <input
          type="checkbox"
          checked={on}
          aria-label={t`${entry.name} counts`}
          onChange={() => (session.plan.value = switched(session.plan.value, entry.name))}
        />
        <button type="button" class="site-name" aria-expanded={chosen} onClick={choose}>
          {entry.name} <span class="muted">{entry.party}</span>
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={t`Centre the map on ${entry.name}`}
          title={t`Centre the map here`}
          onClick={() => map?.centreOn(entry.lat_deg, entry.lon_deg)}
        >
          <Glyph shape="follow" />
        </button>
      </div>
      <p class="site-place num">
        {latitude(entry.lat_deg)} {longitude(entry.lon_deg)} · {t`mast ${entry.mast_m.toFixed(0)} m`}
      </p>
      {chosen && <Fields entry={entry} />}
    </li>
  );
}

const FIELDS: readonly { key: 'lat_deg' | 'lon_deg' | 'mast_m' | 'range_max_nm' | 'elevation_max_deg'; words: string; unit: string; low: number; high: number; digits: number }[] = [
  { key: 'lat_deg', words: t`Latitude`, unit: '°', low: -88, high: 88, digits: 4 },
  { key: 'lon_deg', words: t`Longitude`, unit: '°', low: -180, high: 180, digits: 4 },
  { key: 'mast_m', words: t`Mast`, unit: 'm', low: 0, high: 500, digits: 0 },
  { key: 'range_max_nm', words: t`Range`, unit: 'NM', low: 0.5, high: 300, digits: 0 },
  { key: 'elevation_max_deg', words: t`Highest elevation`, unit: '°', low: 1, high: 90, digits: 0 },
];

function Fields({ entry }: { entry: SiteEntry }) {
  return (
    <div class="site-fields">
      {FIELDS.map(({ key, words, unit, low, high, digits }) => (
        <label key={key}>
          <span>
            {words} {unit}
          </span>
          <input
            class="num"
            inputMode="decimal"
            value={entry[key].toFixed(digits)}
            title={t`${low} to ${high}`}
            onChange={(event) => {
              const field = event.currentTarget;
              const value = typed(field.value, low, high);
              if (value === null) {
                session.problem.value = t`${words}: give ${low} to ${high}`;
                field.value = entry[key].toFixed(digits);
              } else session.plan.value = edited(session.plan.value, entry.name, { [key]: value });
            }}
          />
        </label>
      ))}
      <button
        type="button"
        class="button small"
        onClick={() => {
          session.plan.value = without(session.plan.value, entry.name);
          session.selected.value = null;
        }}
      >
        {t`Take away`}
      </button>
    </div>
  );
}

function Candidates({ candidates }: { candidates: readonly SiteEntry[] }) {
  const free = candidates.filter((one) => !session.plan.value.some((site) => site.entry.name === one.name));
  if (free.length === 0) return null;
  return (
    <span class="field">
      <select
        aria-label={t`Add a candidate of the study`}
        value=""
        onChange={(event) => {
          const entry = free.find((one) => one.name === event.currentTarget.value);
          if (entry) add(entry);
          event.currentTarget.value = '';
        }}
      >
        <option value="">{t`Add a candidate…`}</option>
        {free.map((one) => (
          <option key={one.name}>{one.name}</option>
        ))}
      </select>
    </span>
  );
}

function add(entry: SiteEntry): void {
  session.plan.value = withEntry(session.plan.value, entry);
  session.selected.value = entry.name;
}

const SUMMITS = 60;

function Advice() {
  const advice = session.advice.value;
  const open = session.opening.value;
  if (!open || open.closed !== null) return null;
  return (
    <>
      <h3>{t`Where would one more go?`}</h3>
      <div class="panel-actions">
        {session.advising.value ? (
          <button type="button" class="button" onClick={session.stopAdvice}>
            {t`Stop looking`}
          </button>
        ) : (
          <button
            type="button"
            class="button"
            title={t`Tries the study's candidates and ${SUMMITS} summits spread over the region, at the study's levels`}
            onClick={() => session.askForAdvice(1, SUMMITS)}
          >
            {t`Look for the best place`}
          </button>
        )}
      </div>
      {session.advising.value && (
        <p class="empty" role="status">
          {t`Sweeping candidates and ${SUMMITS} summits…`}
        </p>
      )}
      {advice?.steps.map((step) => (
        <div class="advice" key={step.site.name}>
          <p class="num">
            <b>{step.site.name}</b>: {t`${advice.before.toFixed(1)} → ${step.covered.toFixed(1)} % of all levels`}{' '}
            <b>(+{step.gain.toFixed(1)})</b>
            {step.ground_m !== null && `, ${t`ground ${step.ground_m.toFixed(0)} m`}`}
          </p>
          <button type="button" class="button small" onClick={() => add(step.site)}>
            {t`Put it there`}
          </button>
        </div>
      ))}
      {advice && (
        <p class="study">
          {t`Of ${advice.candidates} candidates; at most ${advice.better_at_most.toFixed(1)} % better exists among them. Cost and access are yours to judge.`}
        </p>
      )}
    </>
  );
}
