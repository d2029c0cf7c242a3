// What needs the operator: one row a cause and track, in place, worst first.

import { useSignal, useSignalEffect } from '@preact/signals';
import type { AlertRow, PartnerAlertRow } from '../generated/wire';
import { beginIncident } from '../incidents/state';
import { act, position } from '../requests/state';
import { count, timeZ } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { hello, prefs, seenAs, select, store } from '../shell/state';
import { ident } from '../tracks/ident';
import { loudnessOf, sound, soundOf } from './sound';
import { NameField } from '../people/Name';
import { mayNot } from '../people/state';
import { acknowledge, alertAt, alerts, alertsFrom, alertsMs, lookAt, whyNotAcknowledge, whyNotAct } from './state';
import { calls, factLine, hear, type Heard, heededWords, openCounts, partnerWords, SEVERITY_GLYPH, SEVERITY_WORDS, spokenOf, whenWords } from './words';
import { t, told } from '../language/language';

/** What a track is called on the screen now. */
const nameOf = (number: number): string => {
  const row = store.rowOf.get(number);
  return ident(row === undefined ? null : (store.descriptions[row] ?? null), number);
};

export function AlertsPanel() {
  const list = alerts.value;
  if (!list) return null;
  const counts = openCounts(list);
  return (
    <section class="alerts" id="alerts" aria-label={t`Alerts`}>
      <header class="panel-head">
        <h2>{t`Alerts`}</h2>
        <span class="panel-note num" id="alert-counts">
          {counts.length === 0 ? t`none open` : counts.map(({ severity, n, words }) => (
            <span key={severity} class={`alert-count severity-${severity}`} title={words}>
              <Glyph shape={SEVERITY_GLYPH[severity]} /> <span aria-hidden="true">{n}</span>
              <span class="visually-hidden">{words}</span>
            </span>
          ))}
        </span>
      </header>
      {seenAs.value !== null && <p class="empty">{t`These are our own; the map shows what ${seenAs.value} is sent.`}</p>}
      {list.unable.map((why) => (
        <p key={why} class="notice-line caution">
          <Glyph shape="diamond" /> {why}
        </p>
      ))}
      {list.rows.length === 0 && <p class="empty">{t`No rule has fired.`}</p>}
      <ul class="alert-list">
        {list.rows.map((row) => (
          <li key={row.id} class={`severity-${row.severity} state-${row.state} ${calls(row, alertsMs.value) ? 'calls' : ''}`}>
            <Line row={row} />
            {row.id === alertAt.value && <Why row={row} />}
          </li>
        ))}
      </ul>
      {list.total > list.rows.length && (
        <nav class="alert-pages" aria-label={t`Pages of alerts`}>
          <button type="button" class="button small" disabled={list.from === 0} onClick={() => (alertsFrom.value = Math.max(0, list.from - list.rows.length))}>
            {t`Earlier`}
          </button>
          <span class="num">
            {t`${count(list.from + 1)}–${count(list.from + list.rows.length)} of ${count(list.total)}`}
          </span>
          <button type="button" class="button small" disabled={list.from + list.rows.length >= list.total} onClick={() => (alertsFrom.value = list.from + list.rows.length)}>
            {t`Later`}
          </button>
        </nav>
      )}
      {seenAs.value === null && <OfPartners rows={list.of_partners} more={list.of_partners_more} />}
    </section>
  );
}

/** What partners warn of: theirs to acknowledge, and not ours. */
function OfPartners({ rows, more }: { rows: PartnerAlertRow[]; more: number }) {
  if (rows.length === 0) return null;
  return (
    <section id="partner-alerts" aria-label={t`Alerts of partners`}>
      <h3>{t`Of partners`}</h3>
      <ul class="alert-list">
        {rows.map((row) => (
          <li key={`${row.party} ${row.number}`} class={`severity-${row.severity ?? 'advisory'} state-${row.state}`}>
            <PartnerLine row={row} />
          </li>
        ))}
      </ul>
      {more > 0 && <p class="empty">{t`and ${count(more)} more`}</p>}
    </section>
  );
}

function PartnerLine({ row }: { row: PartnerAlertRow }) {
  const track = row.tracks.find((number) => store.rowOf.has(number));
  return (
    <button
      type="button"
      class="alert-line"
      disabled={track === undefined}
      title={t`Told by ${row.party} under ${row.articles.join(', ')}`}
      onClick={() => track !== undefined && select(track)}
    >
      <Glyph shape={SEVERITY_GLYPH[row.severity ?? 'advisory']} />
      <b class="alert-title">{told(row.title)}</b>
      <span class="alert-when">{row.party}</span>
      <span class="alert-who">{row.tracks.map(nameOf).join(' – ')}</span>
      <span class="alert-state muted num">{partnerWords(row)}</span>
    </button>
  );
}

function Line({ row }: { row: AlertRow }) {
  const open = row.id === alertAt.value;
  const who = row.tracks.map(nameOf).join(' – ');
  const heeded = heededWords(row);
  return (
    <button type="button" class="alert-line" aria-expanded={open} onClick={() => (open ? (alertAt.value = null) : lookAt(row))}>
      <Glyph shape={SEVERITY_GLYPH[row.severity]} />
      <span class="visually-hidden">{SEVERITY_WORDS[row.severity]}: </span>
      <b class="alert-title">{told(row.title)}</b>
      <span class="alert-when num">{whenWords(row, alertsMs.value)}</span>
      <span class="alert-who">
        {who}
        {row.about && <span class="muted">{who ? ' · ' : ''}{row.about}</span>}
      </span>
      {row.facts.length > 0 && <span class="alert-facts num muted">{factLine(row)}</span>}
      {heeded !== '' && <span class="alert-state muted">{heeded}</span>}
    </button>
  );
}

