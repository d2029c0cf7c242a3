// The bar that says whose picture this is, and whether it is of now.

import { useSignal, useSignalEffect } from '@preact/signals';
import { alerts } from '../alerts/state';
import { SEVERITY_GLYPH, openCounts } from '../alerts/words';
import { connectionWords, spoken } from '../connection/words';
import { TRACK_COASTING, type Shed } from '../generated/wire';
import { WhoSits } from '../people/PeopleDialog';
import { person, signOut } from '../people/state';
import { count, dateZ, timeZ } from './format';
import { past, toPresent } from '../timeline/state';
import { ownerCounts } from '../tracks/ident';
import { Glyph } from './Glyph';
import { areas, clockMs, connection, heldBack, heldShown, hello, helpOpen, partners, pictureVersion, prefs, refused, seeAs, seenAs, setPref, settingsOpen, store, toggleHeld, togglePanel, toggleWipe, wipeAt } from './state';
import { authorityWords } from '../map/areas';
import { termsWords } from '../partners/words';
import { language, plural, t } from '../language/language';

export function TopBar() {
  return (
    <header class="top-bar">
      <h1 class="brand">ENTENTE</h1>
      <Whose />
      <WhoSits />
      <Authority />
      <Connection />
      <Counts />
      <Alerted />
      <Overload />
      <span class="clock num" title={dateZ(clockMs.value)}>
        {connection.value.kind === 'replay' && <small class="muted">{t`now`} </small>}
        {timeZ(clockMs.value)}
      </span>
      <a class="button small page-link" href="./coverage.html" title={t`Coverage over terrain: planning, on a page of its own`}>
        {t`Coverage`}
      </a>
      <button
        type="button"
        class="icon-button"
        id="sound"
        aria-pressed={prefs.value.sound}
        aria-label={t`Tones for new alerts (S)`}
        title={prefs.value.sound ? t`Tones for new alerts are on (S)` : t`Tones for new alerts are off (S)`}
        onClick={() => setPref('sound', !prefs.value.sound)}
      >
        <Glyph shape={prefs.value.sound ? 'sound' : 'silent'} />
      </button>
      <button
        type="button"
        class="button small settings-button"
        id="settings-button"
        aria-haspopup="dialog"
        title={t`Settings: units, sound, light or dark, language, the map (O)`}
        onClick={() => (settingsOpen.value = true)}
      >
        <Glyph shape="settings" /> <span class="visually-hidden">{t`Settings (O)`}</span> {language().toUpperCase()}
      </button>
      {person.value && (
        <button type="button" class="button small" id="sign-out" onClick={() => void signOut()}>
          {t`Sign out`}
        </button>
      )}
      <button
        type="button"
        class="icon-button help-button"
        aria-label={t`Keyboard and symbols (?)`}
        title={t`Keyboard (?)`}
        onClick={() => (helpOpen.value = true)}
      >
        ?
      </button>
    </header>
  );
}

function Whose() {
  const node = hello.value;
  if (!node) return <span class="chip quiet">{t`no node yet`}</span>;
  return (
    <span class="chip whose">
      <b>{node.node}</b>
      <span class="muted">{node.party}</span>
    </span>
  );
}

/** Who decides who tracks are: us, others elsewhere. Only where areas of responsibility are known. */
function Authority() {
  const words = authorityWords(areas.value, hello.value?.party ?? '');
  if (words === null) return null;
  return (
    <span class="chip authority" id="authority" title={t`Identification authority: ${words}`}>
      <span class="muted authority-full">{t`Identification authority`}</span>
      <span class="muted authority-short" aria-hidden="true">{t`ID¦authority`}</span>
      <b>{words}</b>
    </span>
  );
}

function Connection() {
  const words = connectionWords(connection.value);
  return (
    <span class={`chip connection is-${connection.value.kind}`} id="connection">
      <Glyph shape={words.glyph} />
      <b>{words.word}</b>
      <span class="num connection-detail">{words.detail}</span>
    </span>
  );
}

/** Owners beside the count; all of them are in its title. */
const OWNERS_SHOWN = 3;

function* descriptions() {
  for (const row of store.rowOf.values()) yield store.descriptions[row] ?? null;
}

function Counts() {
  void pictureVersion.value;
  let coasting = 0;
  for (const row of store.rowOf.values()) if ((store.flags[row]! & TRACK_COASTING) !== 0) coasting += 1;
  const owners = ownerCounts(descriptions(), store.party);
  const words = owners.map(([party, n]) => (party === store.party ? t`mine ${count(n)}` : `${party} ${count(n)}`));
  return (
    <span class="chip counts" title={words.length === 0 ? '' : t`By owner: ${words.join(', ')}`}>
      <span class="muted">{t`Tracks`}</span>
      <b class="num" id="track-count">
        {count(store.size)}
      </b>
      {words.length > 0 && <span class="owners num">{words.slice(0, OWNERS_SHOWN).join(', ')}</span>}
      {coasting > 0 && <span class="muted num">{t`${count(coasting)} coasting`}</span>}
    </span>
  );
}

