// Asking, answering, saying what was done, taking back. Each wants the person's or position's name.

import { useSignal } from '@preact/signals';
import type { Answer, AskArticle, Purpose, RequestRow } from '../generated/wire';
import { age } from '../shell/format';
import { NameField } from '../people/Name';
import { mayNot } from '../people/state';
import { act, openDesk, position } from './state';
import { PURPOSE_WORDS } from './words';
import { t } from '../language/language';

const Name = () => <NameField label={t`Your name or position`} />;

export function AskForm({ articles }: { articles: readonly AskArticle[] }) {
  const which = useSignal(0);
  const purpose = useSignal<Purpose | null>(null);
  const of = useSignal<readonly string[]>([]);
  const text = useSignal('');
  const incident = useSignal('');
  const minutes = useSignal('');
  const article = articles[which.value] ?? articles[0];
  if (!article) return <p class="empty">{t`No article in force lets this party ask anybody.`}</p>;
  const chosen = purpose.value && article.purposes.includes(purpose.value) ? purpose.value : article.purposes[0]!;
  const parties = of.value.filter((party) => article.parties.includes(party));
  const problem = mayNot('correspond') ?? (parties.length === 0 ? t`Choose whom to ask.` : text.value.trim() === '' ? t`Say what you ask for.` : position.value.trim() === '' ? t`Say who you are.` : null);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (problem) return;
    const answer_within_s = minutes.value === '' ? null : Math.round(Number(minutes.value) * 60);
    act({
      type: 'ask',
      accord: article.accord,
      article: article.article,
      purpose: chosen,
      of: [...parties],
      text: text.value,
      incident: incident.value.trim() || null,
      answer_within_s,
      by: position.value,
    });
    openDesk(null);
  };
  return (
    <>
      <h3>{t`New request`}</h3>
      <form class="desk-form" id="ask-form" onSubmit={submit}>
        <label>
          {t`Under`}
          <select value={String(which.value)} onChange={(event) => (which.value = Number(event.currentTarget.value))}>
            {articles.map((one, i) => (
              <option key={`${one.accord} ${one.article}`} value={String(i)}>
                {t`${one.accord} article ${one.article}`}
                {one.title && `: ${one.title}`}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t`For`}
          <select value={chosen} onChange={(event) => (purpose.value = event.currentTarget.value as Purpose)}>
            {article.purposes.map((one) => (
              <option key={one} value={one}>
                {PURPOSE_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
        <fieldset>
          <legend>{t`Ask`}</legend>
          <div>
            {article.parties.map((party) => (
              <label key={party} class="check">
                <input
                  type="checkbox"
                  checked={parties.includes(party)}
                  onChange={(event) => (of.value = event.currentTarget.checked ? [...parties, party] : parties.filter((one) => one !== party))}
                />
                {party}
              </label>
            ))}
          </div>
        </fieldset>
        <label>
          {t`Request`}
          <textarea maxLength={1000} value={text.value} onInput={(event) => (text.value = event.currentTarget.value)} />
        </label>
        <label>
          {t`Incident it concerns, if any: its name alone, as INC-0007`}
          <input type="text" maxLength={48} value={incident.value} onInput={(event) => (incident.value = event.currentTarget.value)} />
        </label>
        <label>
          {t`Answer within, minutes (the article gives ${age(article.answer_within_s)})`}
          <input type="number" min="0.5" step="any" max={article.answer_within_s / 60} placeholder={String(article.answer_within_s / 60)} value={minutes.value} onInput={(event) => (minutes.value = event.currentTarget.value)} />
        </label>
        <Name />
        <div class="buttons">
          <button type="submit" class="button primary" disabled={problem !== null}>
            {t`Ask`}
          </button>
          <button type="button" class="button" onClick={() => openDesk(null)}>
            {t`Cancel`}
          </button>
        </div>
        {problem && <p class="problem">{problem}</p>}
      </form>
    </>
  );
}

const ANSWERS: readonly [Answer, string][] = [
  ['accepted', t`accept`],
  ['in_part', t`accept in part`],
  ['declined', t`decline`],
];

/** What this party can still say to a request. */
export function ReplyForms({ row, own }: { row: RequestRow; own: string }) {
  const asked = row.asked.some((one) => one.party === own);
  const mine = row.asker === own;
  if (!asked && !mine) return null;
  const answered = asked && !row.to_answer;
  return (
    <>
      {asked && !row.withdrawn && <AnswerForm row={row} again={answered} />}
      {(mine || answered) && <WordsForm title={t`Say what was done`} button={t`Report`} wanted send={(words) => act({ type: 'report', asker: row.asker, number: row.number, words, by: position.value })} />}
      {mine && !row.withdrawn && <WordsForm title={t`Take the request back`} button={t`Withdraw`} wanted={false} send={(words) => act({ type: 'withdraw', number: row.number, words, by: position.value })} />}
    </>
  );
}

function AnswerForm({ row, again }: { row: RequestRow; again: boolean }) {
  const answer = useSignal<Answer | null>(null);
  const words = useSignal('');
  const why = answer.value === 'declined' ? t`Say why it is declined.` : t`Say which part.`;
  const problem =
    mayNot('correspond') ??
    (answer.value === null
      ? t`Choose an answer.`
      : answer.value !== 'accepted' && words.value.trim() === ''
        ? why
        : position.value.trim() === ''
          ? t`Say who you are.`
          : null);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (problem || answer.value === null) return;
    act({ type: 'answer', asker: row.asker, number: row.number, answer: answer.value, words: words.value, by: position.value });
    answer.value = null;
    words.value = '';
  };
  return (
    <>
      <h3>{again ? t`Answer anew` : t`Answer`}</h3>
      <form class="desk-form" id="answer-form" onSubmit={submit}>
        <fieldset>
          <legend class="visually-hidden">{t`Answer`}</legend>
          <div>
            {ANSWERS.map(([value, label]) => (
              <label key={value} class="check">
                <input type="radio" name="answer" checked={answer.value === value} onChange={() => (answer.value = value)} />
                {label}
              </label>
            ))}
          </div>
        </fieldset>
        <label>
          {t`Words`}
          <textarea maxLength={500} value={words.value} onInput={(event) => (words.value = event.currentTarget.value)} />
        </label>
        <Name />
        <div class="buttons">
          <button type="submit" class="button primary" disabled={problem !== null}>
            {t`Answer ${row.asker}`}
          </button>
        </div>
        {problem && <p class="problem">{problem}</p>}
      </form>
    </>
  );
}

function WordsForm({ title, button, wanted, send }: { title: string; button: string; wanted: boolean; send: (words: string) => void }) {
  const words = useSignal('');
  const problem = mayNot('correspond') ?? (wanted && words.value.trim() === '' ? t`Say what was done.` : position.value.trim() === '' ? t`Say who you are.` : null);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (problem) return;
    send(words.value);
    words.value = '';
  };
  return (
    <details>
      <summary>{title}</summary>
      <form class="desk-form" onSubmit={submit}>
        <label>
          {t`Words`}
          <textarea maxLength={500} value={words.value} onInput={(event) => (words.value = event.currentTarget.value)} />
        </label>
        <Name />
        <div class="buttons">
          <button type="submit" class="button" disabled={problem !== null} title={problem ?? ''}>
            {button}
          </button>
        </div>
      </form>
    </details>
  );
}
