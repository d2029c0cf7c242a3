// The filter: text, level band, source; and how much of the picture it leaves.

import type { SourceOfTrack } from '../generated/wire';
import { count } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { filterWords, sameFilter } from '../shell/address';
import { filter, heldShown, heldWhy, keepFilters, matches, onlySensorName, prefs, savedFilters, setPref, store, tableOfHeld } from '../shell/state';
import { NO_FILTER, type TrackFilter } from './filter';
import { SOURCES } from './sources';
import { plural, t } from '../language/language';

const change = (part: Partial<TrackFilter>): void => {
  filter.value = { ...filter.value, ...part };
};

const level = (text: string): number | null => {
  const value = Number.parseInt(text, 10);
  return Number.isFinite(value) ? Math.max(0, Math.min(999, value)) : null;
};

/** Filters kept on this computer: one is chosen, the present one kept or forgotten. */
function Saved() {
  const now = filter.value;
  const saved = savedFilters.value;
  const kept = saved.find((one) => sameFilter(one.filter, now));
  return (
    <>
      {saved.length > 0 && (
        <label class="field">
          <span class="visually-hidden">{t`Saved filters`}</span>
          <select
            id="saved-filters"
            value={kept?.name ?? ''}
            onChange={(event) => (filter.value = saved.find((one) => one.name === event.currentTarget.value)?.filter ?? NO_FILTER)}
          >
            <option value="">{t`saved filters`}</option>
            {saved.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {matches.value !== null && (
        <button
          type="button"
          class="button small"
          id="keep-filter"
          onClick={() => keepFilters(kept ? saved.filter((one) => one !== kept) : [...saved, { name: filterWords(now), filter: now }])}
        >
          {kept ? t`Forget` : t`Keep`}
        </button>
      )}
    </>
  );
}

export function FilterBar({ shown, total }: { shown: number; total: number }) {
  const active = matches.value !== null;
  const open = prefs.value.table;
  return (
    <div class="filter-bar" role="search">
      {heldShown.value ? (
        <div class="choice-group" role="group" aria-label={t`Which tracks the table lists`}>
          <button type="button" class="button small" aria-pressed={!tableOfHeld.value} onClick={() => (tableOfHeld.value = false)}>
            {t`Told`} <span class="num">{count(store.size)}</span>
          </button>
          <button type="button" class="button small" aria-pressed={tableOfHeld.value} onClick={() => (tableOfHeld.value = true)}>
            {t`Held back`} <span class="num">{count(heldWhy.value.size)}</span>
          </button>
        </div>
      ) : (
        <h2>{t`Tracks`}</h2>
      )}
      <label class="field search">
        <Glyph shape="search" />
        <span class="visually-hidden">{t`Filter by callsign, address, squawk or track number`}</span>
        <input
          id="filter-text"
          type="search"
          placeholder={t`callsign, address, squawk, TN`}
          autocomplete="off"
          spellcheck={false}
          value={filter.value.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
        <kbd>/</kbd>
      </label>
      <span class="field band" role="group" aria-label={t`Flight level band`}>
        FL
        <input
          aria-label={t`Lowest flight level`}
          inputMode="numeric"
          maxLength={3}
          placeholder="000"
          value={filter.value.levelMin ?? ''}
          onChange={(event) => change({ levelMin: level(event.currentTarget.value) })}
        />
        –
        <input
          aria-label={t`Highest flight level`}
          inputMode="numeric"
          maxLength={3}
          placeholder="999"
          value={filter.value.levelMax ?? ''}
          onChange={(event) => change({ levelMax: level(event.currentTarget.value) })}
        />
      </span>
      <label class="field">
        <span class="visually-hidden">{t`Source`}</span>
        <select
          value={filter.value.source ?? ''}
          onChange={(event) => change({ source: (event.currentTarget.value || null) as SourceOfTrack | null })}
        >
          <option value="">{t`any source`}</option>
          {SOURCES.map((source) => (
            <option key={source.kind} value={source.kind}>
              {source.words}
            </option>
          ))}
        </select>
      </label>
      {filter.value.only !== null && (
        <button
          type="button"
          class="button small"
          id="filter-only"
          aria-label={t`Only tracks that ${onlySensorName.value} alone holds: show others too`}
          onClick={() => change({ only: null })}
        >
          {t`only ${onlySensorName.value}`} <Glyph shape="close" />
        </button>
      )}
      <output class={`shown ${active ? 'active' : ''}`} id="filter-count">
        {active ? t`${count(shown)} of ${count(total)} shown` : plural(total, '{n} track', '{n} tracks')}
      </output>
      <Saved />
      {active && (
        <button type="button" class="button small" onClick={() => (filter.value = NO_FILTER)}>
          {t`Clear`} <kbd>Esc</kbd>
        </button>
      )}
      <button
        type="button"
        class="icon-button push"
        aria-expanded={open}
        aria-controls="tracks"
        aria-label={open ? t`Close the track table (B)` : t`Open the track table (B)`}
        title={open ? t`Close the table (B)` : t`Open the table (B)`}
        onClick={() => setPref('table', !open)}
      >
        <Glyph shape={open ? 'down' : 'up'} />
      </button>
    </div>
  );
}
