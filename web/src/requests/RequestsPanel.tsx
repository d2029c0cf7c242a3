// Beside the map: what waits for an answer, and who is silent. The desk has the rest.

import { useSignal } from '@preact/signals';
import type { BackUpRow, RequestRow } from '../generated/wire';
import { SignedName } from '../people/Name';
import { mayNot, nameOr, person } from '../people/state';
import { Glyph } from '../shell/Glyph';
import { clockMs, hello } from '../shell/state';
import { act, backUps, openDesk, requests } from './state';
import { PURPOSE_WORDS, backUpWords, confirmWords, dueWords, inOrder, isNotable, isOpen, keyOf, panelWords } from './words';
import { t, told } from '../language/language';

/** Lines shown here; the desk shows all. */
const LINES_MAX = 5;

export function RequestsPanel() {
  const told = requests.value;
  if (!told) return null;
  const open = inOrder(told.rows).filter((row) => isOpen(row, clockMs.value));
  const silent = (backUps.value?.rows ?? []).filter(isNotable);
  return (
    <section class="requests" id="requests" aria-label={t`Requests and back-up`}>
      <header class="panel-head">
        <h2>{t`Requests`}</h2>
        <span class="panel-note num">{panelWords(told.rows, hello.value?.party ?? '', clockMs.value)}</span>
        <button type="button" class="button small push" title={t`Requests desk (Q)`} onClick={() => openDesk()}>
          {t`Desk`}
        </button>
      </header>
      {silent.map((row) => (
        <BackUp key={`${row.accord} ${row.article}`} row={row} />
      ))}
      <ul class="request-list">
        {open.slice(0, LINES_MAX).map((row) => (
          <li key={keyOf(row)}>
            <Line row={row} />
          </li>
        ))}
      </ul>
      {open.length > LINES_MAX && <p class="empty">{t`and ${open.length - LINES_MAX} more on the desk`}</p>}
    </section>
  );
}

function Line({ row }: { row: RequestRow }) {
  const due = dueWords(row, clockMs.value);
  return (
    <button type="button" class={`request-line ${row.to_answer ? 'to-answer' : ''}`} onClick={() => openDesk(keyOf(row))}>
      <b>
        {row.asker} → {row.asked.map((asked) => asked.party).join(', ')}
      </b>{' '}
      <span class="muted">{PURPOSE_WORDS[row.purpose]}</span>
      <span class="request-text">{row.text}</span>
      <span class={`due num tone-${due.tone}`}>{due.words}</span>
    </button>
  );
}

/** One silent party, or one that is stood in for: what is proposed, and who has confirmed it. */
function BackUp({ row }: { row: BackUpRow }) {
  const name = useSignal('');
  const words = backUpWords(row, clockMs.value);
  const by = nameOr(name.value);
  const { missing, problem: unfit } = confirmWords(row, by);
  const problem = mayNot('stand-in') ?? unfit;
  const article = { accord: row.accord, article: row.article };
  const confirm = (event: Event): void => {
    event.preventDefault();
    if (problem || !row.proposed) return;
    act({ type: 'confirm', ...article, proposal: row.proposed, by });
    name.value = '';
  };
  return (
    <div class={`back-up tone-${words.tone}`} role="group" aria-label={t`Back-up for ${row.of}`}>
      <p class="num">
        <Glyph shape={words.tone === 'muted' ? 'ring' : 'diamond'} /> {words.words}
      </p>
      {row.stand_in && row.stand_in.by.length > 0 && <p class="muted">{t`confirmed by ${row.stand_in.by.join(', ')}`}</p>}
      {row.proposed ? (
        <form onSubmit={confirm}>
          <span class="muted">{missing}</span>
          {person.value ? (
            <SignedName />
          ) : (
            <label class="field">
              <span class="visually-hidden">{t`Your name`}</span>
              <input type="text" placeholder={t`your name`} maxLength={80} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
            </label>
          )}
          <button type="submit" class="button small primary" disabled={problem !== null} title={problem ?? ''}>
            {row.proposed === 'take_over' ? t`Confirm take-over` : t`Confirm hand-back`}
          </button>
          {row.proposed === 'take_over' && row.by.length > 1 && (
            <button type="button" class="button small" disabled={problem !== null} title={problem ?? ''} onClick={() => act({ type: 'pass', ...article, by })}>
              {t`Leave it to the next`}
            </button>
          )}
        </form>
      ) : (
        row.waits && row.waits !== told(`${row.stand_in?.party} stands in`) && <p class="muted">{row.waits}</p>
      )}
    </div>
  );
}
