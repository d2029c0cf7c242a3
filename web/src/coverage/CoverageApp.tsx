// The coverage view: a page of its own beside the picture, because it is planning and not of now.

import { useEffect } from 'preact/hooks';
import { useSignalEffect } from '@preact/signals';
import { t, told } from '../language/language';
import { flightLevel } from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { prefs, setPref } from '../shell/state';
import { applyTheme } from '../theme/theme';
import { FiguresPanel } from './FiguresPanel';
import { beginPlacing, MapPane, map } from './MapPane';
import type { Style } from './paint';
import { typed } from './plan';
import * as session from './session';
import { Sheet } from './Sheet';
import { SitesPanel } from './SitesPanel';

export function CoverageApp() {
  useSignalEffect(() => applyTheme(document.documentElement, prefs.value.theme));
  useEffect(expose, []);
  useEffect(() => {
    document.addEventListener('keydown', keys);
    return () => document.removeEventListener('keydown', keys);
  }, []);
  const closed = session.opening.value?.closed;
  return (
    <div class="screen coverage">
      <TopBar />
      <Bands />
      {closed ? (
        <main class="closed">
          <h2>{t`Coverage has nothing to show yet`}</h2>
          <p>{told(closed)}</p>
          <pre>{'[coverage]\nstudy = "examples/coverage/kyrgyzstan.toml"'}</pre>
        </main>
      ) : (
        <div class="desk">
          <SitesPanel />
          <div class="centre">
            <MapPane />
          </div>
          <FiguresPanel />
        </div>
      )}
      {session.sheetOpen.value && <Sheet />}
    </div>
  );
}

const STYLES: readonly { style: Style; words: string; title: string }[] = [
  { style: 'seen', words: t`By how many`, title: t`Seen at the level, by how many sites` },
  { style: 'lowest', words: t`Lowest level`, title: t`From which level on an aircraft is seen` },
  { style: 'compare', words: 'A / B', title: t`What the plan (B) gains and loses beside A` },
];

function TopBar() {
  const open = session.opening.value;
  const usable = open?.closed === null;
  return (
    <header class="top-bar">
      <a class="brand" href="./" title={t`Back to the air picture`}>
        ENTENTE
      </a>
      <span class="chip">
        <h1>{t`Coverage`}</h1>
        <span class="muted">{t`planning, not the live picture`}</span>
      </span>
      {usable && (
        <>
          <LevelPicker levels={open.levels} />
          <span class="chips" role="group" aria-label={t`What the map shows`}>
            {STYLES.filter((one) => one.style !== 'compare' || session.against.value !== null).map(({ style, words, title }) => (
              <button
                key={style}
                type="button"
                class="button small"
                title={title}
                aria-pressed={session.style.value === style}
                onClick={() => (session.style.value = style)}
              >
                {words}
              </button>
            ))}
          </span>
          {session.against.value === null ? (
            <button type="button" class="button small" title={t`Keep this plan as A and compare what follows with it`} onClick={session.keepAsA}>
              {t`Keep as A`}
            </button>
          ) : (
            <button type="button" class="button small" title={t`Forget A`} onClick={session.dropA}>
              {t`Drop A`}
            </button>
          )}
          <button type="button" class="button small" onClick={() => (session.sheetOpen.value = true)}>
            {t`Sheet to print`}
          </button>
        </>
      )}
      <Status />
      <button
        type="button"
        class="icon-button"
        aria-label={prefs.value.theme === 'dark' ? t`Light theme` : t`Dark theme`}
        title={t`Light or dark`}
        onClick={() => setPref('theme', prefs.value.theme === 'dark' ? 'light' : 'dark')}
      >
        <Glyph shape={prefs.value.theme === 'dark' ? 'sun' : 'moon'} />
      </button>
      <a class="button small page-link" href="./">
        {t`Air picture`}
      </a>
    </header>
  );
}

function LevelPicker({ levels }: { levels: readonly number[] }) {
  return (
    <span class="chips" role="group" aria-label={t`Flight level`}>
      {levels.map((one) => (
        <button
          key={one}
          type="button"
          class="button small num"
          aria-pressed={session.level.value === one}
          onClick={() => (session.level.value = one)}
        >
          {flightLevel(one * 100)}
        </button>
      ))}
      <label class="field level-field">
        FL
        <input
          class="num"
          inputMode="numeric"
          aria-label={t`Another flight level, 10 to 450`}
          value={String(session.level.value).padStart(3, '0')}
          onChange={(event) => {
            const value = typed(event.currentTarget.value, 10, 450);
            if (value === null) session.problem.value = t`Flight level: give 10 to 450`;
            else session.level.value = Math.round(value);
            event.currentTarget.value = String(session.level.value).padStart(3, '0');
          }}
        />
      </label>
    </span>
  );
}

function Status() {
  const took = session.tookMs.value;
  const words = session.opening.value === null ? t`reading the terrain…` : session.working.value ? t`computing…` : took === null ? '' : t`computed in ${(took / 1000).toFixed(2)} s`;
  return (
    <span class="cover-status num muted" role="status" id="status">
      {words}
    </span>
  );
}

function Bands() {
  if (session.problem.value === null) return <div class="bands" />;
  return (
    <div class="bands">
      <div class="band notice" role="alert" id="problem">
        <Glyph shape="diamond" />
        {told(session.problem.value)}
        <button type="button" class="icon-button push" aria-label={t`Dismiss`} onClick={() => (session.problem.value = null)}>
          <Glyph shape="close" />
        </button>
      </div>
    </div>
  );
}

function keys(event: KeyboardEvent): void {
  if (event.key === 'Escape') {
    if (session.sheetOpen.value) session.sheetOpen.value = false;
    else session.placing.value = false;
  }
  const field = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (!field && !event.ctrlKey && !event.metaKey && !event.altKey && event.key.toLowerCase() === 'n') beginPlacing();
}

/** What browser tests look at. */
function expose(): void {
  Object.defineProperty(window, '__coverage', {
    configurable: true,
    get: () => ({
      ready: !session.working.value && !session.outdated.value && !session.figuresOutdated.value && !session.dragging.value,
      current: !session.working.value && !session.outdated.value,
      surely: session.seen.value?.asked.surely ?? false,
      bytes: session.seen.value?.bytes.length ?? 0,
      levels: session.figures.value?.levels ?? [],
      gaps: session.figures.value?.gaps ?? [],
      tookMs: session.tookMs.value,
      sites: session.plan.value,
      placeOf: (name: string) => map?.placeOf(name) ?? null,
    }),
  });
}
