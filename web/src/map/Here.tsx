// What holds where the selected track is, or at the middle of the map: airspaces, whether they are active,
// areas of responsibility and of accords.

import { useSignalEffect } from '@preact/signals';
import { Glyph } from '../shell/Glyph';
import { clockMs, here, hereAreas, hereAirspaces } from '../shell/state';
import { activityWords } from './airspaces';
import { areaName, areaWords } from './areas';
import { latitude, longitude } from '../shell/format';
import { t } from '../language/language';

export function Here() {
  useSignalEffect(() => {
    if (here.value !== null) requestAnimationFrame(() => document.getElementById('here')?.focus());
  });
  const place = here.value;
  if (place === null) return null;
  const [airspaces, areas] = [hereAirspaces.value, hereAreas.value];
  return (
    <section class="here" id="here" tabIndex={-1} aria-label={t`What holds here`}>
      <header>
        <h2>{t`What holds here`}</h2>
        <span class="num muted">
          {latitude(place.latDeg)} {longitude(place.lonDeg)}
        </span>
        <button type="button" class="icon-button push" aria-label={t`Close (Esc)`} onClick={() => (here.value = null)}>
          <Glyph shape="close" />
        </button>
      </header>
      {airspaces.length + areas.length === 0 && <p class="empty">{t`No airspace that the node knows, and no area of an accord.`}</p>}
      <ul>
        {airspaces.map((airspace) => (
          <li key={airspace.place}>
            <b>{airspace.name}</b> <span class="muted">{[airspace.kind, airspace.limits].filter(Boolean).join(' · ')}</span>
            {airspace.state !== 'always' && (
              <span class={`here-state is-${airspace.state}`}>
                <Glyph shape={airspace.state === 'active' ? 'dot' : airspace.state === 'not_active' ? 'ring' : 'diamond'} /> {activityWords(airspace, clockMs.value)}
              </span>
            )}
          </li>
        ))}
        {areas.map((row, i) => (
          <li key={i}>
            <b>{areaName(row)}</b> <span class="muted">{areaWords(row)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
