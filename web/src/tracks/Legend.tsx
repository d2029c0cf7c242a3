// What the symbols mean; stands where the selected track will.

import type { Identity } from '../generated/wire';
import { IDENTITY_WORDS } from './identity';
import { Symbol } from './Symbol';
import { t } from '../language/language';

const SHOWN: readonly Identity[] = [
  'civil',
  'friend',
  'assumed_friend',
  'neutral',
  'unknown',
  'pending',
  'suspect',
  'hostile',
];

export function Legend() {
  return (
    <>
      <header class="panel-head">
        <h2>{t`Track`}</h2>
        <span class="panel-note">{t`none selected`}</span>
      </header>
      <p class="empty">{t`Click a track or a row of the table. Its identity, position, sources and accuracy appear here.`}</p>
      <h3>{t`Symbols`}</h3>
      <ul class="legend">
        {SHOWN.map((identity) => (
          <li key={identity}>
            <Symbol identity={identity} />
            {IDENTITY_WORDS[identity]}
          </li>
        ))}
        <li>
          <Symbol identity="civil" state="coasting" />
          {t`coasting`}
        </li>
        <li>
          <Symbol identity="civil" state="ground" />
          {t`on the ground`}
        </li>
      </ul>
    </>
  );
}