/** Why it fired, and what can be done about it. */
function Why({ row }: { row: AlertRow }) {
  const problem = whyNotAcknowledge(row);
  return (
    <div class="alert-why">
      <table class="alert-fact-table">
        <thead>
          <tr>
            <th scope="col">{t`Input`}</th>
            <th scope="col">{t`Found`}</th>
            <th scope="col">{t`Limit`}</th>
          </tr>
        </thead>
        <tbody>
          {row.facts.map((fact) => (
            <tr key={fact.name}>
              <th scope="row">{told(fact.name)}</th>
              <td class="num">{fact.value}</td>
              <td class="num">{fact.limit ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        {t`Rule`} <code>{row.rule}</code>
        {row.cat004 !== null && <> · {t`CAT004 type ${row.cat004}`}</>} · {t`raised`} <span class="num">{timeZ(row.opened_ms)}</span>
        {row.ended_ms !== null && <> · {t`ended`} <span class="num">{timeZ(row.ended_ms)}</span></>}
      </p>
      {row.incident === null && (
        <button type="button" class="button small" disabled={mayNot('work-incidents') !== null} title={mayNot('work-incidents') ?? ''} onClick={() => beginIncident(row, [])}>
          {t`Open incident`} <kbd>I</kbd>
        </button>
      )}
      {row.state !== 'ended' && (
        <>
          <form class="act-form" onSubmit={(event) => { event.preventDefault(); acknowledge(row); }}>
            <NameField bare id="alert-name" label={t`Your name or position`} placeholder={t`your name`} />
            <button type="submit" class="button small primary" disabled={problem !== null} title={problem ?? t`Acknowledge (A)`}>
              {t`Acknowledge`} <kbd>A</kbd>
            </button>
          </form>
          <Mute row={row} />
        </>
      )}
    </div>
  );
}

const MUTE_MINUTES = [5, 15, 60] as const;

/** Keeps an alert from calling, for a reason and a while; it stays on the list. */
function Mute({ row }: { row: AlertRow }) {
  const reason = useSignal('');
  const minutes = useSignal<number>(MUTE_MINUTES[1]);
  const allOfRule = useSignal(false);
  const by = position.value;
  const off = whyNotAct();
  if (row.muted && row.muted.until_ms > alertsMs.value) {
    return (
      <p class="muted">
        {row.muted.of_rule
          ? t`All of this rule muted by ${row.muted.said.by} until ${timeZ(row.muted.until_ms)}: ${row.muted.said.words}`
          : t`Muted by ${row.muted.said.by} until ${timeZ(row.muted.until_ms)}: ${row.muted.said.words}`}{' '}
        <button type="button" class="button small" disabled={off !== null} title={off ?? ''} onClick={() => act({ type: 'unmute_alert', alert: row.id, by, all_of_rule: row.muted?.of_rule ?? false })}>
          {t`Unmute`}
        </button>
      </p>
    );
  }
  const problem = off ?? (reason.value.trim() === '' ? t`Say why.` : null);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (problem) return;
    act({ type: 'mute_alert', alert: row.id, for_s: minutes.value * 60, reason: reason.value, by, all_of_rule: allOfRule.value });
    reason.value = '';
    allOfRule.value = false;
  };
  return (
    <details>
      <summary>{t`Mute or close`}</summary>
      <form class="act-form" onSubmit={submit}>
        <label class="field">
          <span class="visually-hidden">{t`Why`}</span>
          <input type="text" placeholder={t`why`} maxLength={200} value={reason.value} onInput={(event) => (reason.value = event.currentTarget.value)} />
        </label>
        <label class="field">
          <span class="visually-hidden">{t`For`}</span>
          <select value={String(minutes.value)} onChange={(event) => (minutes.value = Number(event.currentTarget.value))}>
            {MUTE_MINUTES.map((one) => (
              <option key={one} value={String(one)}>
                {one} min
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" checked={allOfRule.value} onChange={(event) => (allOfRule.value = event.currentTarget.checked)} />
          {t`every alert of ${row.rule}`}
        </label>
        <button type="submit" class="button small" disabled={problem !== null} title={problem ?? ''}>
          {t`Mute`}
        </button>
        <button
          type="button"
          class="button small"
          disabled={problem !== null}
          title={problem ?? t`It opens again where its rule still fires`}
          onClick={() => {
            act({ type: 'close_alert', alert: row.id, reason: reason.value, by });
            reason.value = '';
          }}
        >
          {t`Close¦alert`}
        </button>
      </form>
    </details>
  );
}

/** Speaks new warnings and sounds what newly calls, once each; of what is replayed, nothing. */
export function AlertVoice() {
  const words = useSignal('');
  const heard = useSignal<Heard | null>(null);
  useSignalEffect(() => {
    const list = alerts.value;
    if (!list) return;
    // Not subscribed to: when it changes, the list still is of the time that was left.
    const live = hello.peek()?.source === 'live';
    const { heard: now, fresh } = hear(heard.peek(), list, live);
    heard.value = now;
    if (!live) words.value = '';
    const loudness = loudnessOf(prefs.peek());
    const severity = soundOf(fresh, loudness);
    if (severity && prefs.peek().sound) sound(severity, loudness[severity]);
    const said = spokenOf(fresh, nameOf);
    if (said) words.value = said;
  });
  return (
    <div class="visually-hidden" role="alert" aria-live="assertive" id="alert-voice">
      {words}
    </div>
  );
}
