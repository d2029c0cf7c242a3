// Of the selected track: what partners say of it, and why each is given it or is not.

import type { TrackDescription } from '../generated/wire';
import { explain, explained, partners, seenAs } from '../shell/state';
import { IDENTITY_WORDS } from '../tracks/identity';
import { t } from '../language/language';

export function Words({ description }: { description: TrackDescription | null }) {
  const words = description?.words ?? [];
  if (words.length === 0) return null;
  return (
    <>
      <h3>{description!.told ? t`Told by` : t`Partners say`}</h3>
      <ul class="rules">
        {words.map((word) => (
          <li key={word.party}>
            <b>{word.party}</b>
            <span class="num muted">{t`no. ${word.number}`}</span>
            <span class="push">{word.identity ? IDENTITY_WORDS[word.identity] : t`identity not told`}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Sharing({ number }: { number: number }) {
  const rows = partners.value?.rows ?? [];
  if (rows.length === 0 || seenAs.value !== null) return null;
  const answers = explained.value.filter((answer) => answer.number === number);
  return (
    <>
      <h3>{t`Sharing`}</h3>
      <ul class="sharing">
        {rows.map(({ party }) => {
          const answer = answers.find((one) => one.party === party);
          return (
            <li key={party}>
              <button type="button" class="button small" onClick={() => explain(number, party)}>
                {t`Why ${party}?`}
              </button>
              {answer && (
                <div class="answer">
                  <b>{answer.released ? t`✓ released` : t`✕ withheld`}</b>
                  {answer.lines.map((line) => (
                    <p key={line}>{line}</p>
                  ))}
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
