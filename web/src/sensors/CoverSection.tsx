// Measured coverage of a sensor by level, held against what is predicted; one level is on the map.

import { t, told } from '../language/language';
import { count } from '../shell/format';
import { basis, share } from './cover';
import { bandAt, coverShown, predictedShown, sums } from './state';

export function CoverSection({ stale }: { stale: boolean }) {
  const cover = coverShown.value;
  if (cover === null) return <p class="empty">{t`The node is asked.`}</p>;
  if (cover.uncounted !== null) return <p class="empty">{t`Nothing is counted: ${told(cover.uncounted)}.`}</p>;
  const found = predictedShown.value;
  const known = found?.told ?? null;
  return (
    <div class="cover" role="radiogroup" aria-label={t`On the map`}>
      <table class="sources cover-table">
        <caption class="visually-hidden">{t`Area seen beside the area predicted, by level`}</caption>
        <thead>
          <tr>
            <th scope="col">{t`On the map`}</th>
            <th scope="col" class="right">{t`Seen / predicted, NM²`}</th>
            <th scope="col" class="right">{t`Of flown`}</th>
          </tr>
        </thead>
        <tbody>
          {sums.value.map((sum, at) => (
            <tr key={sum.name}>
              <th scope="row">
                <label class="choice">
                  <input type="radio" name="cover-band" checked={bandAt.value === at} onChange={() => (bandAt.value = at)} />
                  <span class="num">{sum.name}</span>
                </label>
              </th>
              <td class="num right">{known ? `${count(sum.seen)} / ${count(sum.predicted)}` : count(sum.beyond)}</td>
              <td class="num right">{known ? share(sum.seen, sum.flown) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul class="cover-key" aria-label={t`What the map shows`}>
        <li>
          <Swatch kind="seen" />
          {t`seen`}
        </li>
        <li>
          <Swatch kind="missed" />
          {t`flown through, not seen`}
        </li>
        <li>
          <Swatch kind="edge" />
          {t`edge of what is predicted`}
        </li>
      </ul>
      <p class="sensor-basis">{basis(cover, found, sums.value[bandAt.value], stale)}</p>
    </div>
  );
}

function Swatch({ kind }: { kind: 'seen' | 'missed' | 'edge' }) {
  const lines = { seen: 'M-2 14L14 -2M-2 8L8 -2M4 14L14 4', missed: 'M-2 -2L14 14M4 -2L14 8M-2 4L8 14', edge: 'M1 6H11' }[kind];
  return (
    <svg class={`swatch swatch-${kind}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={lines} />
    </svg>
  );
}
