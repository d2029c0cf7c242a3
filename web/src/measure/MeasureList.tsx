// The measures on the map in words, for those who do not see the lines; and the way to take them off.

import { t } from '../language/language';
import { latitude, longitude } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { pictureVersion, store } from '../shell/state';
import { ident } from '../tracks/ident';
import { closestWords, lineWords, type End } from './measure';
import { dropMeasure, measureNow, measures, measuringFrom } from './state';

function endWords(end: End): string {
  if (end.kind === 'place') return `${latitude(end.latDeg)} ${longitude(end.lonDeg)}`;
  const row = store.rowOf.get(end.number);
  return ident(row === undefined ? null : (store.descriptions[row] ?? null), end.number);
}

export function MeasureList() {
  void pictureVersion.value;
  const from = measuringFrom.value;
  if (measures.value.length === 0 && from === null) return null;
  return (
    <section class="measures" id="measures" aria-label={t`Range and bearing`}>
      <ul>
        {measures.value.map((measure) => {
          const now = measureNow(store, measure);
          return (
            <li key={measure.id}>
              <b>
                {endWords(measure.from)} → {endWords(measure.to)}
              </b>{' '}
              <span class="num">{now ? [lineWords(now.found), closestWords(now.found)].filter(Boolean).join(' · ') : t`the track is gone`}</span>
              <button type="button" class="icon-button push" aria-label={t`Take this line off`} onClick={() => dropMeasure(measure.id)}>
                <Glyph shape="close" />
              </button>
            </li>
          );
        })}
      </ul>
      {from && (
        <p role="status">{t`From ${endWords(from)}: click a track or a place, or select another track and press R. Esc leaves it.`}</p>
      )}
    </section>
  );
}
