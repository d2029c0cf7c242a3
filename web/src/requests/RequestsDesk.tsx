// The requests desk: who asked, who answered, how soon, what was done; and where people ask, answer
// and say what was done. Nothing is answered but by a person who says who he is.

import { useEffect, useRef } from 'preact/hooks';
import type { RequestRow } from '../generated/wire';
import { Glyph } from '../shell/Glyph';
import { clockMs, hello } from '../shell/state';
import { AskForm, ReplyForms } from './forms';
import { accordShown, closeDesk, desk, openDesk, requests } from './state';
import { PURPOSE_WORDS, askedWords, csv, dueWords, glyphOf, idOf, inOrder, instant, keyOf, silenceWords } from './words';
import { plural, t } from '../language/language';

export function RequestsDesk() {
  const sheet = useRef<HTMLDialogElement>(null);
  const side = useRef<HTMLDivElement>(null);
  const { open, at } = desk.value;
  useEffect(() => {
    const dialog = sheet.current!;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  // What was chosen has the keyboard: at what it asks for, else to be read.
  useEffect(() => {
    if (!open || at === null) return;
    (side.current!.querySelector<HTMLElement>('input:enabled, select:enabled, textarea:enabled') ?? side.current!).focus();
  }, [open, at]);
  const told = requests.value;
  const all = told?.rows ?? [];
  const accords = [...new Set(all.map((row) => row.accord))].sort();
  const rows = inOrder(all).filter((row) => accordShown.value === null || row.accord === accordShown.value);
  const chosen = all.find((row) => keyOf(row) === at);
  return (
    <dialog ref={sheet} class="requests-desk" id="requests-desk" aria-label={t`Requests desk`} onClose={closeDesk}>
      <header class="desk-head">
        <h2>{t`Requests`}</h2>
        {accords.length > 1 && (
          <label class="field">
            {t`Accord`}
            <select value={accordShown.value ?? ''} onChange={(event) => (accordShown.value = event.currentTarget.value || null)}>
              <option value="">{t`all`}</option>
              {accords.map((accord) => (
                <option key={accord} value={accord}>
                  {accord}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" class="button" disabled={!told || told.articles.length === 0} title={told?.articles.length ? '' : t`No article in force lets this party ask`} onClick={() => openDesk('new')}>
          {t`New request`}
        </button>
        <button type="button" class="button" disabled={rows.length === 0} onClick={() => save(rows)}>
          {t`Save as CSV`}
        </button>
        {told && told.dropped > 0 && <span class="muted">{plural(told.dropped, '{n} older one is in the ledger alone', '{n} older ones are in the ledger alone')}</span>}
        <button type="button" class="icon-button push" aria-label={t`Close (Esc)`} onClick={closeDesk}>
          <Glyph shape="close" />
        </button>
      </header>
      <div class="desk-body">
        <div class="desk-table">
          {rows.length === 0 ? <p class="empty">{t`Nobody has asked anything yet.`}</p> : <Table rows={rows} at={at} />}
        </div>
        <div class="desk-side" ref={side} tabIndex={-1}>{at === 'new' && told ? <AskForm articles={told.articles} /> : chosen ? <Detail row={chosen} /> : <p class="empty">{t`Choose a request, or ask something new.`}</p>}</div>
      </div>
    </dialog>
  );
}

function Table({ rows, at }: { rows: RequestRow[]; at: string | null }) {
  return (
    <table>
      <thead>
        <tr>
          <th>{t`Asked`}</th>
          <th>{t`Request`}</th>
          <th>{t`Of whom, how soon answered`}</th>
          <th>{t`Done`}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const due = dueWords(row, clockMs.value);
          return (
            <tr key={keyOf(row)} class={row.to_answer ? 'to-answer' : ''} aria-selected={keyOf(row) === at}>
              <td class="num">
                <b>{row.asker}</b>
                <br />
                {instant(row.raised_ms, clockMs.value)}
              </td>
              <td>
                <button type="button" class="choose" onClick={() => openDesk(keyOf(row))}>
                  {PURPOSE_WORDS[row.purpose]}: {row.text}
                </button>
                <br />
                <span class="muted">
                  {t`${row.accord} article ${row.article}`}
                  {row.incident && `, ${row.incident}`}
                </span>
                <br />
                <span class={`due num tone-${due.tone}`}>{due.words}</span>
              </td>
              <td>
                <Asked row={row} />
              </td>
              <td class="wrap">{row.reports.map((report) => `${report.party}: ${report.said.words}`).join('; ') || '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Asked({ row }: { row: RequestRow }) {
  return (
    <ul class="asked-list">
      {row.asked.map((asked) => (
        <li key={asked.party} class={`state-${asked.state}`}>
          <Glyph shape={glyphOf(asked)} />
          <b>{asked.party}</b>
          <span class="num">{askedWords(asked, row, clockMs.value)}</span>
        </li>
      ))}
    </ul>
  );
}

function Detail({ row }: { row: RequestRow }) {
  const due = dueWords(row, clockMs.value);
  return (
    <>
      <h3>
        {t`${row.asker} asks ${row.asked.map((asked) => asked.party).join(', ')} for ${PURPOSE_WORDS[row.purpose]}`}
      </h3>
      <blockquote>{row.text}</blockquote>
      <p class="muted">
        {`${idOf(row)}: ${row.by}, ${row.asker}, ${instant(row.raised_ms, clockMs.value)}; ${t`${row.accord} article ${row.article}`}`}
        {row.incident && `; ${t`concerns ${row.incident}`}`}
      </p>
      <p class={`due num tone-${due.tone}`}>{due.words}</p>
      {row.withdrawn && (
        <p>
          {t`Withdrawn by ${row.withdrawn.by}: ${row.withdrawn.words}`}
        </p>
      )}
      <h3>{t`Answers`}</h3>
      {row.asked.map((asked) => (
        <div key={asked.party}>
          <ul class="asked-list">
            <li class={`state-${asked.state}`}>
              <Glyph shape={glyphOf(asked)} />
              <b>{asked.party}</b>
              <span class="num">{askedWords(asked, row, clockMs.value)}</span>
            </li>
          </ul>
          {asked.answers.map((answer) => (
            <blockquote key={answer.said.at_ms}>
              {answer.said.words || answer.answer}
              <br />
              <span class="muted">
                {answer.said.by}, {instant(answer.said.at_ms, clockMs.value)}
              </span>
            </blockquote>
          ))}
          {asked.silence_recorded_by.length > 0 && <p class="muted">{silenceWords(asked)}</p>}
        </div>
      ))}
      {row.reports.length > 0 && <h3>{t`Done`}</h3>}
      {row.reports.map((report) => (
        <blockquote key={`${report.party} ${report.said.at_ms}`}>
          {report.said.words}
          <br />
          <span class="muted">
            {report.said.by}, {report.party}, {instant(report.said.at_ms, clockMs.value)}
          </span>
        </blockquote>
      ))}
      <p class="muted">{t`Known to ${row.audience.join(', ')}`}</p>
      {row.contradicted.length > 0 && <p class="due tone-warning">{t`${row.contradicted.join(', ')} told different things under one name: compare the ledgers.`}</p>}
      <ReplyForms key={keyOf(row)} row={row} own={hello.value?.party ?? ''} />
    </>
  );
}

function save(rows: readonly RequestRow[]): void {
  const url = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `requests-${new Date(clockMs.value).toISOString().slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
