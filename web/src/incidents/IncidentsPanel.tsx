// What people do about alerts: incidents in a list, and everything of the one that is looked at.

import { useSignal, useSignalEffect } from '@preact/signals';
import type { IncidentArticle, IncidentDetail, IncidentKind, IncidentName, IncidentOutcome, IncidentRow } from '../generated/wire';
import { alertShown } from '../alerts/state';
import { Download } from '../people/Download';
import { NameField } from '../people/Name';
import { mayNot } from '../people/state';
import { position } from '../requests/state';
import { timeZ } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { clockMs, hello, seenAs, select, selected } from '../shell/state';
import { trackNumber } from '../tracks/ident';
import { beginIncident, deed, draft, incidentAt, incidents, incidentShown, openDraft, self, whyNot } from './state';
import { ANSWER_MINUTES, asks, KIND_WORDS, nameWords, OUTCOME_WORDS, sameName, spokenOf, stateWords, toldWords } from './words';
import { t, told } from '../language/language';

export function IncidentsPanel() {
  const book = incidents.value;
  if (!book || seenAs.value !== null) return null;
  return (
    <section class="requests incidents" id="incidents" aria-label={t`Incidents`}>
      <header class="panel-head">
        <h2>{t`Incidents`}</h2>
        <span class="panel-note num">{book.open === 0 ? t`none open here` : t`${book.open} open here`}</span>
        <button
          type="button"
          class="button small push"
          id="incident-new"
          disabled={mayNot('work-incidents') !== null}
          title={mayNot('work-incidents') ?? ''}
          onClick={() => beginIncident(null, selected.value === null ? [] : [selected.value])}
        >
          {t`New`}
        </button>
      </header>
      {book.lost !== null && (
        <p class="notice-line caution">
          <Glyph shape="diamond" /> {book.lost}
        </p>
      )}
      {draft.value && <NewIncident />}
      <ul class="incident-list">
        {book.rows.map((row) => (
          <li key={nameWords(row.name)}>
            <Line row={row} />
            {sameName(row.name, incidentAt.value) && incidentShown.value && <Detail detail={incidentShown.value} articles={book.articles} />}
          </li>
        ))}
      </ul>
      {book.total > book.rows.length && <p class="empty">{t`and ${book.total - book.rows.length} more`}</p>}
    </section>
  );
}

function Line({ row }: { row: IncidentRow }) {
  const open = sameName(row.name, incidentAt.value);
  const { words, tone } = stateWords(row, clockMs.value);
  return (
    <button type="button" class="request-line incident-line" aria-expanded={open} onClick={() => (incidentAt.value = open ? null : row.name)}>
      <b class="num">{nameWords(row.name)}</b> <span class="muted">{KIND_WORDS[row.kind]}</span>
      <span class="request-text">{row.title || t`no title was told`}</span>
      <span class={`incident-state num tone-${tone}`}>
        {tone !== 'muted' && <Glyph shape={tone === 'warning' ? 'triangle' : 'diamond'} />} {words}
      </span>
    </button>
  );
}

/** Who acts; the same at every form. */
function Who({ id }: { id: string }) {
  return <NameField bare id={id} label={t`Your name, and your position in brackets`} placeholder={t`your name (position)`} />;
}

