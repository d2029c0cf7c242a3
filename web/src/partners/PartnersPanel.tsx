// Each partner: its link, what it tells, what it is told and by which article; the accords' lives.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { AccordRow, PartnerRow, RuleCount, TermRow } from '../generated/wire';
import { Glyph } from '../shell/Glyph';
import { count } from '../shell/format';
import { Download } from '../people/Download';
import { NameField } from '../people/Name';
import { mayNot } from '../people/state';
import { act, position } from '../requests/state';
import { clockMs, hello, partners, seeAs, seenAs } from '../shell/state';
import { AccordChanges } from './AccordChanges';
import { PartnerPairs } from './Pairs';
import { openRehearsal } from './rehearsal';
import { droppedWords, eventLine, life, linkWords, otherTexts, ownSuspensions, plotsWords, suspendedWords, termLine, textWords, waitingWords } from './words';
import { t, told } from '../language/language';

export function PartnersPanel() {
  const told = partners.value;
  if (!told) return null;
  // A text may wait for approval before there is any partner to speak of.
  if (told.rows.length === 0) return <AccordChanges />;
  return (
    <section class="partners" id="partners" aria-label={t`Partners`}>
      <header class="panel-head">
        <h2>{t`Partners`}</h2>
        <span class="panel-note num">{t`${told.rows.filter((row) => row.link === 'up').length} linked`}</span>
      </header>
      <AccordChanges />
      <ul class="partner-list">
        {told.rows.map((row, i) => (
          <Partner key={row.party} row={row} digit={i + 1} accords={told.accords.filter((a) => a.parties.includes(row.party))} />
        ))}
      </ul>
    </section>
  );
}

function Partner({ row, digit, accords }: { row: PartnerRow; digit: number; accords: AccordRow[] }) {
  const open = useSignal(false);
  const link = linkWords(row);
  const waiting = waitingWords(row);
  const seen = seenAs.value === row.party;
  const own = hello.value?.party ?? '';
  return (
    <li class={`partner tone-${link.tone}`}>
      <div class="partner-head">
        <Glyph shape={link.glyph} class="sensor-glyph" />
        <button type="button" class="partner-name" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          {row.party} <Glyph shape={open.value ? 'up' : 'down'} class="sensor-chevron" />
        </button>
        <span class="num muted">{link.words}</span>
        <button
          type="button"
          class="button small push"
          aria-pressed={seen}
          title={t`See what ${row.party} is sent (Alt+${digit})`}
          onClick={() => seeAs(seen ? null : row.party)}
        >
          {t`See as`}
        </button>
      </div>
      <p class="partner-flow num">
        {t`they send`} <b>{count(row.they_send)}</b> · {t`we send`} <b>{count(row.we_send)}</b>
        {waiting && <> · {waiting}</>}
      </p>
      {[...suspendedWords(row), ...ownSuspensions(row.party, own, accords), ...otherTexts(row.party, accords), ...droppedWords(row)].map((words) => (
        <p class="partner-note num" key={words}>
          {words}
        </p>
      ))}
      {row.note && <p class="partner-note">{row.note}</p>}
      {plotsWords(row).map((words) => (
        <p class="partner-flow num" key={words}>
          {words}
        </p>
      ))}
      {row.refused > 0 && <p class="partner-note">{t`refused ${count(row.refused)} of what it sent`}</p>}
      {row.turned_away > 0 && (
        <p class="partner-note">
          {t`turned away ${count(row.turned_away)} in its name: ${row.turned_away_for}`}
        </p>
      )}
      {open.value && (
        <>
          <PartnerPairs party={row.party} />
          <Terms terms={row.terms} />
          <Rules title={t`Released`} mark="✓" rules={row.released} none={t`nothing is released`} />
          <Rules title={t`Withheld`} mark="✕" rules={row.withheld} none={t`nothing is withheld`} />
          {accords.map((accord) => (
            <Accord key={accord.id} accord={accord} />
          ))}
          {accords.length === 0 && <p class="empty">{t`No accord with ${row.party}.`}</p>}
          {(row.link !== 'waiting' || row.queued !== null) && (
            <Download
              act="take-ledger"
              href={`api/v1/ledger/${row.party}.tar.gz`}
              words={t`Ledger proof`}
              title={t`All that a verifier needs of what was sent to ${row.party} and came from it: the log and both parties' public keys`}
            />
          )}
        </>
      )}
    </li>
  );
}

