// Of the selected track: what it is, who says so, what counts for and against, what waits.

import type { TrackDescription, TrackIdentity, WaitingRow } from '../generated/wire';
import { useSignal } from '@preact/signals';
import { SignedName } from '../people/Name';
import { mayNot, nameOr, person } from '../people/state';
import { act, position } from '../requests/state';
import { timeZ } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { clockMs, seenAs, selectedDetail } from '../shell/state';
import { IDENTITY_WORDS } from '../tracks/identity';
import { openDialog } from './state';
import { changeWords, confirmProblem, freshnessWords, proposalWords, reviewWords, sayerWords, sentWords, waitingWords, weightWords } from './words';
import { t } from '../language/language';

/** Changes shown before the rest is asked for. */
const CHANGES_SHOWN = 3;

/** A button of this section, greyed with the reason where whoever sits here may not. */
function Act({ words, act, keys, onClick }: { words: string; act: 'identify' | 'report'; keys?: string; onClick: () => void }) {
  const off = mayNot(act);
  return (
    <button type="button" class="button small" disabled={off !== null} title={off ?? ''} onClick={onClick}>
      {words}
      {keys && (
        <>
          {' '}
          <kbd>{keys}</kbd>
        </>
      )}
    </button>
  );
}

export function IdentitySection({ number, description }: { number: number; description: TrackDescription | null }) {
  const who = selectedDetail.value?.who;
  if (!who || seenAs.value !== null) return null;
  return (
    <section class="identity" id="identity" aria-label={t`Identity`}>
      <h3>{t`Identity`}</h3>
      <Current who={who} number={number} />
      {who.waiting && <Waiting row={who.waiting} />}
      {who.proposals.map((row) => {
        const { party, identity } = row;
        return (
        <div key={`${party} ${identity}`} class="identity-proposal" role="group" aria-label={t`${party} proposes`}>
          <p>
            <Glyph shape="diamond" /> {proposalWords(row)}
            {row.at_ms !== null && <span class="muted num"> {timeZ(row.at_ms)}</span>}
          </p>
          {row.why !== '' && <blockquote>{row.why}</blockquote>}
          <Act words={t`Accept`} act="identify" onClick={() => openDialog(number, { kind: 'answer', party, identity, answer: 'accept' })} />
          <Act words={t`Refuse`} act="identify" onClick={() => openDialog(number, { kind: 'answer', party, identity, answer: 'refuse' })} />
        </div>
        );
      })}
      {who.sent.map((row) => (
        <p key={row.at_ms} class="identity-sent">
          {t`${IDENTITY_WORDS[row.identity]} proposed to ${row.party} by ${row.by}`} <span class="muted num">{timeZ(row.at_ms)}</span>: {sentWords(row)}
        </p>
      ))}
      <Evidence who={who} />
      <div class="identity-acts">
        <Act words={t`Set identity`} act="identify" keys="D" onClick={() => openDialog(number)} />
        <Act words={t`Report`} act="report" onClick={() => openDialog(number, { kind: 'report' })} />
        {who.propose_to !== null && (
          <Act words={t`Propose to ${who.propose_to}`} act="identify" onClick={() => openDialog(number, { kind: 'propose', party: who.propose_to! })} />
        )}
        {who.decided && (
          <Act words={t`Withdraw`} act="identify" onClick={() => openDialog(number, { kind: 'withdraw', word: 'decided', identity: who.identity })} />
        )}
      </div>
      {!who.ours && description?.owner && <p class="muted">{t`${description.owner} owns this track: what is set here is our word to it.`}</p>}
      <History who={who} />
    </section>
  );
}

function Current({ who, number }: { who: TrackIdentity; number: number }) {
  const { decided } = who;
  return (
    <>
      <p class="identity-now">
        <b>{IDENTITY_WORDS[who.identity]}</b>{t`, says ${sayerWords(who)}`}
      </p>
      {decided && (
        <>
          <blockquote>{decided.why}</blockquote>
          <p class={decided.review_due ? 'identity-due num' : 'muted num'}>
            {t`since ${timeZ(decided.at_ms)}, ${reviewWords(decided, clockMs.value)}`}
            {decided.review_due && (
              <>
                {' '}
                <Act words={t`It still holds…`} act="identify" onClick={() => openDialog(number)} />
              </>
            )}
          </p>
          {who.machine !== who.identity && <p class="muted">{t`the machine would say ${IDENTITY_WORDS[who.machine]}`}</p>}
        </>
      )}
    </>
  );
}

/** A first person's word, and the field for the second. */
export function Waiting({ row }: { row: WaitingRow }) {
  const name = useSignal('');
  const by = nameOr(name.value);
  const problem = mayNot('identify') ?? confirmProblem(row, by);
  const confirm = (event: Event): void => {
    event.preventDefault();
    if (problem) return;
    act({ type: 'confirm_identity', number: row.number, identity: row.identity, by });
    position.value = by;
    name.value = '';
  };
  return (
    <div class="identity-waiting" role="group" aria-label={t`Waits for a second person`}>
      <p class="num">
        <Glyph shape="diamond" /> {waitingWords(row, clockMs.value)}
      </p>
      <blockquote>{row.why}</blockquote>
      <form onSubmit={confirm}>
        {person.value ? (
          <SignedName />
        ) : (
          <label class="field">
            <span class="visually-hidden">{t`Your name, as the second person`}</span>
            <input type="text" placeholder={t`second person's name`} maxLength={80} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
          </label>
        )}
        <button type="submit" class="button small primary" disabled={problem !== null} title={problem ?? ''}>
          {t`Confirm`}
        </button>
        <Act words={t`Take back`} act="identify" onClick={() => openDialog(row.number, { kind: 'withdraw', word: 'waiting', identity: row.identity })} />
      </form>
      {problem && by.trim() !== '' && <p class="identity-due">{problem}</p>}
    </div>
  );
}

function Evidence({ who }: { who: TrackIdentity }) {
  if (who.evidence.length === 0) return <p class="muted">{t`It tells nothing of itself.`}</p>;
  return (
    <table class="sources evidence">
      <thead>
        <tr>
          <th scope="col">{t`Evidence`}</th>
          <th scope="col">{t`Counts`}</th>
        </tr>
      </thead>
      <tbody>
        {who.evidence.map((row) => (
          <tr key={`${row.kind} ${row.words}`}>
            <td class="wrap">
              {row.words}
              <small class="muted"> {freshnessWords(row)}</small>
            </td>
            <td class="num wrap">{weightWords(row)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function History({ who }: { who: TrackIdentity }) {
  const first = who.history.slice(0, CHANGES_SHOWN);
  const rest = who.history.slice(CHANGES_SHOWN);
  if (first.length === 0) return null;
  const lines = (rows: typeof first) => (
    <ol class="identity-history">
      {rows.map((row) => (
        <li key={`${row.at_ms} ${row.what}`}>
          <span class="num muted">{timeZ(row.at_ms)}</span> {changeWords(row)}
          <br />
          <span class="muted">{row.why}</span>
        </li>
      ))}
    </ol>
  );
  return (
    <>
      <h4>{t`How it came about`}</h4>
      {lines(first)}
      {rest.length > 0 && (
        <details>
          <summary>
            {who.history_dropped > 0 ? t`${rest.length} earlier, ${who.history_dropped} more in the journal` : t`${rest.length} earlier`}
          </summary>
          {lines(rest)}
        </details>
      )}
    </>
  );
}
