// Duplicates: which of partners' tracks is one of ours, how well both agree, and a person's word on it.

import { useSignal } from '@preact/signals';
import type { PairRow, PairWord } from '../generated/wire';
import { NameField } from '../people/Name';
import { mayNot } from '../people/state';
import { act, position } from '../requests/state';
import { Glyph } from '../shell/Glyph';
import { pairs, pictureVersion, seenAs, select, selectedDetail, store } from '../shell/state';
import { candidates, isDoubtful, pairLines, pairWords, scoreWords } from './pairs';
import { plural, t } from '../language/language';

/** All pairs with one partner. */
export function PartnerPairs({ party }: { party: string }) {
  const rows = (pairs.value?.rows ?? []).filter((row) => row.party === party);
  const more = pairs.value?.more ?? 0;
  return (
    <>
      <h3>{t`Duplicates`}</h3>
      {rows.length === 0 && <p class="empty">{t`None of its tracks is one of ours.`}</p>}
      <ul class="pairs">
        {rows.map((row) => (
          <li key={`${row.number} ${row.theirs}`}>
            <Pair row={row} linked />
          </li>
        ))}
      </ul>
      {more > 0 && <p class="empty num">{plural(more, '{n} more pair, of all partners, that agrees better', '{n} more pairs, of all partners, that agree better')}</p>}
    </>
  );
}

/** Of the selected track: what it is one with, and a person's word on that. */
export function TrackPairs({ number }: { number: number }) {
  void pictureVersion.value;
  if (seenAs.value !== null || pairs.value === null) return null;
  const rows = selectedDetail.value?.number === number ? selectedDetail.value.pairs : [];
  const others = candidates(store, number).filter((one) => rows.every((row) => row.party !== one.party || row.theirs !== one.theirs || row.number !== one.number));
  if (rows.length === 0 && others.length === 0) return null;
  return (
    <section id="pairs" aria-label={t`Duplicates`}>
      <h3>{t`Duplicates`}</h3>
      <ul class="pairs">
        {rows.map((row) => (
          <li key={`${row.party} ${row.theirs} ${row.number}`}>
            <Pair row={row} />
            {row.by === null ? (
              <Say words={t`They are two…`} word="two" of={row} />
            ) : (
              <Say words={t`Take back…`} word="undo" of={row} />
            )}
          </li>
        ))}
      </ul>
      {others.length > 0 && <Merge others={others} />}
    </section>
  );
}

function Pair({ row, linked = false }: { row: PairRow; linked?: boolean }) {
  const score = scoreWords(row);
  const doubtful = isDoubtful(row);
  const words = <b class="num">{pairWords(row)}</b>;
  return (
    <>
      <p class={`pair-line ${doubtful ? 'caution' : ''}`}>
        {linked && store.rowOf.has(row.number) ? (
          <button type="button" class="link" onClick={() => select(row.number)}>
            {words}
          </button>
        ) : (
          words
        )}
        {score && (
          <span class="num push" title={t`share of the partner’s last reports that agree with ours`}>
            {doubtful && <Glyph shape="diamond" />} {score}
          </span>
        )}
      </p>
      {pairLines(row).map((line) => (
        <p key={line} class="pair-more num">
          {line}
        </p>
      ))}
    </>
  );
}

/** A person's word, with a name and a reason. */
function Say({ words, word, of }: { words: string; word: PairWord; of: { party: string; theirs: number; number: number } }) {
  return (
    <details class="pair-say">
      <summary>{words}</summary>
      <Form word={word} of={of} />
    </details>
  );
}

function Merge({ others }: { others: ReturnType<typeof candidates> }) {
  const chosen = useSignal('');
  const key = (one: { party: string; theirs: number; number: number }): string => `${one.party} ${one.theirs} ${one.number}`;
  const of = others.find((one) => key(one) === chosen.value) ?? others[0]!;
  return (
    <details class="pair-say">
      <summary>{t`It is one with another…`}</summary>
      <Form word="one" of={of}>
        <label>
          {t`With`}
          <select value={key(of)} onChange={(event) => (chosen.value = event.currentTarget.value)}>
            {others.map((one) => (
              <option key={key(one)} value={key(one)}>
                {one.words}
              </option>
            ))}
          </select>
        </label>
      </Form>
    </details>
  );
}

function Form({ word, of, children }: { word: PairWord; of: { party: string; theirs: number; number: number }; children?: preact.ComponentChildren }) {
  const why = useSignal('');
  const by = position.value;
  const problem = mayNot('pair') ?? (by.trim() === '' ? t`Say who you are.` : word !== 'undo' && why.value.trim() === '' ? t`Say why.` : null);
  const name = `${of.party}:${of.theirs}`;
  const words = { one: t`One with ${name}`, two: t`Two, not ${name}`, undo: t`Take back what was said` }[word];
  return (
    <form
      class="desk-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem) return;
        act({ type: 'decide_pair', party: of.party, theirs: of.theirs, number: of.number, word, why: why.value, by });
        why.value = '';
        const details = event.currentTarget.closest('details');
        if (details) details.open = false;
        document.getElementById('track')?.focus();
      }}
    >
      {children}
      <NameField label={t`Your name or position`} />
      {word !== 'undo' && (
        <label>
          {t`Why`}
          <input type="text" class="pair-why" maxLength={500} value={why.value} onInput={(event) => (why.value = event.currentTarget.value)} />
        </label>
      )}
      <div class="buttons">
        <button type="submit" class="button primary" disabled={problem !== null} title={problem ?? ''}>
          {words}
        </button>
      </div>
    </form>
  );
}
