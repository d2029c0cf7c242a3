// Our own picture beside a partner's view: the slider between both, and the track of ours that is looked at.

import * as format from '../shell/format';
import { Glyph } from '../shell/Glyph';
import { heldBack, heldWhy, ownSelected, ownStore, ownVersion, seenAs, select, selectOwn, wipeAt } from '../shell/state';
import { speedIn, units } from '../shell/units';
import { IDENTITY_WORDS } from '../tracks/identity';
import { ident, trackNumber } from '../tracks/ident';
import { toldAs } from './beside';
import { t } from '../language/language';

/** The line where both meet, whose each side is, and the slider that moves it. */
export function Wipe() {
  const at = wipeAt.value;
  const party = seenAs.value;
  if (at === null || party === null) return null;
  return (
    <div class="wipe" style={{ '--wipe': `${at}%` }}>
      <div class="wipe-line" />
      <span class="wipe-side ours">{t`◂ OUR PICTURE`}</span>
      <span class="wipe-side theirs">{t`WHAT ${party} SEES ▸`}</span>
      <input
        id="wipe"
        type="range"
        min={0}
        max={100}
        step={1}
        value={at}
        aria-label={t`Where our picture ends and what ${party} sees begins`}
        aria-valuetext={t`${at} % ours, ${100 - at} % of ${party}`}
        onInput={(event) => (wipeAt.value = Number(event.currentTarget.value))}
      />
    </div>
  );
}

/** A track of ours beside the partner's view: whether the partner is told it, and why not. */
export function OwnBeside() {
  void ownVersion.value;
  const number = ownSelected.value!;
  const party = seenAs.value;
  const row = ownStore.rowOf.get(number);
  const description = row === undefined ? null : (ownStore.descriptions[row] ?? null);
  const why = heldWhy.value.get(number);
  const known = toldAs(heldBack.value, number);
  const feet = row === undefined ? Number.NaN : ownStore.levelFt[row]!;
  return (
    <>
      <header class="panel-head">
        <h2>{t`Our track`}</h2>
        <span class="panel-note num">{trackNumber(number)}</span>
        <button type="button" class="icon-button" aria-label={t`Clear selection (Esc)`} onClick={() => selectOwn(null)}>
          <Glyph shape="close" />
        </button>
      </header>
      <div class="track-title">
        <span class="track-ident">{ident(description, number)}</span>
        {description && <span class="track-identity">{IDENTITY_WORDS[description.identity]}</span>}
      </div>
      {row === undefined && <p class="notice-line">{t`Track ended`}</p>}
      {why !== undefined && (
        <p class="notice-line" id="held-why">
          <span>
            <b>{t`✕ ${party} is not told it`}</b>
            <br />
            {why}
          </span>
        </p>
      )}
      {known !== null && (
        <p class="notice-line">
          <span>
            <b>{t`✓ ${party} is told it as no. ${known}`}</b>
          </span>
        </p>
      )}
      {row !== undefined && (
        <dl class="facts track-facts">
          <dt>{t`Level¦height`}</dt>
          <dd class="num">{Number.isNaN(feet) ? '–' : format.level(feet)}</dd>
          <dt>{t`Speed`}</dt>
          <dd class="num">
            {Math.round(speedIn(ownStore.speedKt[row]!, units.value))} {units.value.speed}
          </dd>
          <dt>{t`Position`}</dt>
          <dd class="num">
            {format.latitude(ownStore.latDeg[row]!)} {format.longitude(ownStore.lonDeg[row]!)}
          </dd>
        </dl>
      )}
      {known !== null && (
        <button type="button" class="button" onClick={() => select(known)}>
          {t`Go to what ${party} sees of it`}
        </button>
      )}
    </>
  );
}
