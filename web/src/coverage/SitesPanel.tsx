// The sites of the plan: switched, changed, added, taken away; candidates; advice.

import type { SiteEntry } from '../generated/coverage';
import { latitude, longitude } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { map } from './MapPane';
import { edited, switched, typed, withEntry, without, type PlanSite } from './plan';
import * as session from './session';

export function SitesPanel() {
  const plan = session.plan.value;
  const open = session.opening.value;
  return (
    <aside class="panel" id="sites" aria-label="Sites">
      <header class="panel-head">
        <h2>Sites</h2>
        <span class="panel-note num">
          {session.sites.value.length} of {plan.length} on
        </span>
      </header>
      <ul class="site-list">
        {plan.map((site) => (
          <Site key={site.entry.name} site={site} />
        ))}
      </ul>
      <div class="panel-actions">
        <button type="button" class="button" aria-pressed={session.placing.value} onClick={() => (session.placing.value = !session.placing.value)}>
          Add a site (N)
        </button>
        <Candidates candidates={open?.candidates ?? []} />
      </div>
      {(open?.shared.length ?? 0) > 0 && <p class="empty">Counted too: {open!.shared.join(', ')}</p>}
      <Advice />
      {open && open.closed === null && (
        <>
          <h3>Study</h3>
          <p class="study wrap">
            {open.study.split('/').at(-1)} · {open.step_arcsec.toFixed(0)}″ · {open.propagation} · {open.clearance_m.toFixed(0)} m above ground
          </p>
          {open.warnings.slice(0, 1).map((warning) => (
            <p key={warning} class="study warning wrap">
              <Glyph shape="diamond" /> {warning}
            </p>
          ))}
          {open.warnings.length > 1 && <p class="study">{open.warnings.length - 1} more like it</p>}
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
          aria-label={`${entry.name} counts`}
          onChange={() => (session.plan.value = switched(session.plan.value, entry.name))}
        />
        <button type="button" class="site-name" aria-expanded={chosen} onClick={choose}>
          {entry.name} <span class="muted">{entry.party}</span>
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={`Centre the map on ${entry.name}`}
          title="Centre the map here"
          onClick={() => map?.centreOn(entry.lat_deg, entry.lon_deg)}
        >
          <Glyph shape="follow" />
        </button>
      </div>
      <p class="site-place num">
        {latitude(entry.lat_deg)} {longitude(entry.lon_deg)} · mast {entry.mast_m.toFixed(0)} m
      </p>
      {chosen && <Fields entry={entry} />}
    </li>
  );
}

const FIELDS: readonly { key: 'lat_deg' | 'lon_deg' | 'mast_m' | 'range_max_nm' | 'elevation_max_deg'; words: string; low: number; high: number; digits: number }[] = [
  { key: 'lat_deg', words: 'Latitude °', low: -88, high: 88, digits: 4 },
  { key: 'lon_deg', words: 'Longitude °', low: -180, high: 180, digits: 4 },
  { key: 'mast_m', words: 'Mast m', low: 0, high: 500, digits: 0 },
  { key: 'range_max_nm', words: 'Range NM', low: 0.5, high: 300, digits: 0 },
  { key: 'elevation_max_deg', words: 'Highest elevation °', low: 1, high: 90, digits: 0 },
];

function Fields({ entry }: { entry: SiteEntry }) {
  return (
    <div class="site-fields">
      {FIELDS.map(({ key, words, low, high, digits }) => (
        <label key={key}>
          <span>{words}</span>
          <input
            class="num"
            inputMode="decimal"
            value={entry[key].toFixed(digits)}
            title={`${low} to ${high}`}
            onChange={(event) => {
              const field = event.currentTarget;
              const value = typed(field.value, low, high);
              if (value === null) {
                session.problem.value = `${words.replace(/ [°mNM]+$/, '')}: give ${low} to ${high}`;
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
        Take away
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
        aria-label="Add a candidate of the study"
        value=""
        onChange={(event) => {
          const entry = free.find((one) => one.name === event.currentTarget.value);
          if (entry) add(entry);
          event.currentTarget.value = '';
        }}
      >
        <option value="">Add a candidate…</option>
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
  const told = session.advice.value;
  const open = session.opening.value;
  if (!open || open.closed !== null) return null;
  return (
    <>
      <h3>Where would one more go?</h3>
      <div class="panel-actions">
        {session.advising.value ? (
          <button type="button" class="button" onClick={session.stopAdvice}>
            Stop looking
          </button>
        ) : (
          <button
            type="button"
            class="button"
            title={`Tries the study's candidates and ${SUMMITS} summits spread over the region, at the study's levels`}
            onClick={() => session.askForAdvice(1, SUMMITS)}
          >
            Look for the best place
          </button>
        )}
      </div>
      {session.advising.value && (
        <p class="empty" role="status">
          Sweeping candidates and {SUMMITS} summits…
        </p>
      )}
      {told?.steps.map((step) => (
        <div class="advice" key={step.site.name}>
          <p class="num">
            <b>{step.site.name}</b>: {told.before.toFixed(1)} → {step.covered.toFixed(1)} % of all levels{' '}
            <b>(+{step.gain.toFixed(1)})</b>
            {step.ground_m !== null && `, ground ${step.ground_m.toFixed(0)} m`}
          </p>
          <button type="button" class="button small" onClick={() => add(step.site)}>
            Put it there
          </button>
        </div>
      ))}
      {told && (
        <p class="study">
          Of {told.candidates} candidates; at most {told.better_at_most.toFixed(1)} % better exists among them. Cost and access are yours to judge.
        </p>
      )}
    </>
  );
}