/** What holds now: each article that lets something out, and each caveat of ours. */
function Terms({ terms }: { terms: readonly TermRow[] }) {
  return (
    <>
      <h3>{t`In force`}</h3>
      {terms.length === 0 && <p class="empty">{t`no article in force lets anything out`}</p>}
      <ul class="rules">
        {terms.map((term) => (
          <li key={termLine(term)}>
            <span aria-hidden="true">{term.lets_out === null ? '✕' : '§'}</span> <span class="wrap">{termLine(term)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Rules({ title, mark, rules, none }: { title: string; mark: string; rules: RuleCount[]; none: string }) {
  return (
    <>
      <h3>{title}</h3>
      {rules.length === 0 && <p class="empty">{none}</p>}
      <ul class="rules">
        {rules.map((rule) => (
          <li key={rule.rule}>
            <span aria-hidden="true">{mark}</span> <span class="wrap">{rule.rule}</span>
            <b class="num push">{count(rule.count)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

function Accord({ accord }: { accord: AccordRow }) {
  return (
    <div class={`accord ${accord.releases ? '' : 'closed'}`}>
      <h3>{accord.id}</h3>
      <p class="accord-title">{accord.title}</p>
      <p class="accord-status">
        <Glyph shape={accord.releases ? 'dot' : 'ring'} /> {told(accord.status)}
      </p>
      {textWords(accord).map(({ words, same }) => (
        <p key={words} class={`accord-status ${same ? '' : 'caution'}`}>
          <Glyph shape={same ? 'dot' : 'diamond'} /> {words}
        </p>
      ))}
      <LifeLine accord={accord} />
      <Suspension accord={accord} />
      <button
        type="button"
        class="button small"
        disabled={mayNot('rehearse') !== null}
        title={mayNot('rehearse') ?? t`What another text would have told of the last minutes`}
        onClick={() => void openRehearsal(accord.id)}
      >
        {t`Rehearse a change…`}
      </button>
      <ol class="accord-events">
        {accord.timeline.map((event) => {
          const line = eventLine(event, clockMs.value);
          return (
            <li key={`${line.date} ${line.what}`} class={line.toCome ? 'to-come' : ''}>
              <span class="num">{line.date}</span> {line.what}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** The accord's life on one line: where it holds, where it was suspended, what is still to come. */
function LifeLine({ accord }: { accord: AccordRow }) {
  const line = life(accord.timeline, clockMs.value);
  if (!line) return null;
  const x = (at: number): number => 6 + at * 272;
  return (
    <svg class="life" viewBox="0 0 284 22" role="img" aria-label={t`Life of ${accord.id}: ${told(accord.status)}`}>
      <path class="life-base" d="M6 11H278" />
      {line.force.map(([from, to]) => (
        <path key={from} class="life-force" d={`M${x(from)} 11H${x(to)}`} />
      ))}
      {line.suspended.map(([from, to]) => (
        <path key={from} class="life-suspended" d={`M${x(from)} 11H${Math.max(x(to), x(from) + 2)}`} />
      ))}
      {line.marks.map((mark, i) => (
        <path key={i} class={`life-mark mark-${mark.mark} ${mark.toCome ? 'to-come' : ''}`} d={mark.mark === 'notice' ? `M${x(mark.at)} 5l4 6l-4 6l-4-6z` : `M${x(mark.at)} 5v12`}>
          <title>{mark.title}</title>
        </path>
      ))}
      <path class="life-now" d={`M${x(line.now)} 1v20`}>
        <title>{t`now`}</title>
      </path>
    </svg>
  );
}

/** Suspending is this party's own to say, at once and with a name; so is taking that back. What stands towards some may be said towards others too. */
function Suspension({ accord }: { accord: AccordRow }) {
  const own = hello.value?.party ?? '';
  if (!accord.parties.includes(own)) return null;
  const stands = accord.parties.filter((party) => party !== own && ownSuspensions(party, own, [accord]).length > 0);
  const left = accord.parties.filter((party) => party !== own && !stands.includes(party));
  return <Standing accord={accord} stands={stands.length > 0} left={left} />;
}

function Standing({ accord, stands, left }: { accord: AccordRow; stands: boolean; left: string[] }) {
  const here = useRef<HTMLDivElement>(null);
  const saidHere = useRef(false);
  const said = (): void => {
    saidHere.current = true;
  };
  const leaves = left.length > 0;
  // The form that was used may be gone: the keyboard stays at what one may say next.
  useLayoutEffect(() => {
    if (saidHere.current && document.activeElement === document.body) here.current?.querySelector('summary')?.focus();
    saidHere.current = false;
  }, [stands, leaves]);
  return (
    <div class="suspensions" ref={here}>
      {stands && <Resume accord={accord} said={said} />}
      {leaves && <Suspend accord={accord} left={left} said={said} />}
    </div>
  );
}

function Resume({ accord, said }: { accord: AccordRow; said: () => void }) {
  const by = position.value;
  const problem = mayNot('resume') ?? (by.trim() === '' ? t`Say who you are.` : accord.resume_by === by ? t`You have said so; a second person has to.` : null);
  return (
    <details class="suspension">
      <summary>{t`Resume…`}</summary>
      <form
        class="desk-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem) return;
          act({ type: 'resume', accord: accord.id, by });
          said();
        }}
      >
        {accord.resume_by !== undefined && (
          <p>
            <Glyph shape="diamond" /> {t`${accord.resume_by} wants to resume it; a second person has to say so too.`}
          </p>
        )}
        <NameField label={t`Your name or position`} />
        <div class="buttons">
          <button type="submit" class="button primary" disabled={problem !== null} title={problem ?? ''}>
            {t`Resume ${accord.id} now`}
          </button>
        </div>
      </form>
    </details>
  );
}

/** Towards one of those whom no suspension of ours keeps out yet, or towards all. */
function Suspend({ accord, left, said }: { accord: AccordRow; left: string[]; said: () => void }) {
  const reason = useSignal('');
  const towards = useSignal('');
  const by = position.value;
  const problem = mayNot('suspend') ?? (by.trim() === '' ? t`Say who you are.` : null);
  return (
    <details class="suspension">
      <summary>{t`Suspend…`}</summary>
      <form
        class="desk-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem) return;
          act({ type: 'suspend', accord: accord.id, by, reason: reason.value, ...(towards.value === '' ? {} : { towards: towards.value }) });
          said();
          reason.value = '';
          towards.value = '';
          // Or a second click, meant for none, would say it towards all.
          const form = event.currentTarget.closest('details');
          if (form) form.open = false;
          form?.querySelector('summary')?.focus();
        }}
      >
        <NameField label={t`Your name or position`} />
        {accord.parties.length > 2 && (
          <label>
            {t`Towards`}
            <select value={towards.value} onChange={(event) => (towards.value = event.currentTarget.value)}>
              <option value="">{t`all other parties`}</option>
              {left.map((party) => (
                <option key={party} value={party}>
                  {party}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {t`Why`}
          <input type="text" maxLength={500} value={reason.value} onInput={(event) => (reason.value = event.currentTarget.value)} />
        </label>
        <div class="buttons">
          <button type="submit" class="button primary" disabled={problem !== null} title={problem ?? ''}>
            {t`Suspend ${accord.id} now`}
          </button>
        </div>
      </form>
    </details>
  );
}