/** Open alerts by severity, seen with the list closed, too. */
function Alerted() {
  const list = alerts.value;
  const counts = list ? openCounts(list) : [];
  if (counts.length === 0) return null;
  return (
    <button type="button" class="chip alerted" id="alerted" title={t`Alerts`} onClick={() => !prefs.value.left && togglePanel('left')}>
      {counts.map(({ severity, n, words }) => (
        <span key={severity} class={`alert-count severity-${severity}`}>
          <Glyph shape={SEVERITY_GLYPH[severity]} /> <b class="num" aria-hidden="true">{n}</b>
          <span class="visually-hidden">{words}</span>
        </span>
      ))}
    </button>
  );
}

/** What overload cost, in words; `null` when nothing was lost. */
export function shedWords(shed: Shed): string | null {
  const parts = [
    shed.feed_bytes > 0 && plural(shed.feed_bytes, '{n} byte of feeds', '{n} bytes of feeds'),
    shed.tracks > 0 && plural(shed.tracks, '{n} track', '{n} tracks'),
    shed.messages > 0 && plural(shed.messages, '{n} picture not sent here', '{n} pictures not sent here'),
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : null;
}

function Overload() {
  void pictureVersion.value;
  const words = shedWords(store.shed);
  if (!words) return null;
  return (
    <span class="chip overload" title={t`Lost since the node started: ${words}`}>
      <Glyph shape="diamond" />
      <b>{t`OVERLOAD:`}</b>
      <span>{words}</span>
    </span>
  );
}

/** Full-width lines under the bar: what is shown is not the present air, or needs the operator. */
export function Bands() {
  const { kind, reason, sinceMs } = connection.value;
  const notice = hello.value?.notice;
  return (
    <section class="bands" aria-label={t`What is out of the ordinary`}>
      {kind === 'frozen' && (
        <div class="band frozen" id="stale-banner">
          <Glyph shape="triangle" />
          <b>
            <span class="num">{t`FROZEN since ${timeZ(sinceMs ?? 0)}`}</span>
          </b>
          — {reason}
        </div>
      )}
      {kind === 'replay' && (
        <div class="band replay">
          <b>{t`REPLAY`}</b> <span class="num">{dateZ(store.timeMs)} {timeZ(store.timeMs)}</span>
          {past.value && <span class="num">{past.value.paused ? t`paused` : `×${past.value.speed}`}</span>} — {t`not live; alerts are computed anew`}{past.value?.known === 'now' && <> · {t`identities as known now`}</>}
          {past.value && (
            <button type="button" class="button small push" onClick={toPresent}>
              {t`Live (L)`}
            </button>
          )}
        </div>
      )}
      {seenAs.value !== null && (
        <AsPartner party={seenAs.value} />
      )}
      {kind === 'outdated' && (
        <div class="band outdated" role="alert">
          <Glyph shape="triangle" />
          {t`This page cannot read what the node sends: ${reason}.`}
          <button type="button" class="button small" onClick={() => window.location.reload()}>
            {t`Reload`}
          </button>
        </div>
      )}
      {notice && (
        <div class="band notice" id="notice">
          <Glyph shape="diamond" />
          {notice}
        </div>
      )}
      {refused.value && (
        <div class="band refused" role="alert">
          <Glyph shape="diamond" />
          {t`The node refused: ${refused.value}`}
          <button
            type="button"
            class="icon-button push"
            aria-label={t`Dismiss`}
            onClick={() => (refused.value = null)}
          >
            <Glyph shape="close" />
          </button>
        </div>
      )}
    </section>
  );
}

/** Whose view it is, under which articles, how late; and what can be laid beside it. */
function AsPartner({ party }: { party: string }) {
  const terms = termsWords(partners.value?.rows.find((row) => row.party === party)?.terms ?? []);
  return (
    <div class="band as-partner" id="as-partner">
      <b>{wipeAt.value === null ? t`YOU SEE WHAT ${party} SEES` : t`OUR PICTURE BESIDE WHAT ${party} SEES`}</b>
      <span class="num as-terms" title={terms.whole}>
        {terms.short}
      </span>
      <button type="button" class="button small" id="held-toggle" aria-pressed={heldShown.value} title={t`What ${party} is not told of our picture, and why (K)`} onClick={toggleHeld}>
        {t`Held back`} {heldShown.value && heldBack.value && <span class="num">{count(heldBack.value.number.length)}</span>} <kbd>K</kbd>
      </button>
      <button type="button" class="button small" id="wipe-toggle" aria-pressed={wipeAt.value !== null} title={t`Our picture to the left, what ${party} sees to the right (W)`} onClick={toggleWipe}>
        {t`Compare`} <kbd>W</kbd>
      </button>
      <button type="button" class="button small" onClick={() => seeAs(null)}>
        {t`Our own picture`}
      </button>
    </div>
  );
}

/** Speaks a change of the connection's state, once. */
export function LiveRegion() {
  const words = useSignal('');
  const last = useSignal('');
  useSignalEffect(() => {
    const key = `${connection.value.kind} ${connection.value.reason ?? ''}`;
    if (last.peek() === key) return;
    last.value = key;
    words.value = spoken(connection.value);
  });
  return (
    <div class="visually-hidden" role="status" aria-live="assertive" id="live-region">
      {words}
    </div>
  );
}
