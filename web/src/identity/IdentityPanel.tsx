// Beside the map: identities that ask for a person, over all tracks; and a voice for what is new.

import { useSignal, useSignalEffect } from '@preact/signals';
import type { Identity } from '../generated/wire';
import { clockMs, seenAs, select, selected } from '../shell/state';
import { IDENTITY_WORDS } from '../tracks/identity';
import { trackNumber } from '../tracks/ident';
import { Waiting } from './IdentitySection';
import { identityDesk } from './state';
import { isEmpty, news, proposalWords, sentWords, waitingWords } from './words';
import { listed, plural, t } from '../language/language';

/** Lines of each kind shown here. */
const LINES_MAX = 5;

export function IdentityPanel() {
  const desk = identityDesk.value;
  if (!desk || isEmpty(desk) || seenAs.value !== null) return null;
  const more = desk.proposals_more + Math.max(0, desk.proposals.length - LINES_MAX);
  return (
    <section class="requests identity-panel" id="identities" aria-label={t`Identities that ask for a person`}>
      <header class="panel-head">
        <h2>{t`Identities`}</h2>
        <span class="panel-note num">{count(desk.waiting.length, desk.proposals.length + desk.proposals_more)}</span>
      </header>
      {desk.waiting.map((row) => (
        <div key={`${row.number} ${row.at_ms}`}>
          <GoTo number={row.number} words={row.number === selected.value ? waitingWords(row, clockMs.value) : ''} />
          {row.number !== selected.value && <Waiting row={row} />}
        </div>
      ))}
      {desk.proposals.slice(0, LINES_MAX).map((row) => (
        <GoTo key={`${row.number} ${row.party} ${row.identity}`} number={row.number} words={proposalWords(row)} />
      ))}
      {more > 0 && <p class="empty">{plural(more, 'and {n} more proposal', 'and {n} more proposals')}</p>}
      {desk.sent.slice(0, LINES_MAX).map((row) => (
        <GoTo key={`sent ${row.number} ${row.at_ms}`} number={row.number} words={t`${IDENTITY_WORDS[row.identity]} proposed to ${row.party}: ${sentWords(row)}`} />
      ))}
      {desk.held_up.map((words) => (
        <p key={words} class="empty">
          {t`Held up: ${words}`}
        </p>
      ))}
      {desk.reviews.slice(0, LINES_MAX).map((number) => (
        <GoTo key={number} number={number} words={t`decision to be looked at again`} />
      ))}
      {desk.lost.map((row) => (
        <p key={row.number} class="empty">
          {t`${trackNumber(row.number)} was ${lostWords(row.identity, row.by)}; the restart lost it`}
        </p>
      ))}
    </section>
  );
}

const lostWords = (identity: Identity, by: readonly string[]): string => t`${IDENTITY_WORDS[identity]} by ${listed(by)}`;

function count(waiting: number, proposals: number): string {
  const parts = [waiting > 0 && t`${waiting} to confirm`, proposals > 0 && t`${proposals} proposed`].filter(Boolean);
  return parts.join(', ');
}

function GoTo({ number, words }: { number: number; words: string }) {
  return (
    <button type="button" class="request-line" onClick={() => select(number)}>
      <b>{trackNumber(number)}</b> <span class="muted">{words}</span>
    </button>
  );
}

/** Speaks what newly waits for a second person. */
export function IdentityVoice() {
  const words = useSignal('');
  const known = useSignal<ReadonlySet<string>>(new Set());
  useSignalEffect(() => {
    const desk = identityDesk.value;
    if (!desk) return;
    const fresh = news(desk, known.peek(), clockMs.peek());
    if (fresh.said.length > 0) words.value = fresh.said.join(' ');
    known.value = fresh.known;
  });
  return (
    <div class="visually-hidden" role="status" aria-live="polite" id="identity-voice">
      {words}
    </div>
  );
}
