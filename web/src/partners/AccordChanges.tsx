// Accords whose files say otherwise than what counts: who approved which text, and who has to.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AccordChange } from '../generated/wire';
import { mayNot, person, session } from '../people/state';
import { Glyph } from '../shell/Glyph';
import { heard, t } from '../language/language';
import { changedLines } from './textChanges';
import { hashWords } from './words';

/** Between two looks at the files, milliseconds. */
const LOOK_MS = 15_000;
const PATH = 'api/v1/accord-changes';

export function AccordChanges() {
  const changes = useSignal<AccordChange[]>([]);
  const said = useSignal<string | null>(null);
  const signsIn = session.value?.required === true && person.value !== null;
  const look = async (): Promise<void> => {
    try {
      const answer = await fetch(PATH, { cache: 'no-store' });
      if (answer.ok) changes.value = (await answer.json()) as AccordChange[];
    } catch {
      // The bar says that the node does not answer.
    }
  };
  useEffect(() => {
    if (!signsIn) return undefined;
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [signsIn]);
  const approve = async (change: AccordChange): Promise<void> => {
    const path = `${PATH}/${encodeURIComponent(change.accord)}/${change.sha256}`;
    try {
      const answer = await fetch(path, { method: 'POST' });
      if (!answer.ok) throw new Error(heard(await answer.text()));
      said.value = null;
    } catch (error) {
      said.value = t`${change.accord} was not approved: ${error instanceof Error ? error.message : error}`;
    }
    void look();
  };
  if (!signsIn || (changes.value.length === 0 && said.value === null)) return null;
  return (
    <div class="accord-changes" role="group" aria-label={t`Changes of accords`}>
      {changes.value.map((change) => (
        <Change key={`${change.accord} ${change.counts_next}`} change={change} approve={approve} />
      ))}
      <p role="status">{said.value}</p>
    </div>
  );
}

function Change({ change, approve }: { change: AccordChange; approve: (change: AccordChange) => Promise<void> }) {
  const [first] = change.approved_by;
  const isMine = first !== undefined && first === person.value?.name;
  const problem = mayNot('approve-accord') ?? (isMine ? t`You have said so; a second person has to.` : null);
  const before = change.before;
  return (
    <div class="accord">
      <h3>
        <Glyph shape="diamond" /> {change.accord}
      </h3>
      {!change.counts_next && <p>{change.sha256 === 'gone' ? t`Its file is gone; it counts on.` : before !== null ? t`Its file has another text than the one that counts.` : t`It is new and does not count yet.`}</p>}
      <p>{change.counts_next && change.sha256 === 'gone' ? t`${change.approved_by.join(', ')} approved that it is gone; it counts until the node's next start.` : change.counts_next ? t`${change.approved_by.join(', ')} approved that; it counts from the node's next start.` : first === undefined ? t`It takes two release officers to approve that.` : t`${first} approved that; a second person has to.`}</p>
      {change.text !== '' && <p class="num muted wrap">{hashWords(change)}</p>}
      {before !== null && change.text !== '' && <Changed before={before} after={change.text} />}
      {change.text !== '' && (
        <details>
          <summary>{t`The new text`}</summary>
          <pre class="accord-text">{change.text}</pre>
        </details>
      )}
      {!change.counts_next && (
        <div class="buttons">
          <button type="button" class="button small" disabled={problem !== null} title={problem ?? ''} onClick={() => void approve(change)}>
            {t`Approve the change of ${change.accord}`}
          </button>
        </div>
      )}
    </div>
  );
}

/** What it says otherwise: nobody finds one line among a hundred. */
function Changed({ before, after }: { before: string; after: string }) {
  const lines = changedLines(before, after);
  if (lines === null) return null;
  return (
    <pre class="accord-text" role="group" tabIndex={0} aria-label={t`What the new text says otherwise`}>
      {lines.map(({ mark, text }, i) => (
        <div key={i} class={mark === '+' ? 'put-in' : mark === '−' ? 'taken-out' : 'muted'}>
          {mark} {text}
        </div>
      ))}
    </pre>
  );
}