function NewIncident() {
  const drafted = draft.value;
  if (!drafted) return null;
  const missing = drafted.title.trim() === '' ? t`Say what it is about.` : whyNot.value;
  const submit = (event: Event): void => {
    event.preventDefault();
    openDraft();
  };
  const about = [...drafted.alerts.map((alert) => t`alert ${alert}`), ...drafted.tracks.map(trackNumber)];
  return (
    <form class="incident-form" id="incident-form" aria-label={t`New incident`} onSubmit={submit}>
      <label class="field">
        <span>{t`Kind`}</span>
        <select value={drafted.kind} onChange={(event) => (draft.value = { ...drafted, kind: event.currentTarget.value as IncidentKind })}>
          {(Object.keys(KIND_WORDS) as IncidentKind[]).map((kind) => (
            <option key={kind} value={kind}>
              {KIND_WORDS[kind]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t`About`}</span>
        <input type="text" id="incident-title" maxLength={110} value={drafted.title} onInput={(event) => (draft.value = { ...drafted, title: event.currentTarget.value })} />
      </label>
      {about.length > 0 && <p class="muted num">{t`with ${about.join(', ')}`}</p>}
      <Who id="incident-by" />
      <button type="submit" class="button small primary" disabled={missing !== null} title={missing ?? ''}>
        {t`Open incident`}
      </button>
      <button type="button" class="button small" onClick={() => (draft.value = null)}>
        {t`Cancel`}
      </button>
    </form>
  );
}

function Detail({ detail, articles }: { detail: IncidentDetail; articles: IncidentArticle[] }) {
  const { row } = detail;
  const { name } = row;
  return (
    <div class="incident-detail">
      {row.tracks.length > 0 && <Tracks row={row} />}
      {row.alerts.length > 0 && <Attached row={row} />}
      {worked(row) && <Attach row={row} />}
      <Who id="incident-who" />
      {detail.steps.length > 0 && <Steps detail={detail} />}
      <Tell detail={detail} articles={articles} />
      <AddNote name={name} />
      <Reasoned detail={detail} />
      {detail.told.length > 0 && (
        <ul class="incident-told num">
          {detail.told.map((told, i) => (
            <li key={i}>
              {told.party} <span class="muted">{told.article}</span>
              {told.known_as !== null && !sameName(told.known_as, name) && ` (${t`known there as ${nameWords(told.known_as)}`})`}: {toldWords(told)}
            </li>
          ))}
        </ul>
      )}
      <p>
        <Download
          act="take-incident"
          href={`api/v1/incidents/${name.node}/INC-${String(name.number).padStart(4, '0')}.zip?by=${encodeURIComponent(position.value.trim() || 'unnamed')}`}
          words={t`Take away as a zip`}
        />
      </p>
      <details>
        <summary>{t`Log`}</summary>
        <ol class="incident-log num" reversed>
          {[...detail.log].reverse().map((entry) => (
            <li key={entry.sequence} value={entry.sequence}>
              {timeZ(entry.at_ms)} <b>{entry.by}</b> <span lang="en">{entry.words}</span>
              {entry.why !== '' && <span class="muted"> · {entry.why}</span>}
              {entry.shareable && <span class="muted"> · {t`for partners`}</span>}
            </li>
          ))}
        </ol>
        <p class="muted num">{t`Head ${detail.head.slice(0, 16)}…`}</p>
      </details>
    </div>
  );
}

/** Whether it is worked on here. */
const worked = (row: IncidentRow): boolean => row.held_here && row.closed === null;

/** Tracks that it is about; each can be taken out. */
function Tracks({ row }: { row: IncidentRow }) {
  const why = whyNot.value;
  return (
    <ul class="incident-alerts num" aria-label={t`Tracks of this incident`}>
      {row.tracks.map(({ label, number }) => {
        const shown = label.startsWith('TN ') && number !== null ? trackNumber(number) : label;
        return (
          <li key={label}>
            <button type="button" class="button small" disabled={number === null} title={number === null ? t`Not in the picture now` : ''} onClick={() => select(number)}>
              {shown}
            </button>{' '}
            {worked(row) && (
              <button
                type="button"
                class="button small"
                disabled={why !== null}
                title={why ?? t`It does not belong to this incident`}
                aria-label={t`Detach ${shown}`}
                onClick={() => deed(row.name, { type: 'detach_tracks', labels: [label] })}
              >
                {t`Detach`}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Puts the alert that is looked at, and the selected track, into it. */
function Attach({ row }: { row: IncidentRow }) {
  const alert = alertShown.value !== null && !row.alerts.includes(alertShown.value.id) ? alertShown.value : null;
  const track = selected.value !== null && !row.tracks.some(({ number }) => number === selected.value) ? selected.value : null;
  if (alert === null && track === null) return <p class="muted">{t`Choose an alert or a track to attach it here.`}</p>;
  const why = whyNot.value;
  return (
    <p class="num">
      {alert && (
        <button type="button" class="button small" disabled={why !== null} title={why ?? told(alert.title)} onClick={() => deed(row.name, { type: 'attach_alerts', alerts: [alert.id] })}>
          {t`Attach alert ${alert.id}`}
        </button>
      )}{' '}
      {track !== null && (
        <button type="button" class="button small" disabled={why !== null} title={why ?? ''} onClick={() => deed(row.name, { type: 'attach_tracks', tracks: [track] })}>
          {t`Attach ${trackNumber(track)}`}
        </button>
      )}
    </p>
  );
}

/** Alerts that belong to it; each can be taken out. */
function Attached({ row }: { row: IncidentRow }) {
  const mine = worked(row);
  const why = whyNot.value;
  return (
    <ul class="incident-alerts num" aria-label={t`Alerts of this incident`}>
      {row.alerts.map((alert) => (
        <li key={alert}>
          {t`alert ${alert}`}{' '}
          {mine && (
            <button
              type="button"
              class="button small"
              disabled={why !== null}
              title={why ?? t`It does not belong to this incident`}
              aria-label={t`Detach ${t`alert ${alert}`}`}
              onClick={() => deed(row.name, { type: 'detach_alerts', alerts: [alert] })}
            >
              {t`Detach`}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Steps({ detail }: { detail: IncidentDetail }) {
  const mine = worked(detail.row);
  const why = whyNot.value;
  return (
    <ol class="incident-steps">
      {detail.steps.map((step, i) => (
        <li key={i}>
          <label title={mine ? (why ?? '') : ''}>
            <input
              type="checkbox"
              checked={step.done_by !== null}
              disabled={!mine || why !== null}
              onChange={() => deed(detail.row.name, { type: 'tick', step: i, done: step.done_by === null })}
            />{' '}
            {step.text}
            {step.article !== null && <span class="muted"> {step.article}</span>}
            {step.done_by !== null && (
              <span class="muted num">
                {' '}
                {step.done_by} {timeZ(step.done_ms ?? 0)}
              </span>
            )}
          </label>
        </li>
      ))}
    </ol>
  );
}

function AddNote({ name }: { name: IncidentName }) {
  const text = useSignal('');
  const shareable = useSignal(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.value.trim() === '' || whyNot.value) return;
    deed(name, { type: 'note', text: text.value, shareable: shareable.value });
    text.value = '';
  };
  return (
    <form class="act-form" onSubmit={submit}>
      <label class="field">
        <span class="visually-hidden">{t`Note`}</span>
        <input type="text" placeholder={t`note`} maxLength={1000} value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
      </label>
      <label>
        <input type="checkbox" checked={shareable.value} disabled={mayNot('hand-over') !== null} title={mayNot('hand-over') ?? ''} onChange={(event) => (shareable.value = event.currentTarget.checked)} /> {t`for partners`}
      </label>
      <button type="submit" class="button small" disabled={text.value.trim() === '' || whyNot.value !== null} title={whyNot.value ?? ''}>
        {t`Add`}
      </button>
    </form>
  );
}

/** To partners: shared, or offered; only whom an article in force names. */
function Tell({ detail, articles }: { detail: IncidentDetail; articles: IncidentArticle[] }) {
  const { row } = detail;
  const choices = articles.flatMap((article) => article.parties.map((party) => ({ party, article })));
  const chosen = useSignal(0);
  const minutes = useSignal<number>(ANSWER_MINUTES[0]);
  if (!row.held_here || row.offer !== null || choices.length === 0) return null;
  const choice = choices[Math.min(chosen.value, choices.length - 1)];
  if (!choice) return null;
  const to = { to: choice.party, accord: choice.article.accord, article: choice.article.article };
  const off = mayNot('hand-over') ?? whyNot.value;
  return (
    <form class="act-form" onSubmit={(event) => event.preventDefault()}>
      <label class="field">
        <span class="visually-hidden">{t`Partner and article`}</span>
        <select value={String(chosen.value)} onChange={(event) => (chosen.value = Number(event.currentTarget.value))}>
          {choices.map(({ party, article }, i) => (
            <option key={i} value={String(i)}>
              {party} · {article.accord} {article.article}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="button small" disabled={off !== null} title={off ?? ''} onClick={() => deed(row.name, { type: 'share', ...to })}>
        {t`Tell`}
      </button>
      {row.closed === null && (
        <label class="field">
          <span class="visually-hidden">{t`An answer counts for`}</span>
          <select value={String(minutes.value)} onChange={(event) => (minutes.value = Number(event.currentTarget.value))}>
            {ANSWER_MINUTES.map((one) => (
              <option key={one} value={String(one)}>
                {t`answer within ${one} min`}
              </option>
            ))}
          </select>
        </label>
      )}
      <button
        type="button"
        class="button small"
        hidden={row.closed !== null}
        disabled={off !== null}
        title={off ?? t`Without an answer within ${minutes.value} min you are told to look at it`}
        onClick={() => deed(row.name, { type: 'offer', ...to, answer_within_s: minutes.value * 60 })}
      >
        {t`Ask to take it`}
      </button>
    </form>
  );
}

/** What ends something: each where it can be done, with a reason where it needs one. */
function Reasoned({ detail }: { detail: IncidentDetail }) {
  const { row } = detail;
  const why = useSignal('');
  const outcome = useSignal<IncidentOutcome>('identified');
  const off = whyNot.value;
  const handing = mayNot('hand-over') ?? off;
  const unsaid = why.value.trim() === '' ? t`Say why.` : null;
  const bare = off ?? unsaid;
  const outcomes = incidents.value?.outcomes ?? [];
  const closing = outcomes.find((one) => one.outcome === outcome.value)?.needs_reason ? bare : off;
  const done = (what: Parameters<typeof deed>[1]): void => {
    deed(row.name, what, why.value);
    why.value = '';
  };
  const mine = row.held_here && row.closed === null;
  const button = (words: string, what: Parameters<typeof deed>[1], problem: string | null, primary = false) => (
    <button type="button" class={`button small ${primary ? 'primary' : ''}`} disabled={problem !== null} title={problem ?? ''} onClick={() => done(what)}>
      {words}
    </button>
  );
  return (
    <div class="act-form">
      <label class="field">
        <span class="visually-hidden">{t`Why`}</span>
        <input type="text" placeholder={t`why`} maxLength={200} value={why.value} onInput={(event) => (why.value = event.currentTarget.value)} />
      </label>
      {row.incoming && row.accepted_by === null && button(t`Accept`, { type: 'accept' }, handing, true)}
      {row.incoming && row.accepted_by === null && button(t`Refuse`, { type: 'refuse' }, handing ?? unsaid)}
      {row.unseen && button(t`Seen`, { type: 'see' }, off)}
      {row.escalated && button(t`I look at it`, { type: 'heed' }, off)}
      {row.offer && button(t`Take the offer back`, { type: 'withdraw' }, handing ?? unsaid)}
      {mine && row.owner !== position.value.trim() && button(t`Take it myself`, { type: 'transfer', to: self.value }, bare)}
      {mine && !row.offer && (
        <>
          <label class="field">
            <span class="visually-hidden">{t`Outcome`}</span>
            <select value={outcome.value} onChange={(event) => (outcome.value = event.currentTarget.value as IncidentOutcome)}>
              {outcomes.map(({ outcome: one }) => (
                <option key={one} value={one}>
                  {OUTCOME_WORDS[one]}
                </option>
              ))}
            </select>
          </label>
          {button(t`Close¦incident`, { type: 'close', outcome: outcome.value }, closing)}
        </>
      )}
      {row.held_here && row.closed !== null && button(t`Reopen`, { type: 'reopen' }, bare)}
      {row.closed !== null && row.incoming === null && button(t`Put away`, { type: 'put_away' }, bare)}
    </div>
  );
}

/** Speaks what newly asks for somebody. */
export function IncidentVoice() {
  const words = useSignal('');
  const heard = useSignal<ReadonlyMap<string, string> | null>(null);
  useSignalEffect(() => {
    const told = incidents.value;
    if (!told) return;
    // What is replayed asks nobody now.
    if (hello.peek()?.source !== 'live') {
      heard.value = null;
      words.value = '';
      return;
    }
    const said = spokenOf(heard.peek(), told.rows);
    heard.value = new Map(told.rows.map((row) => [nameWords(row.name), asks(row)]));
    if (said) words.value = said;
  });
  return (
    <div class="visually-hidden" role="status" aria-live="polite" id="incident-voice">
      {words}
    </div>
  );
}
