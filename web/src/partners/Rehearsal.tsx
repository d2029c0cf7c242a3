// The rehearsal of a draft accord: its text, and what it would have told beside what was told.

import { useEffect, useRef } from 'preact/hooks';
import type { RehearsedObject, RehearsedPartner, RuleBeside } from '../generated/rehearsal';
import { Glyph } from '../shell/Glyph';
import { age, count, timeZ } from '../shell/format';
import { clockMs, select, store } from '../shell/state';
import * as r from './rehearsal';
import { changeWords, nameOf, objectWords, verdict, type Side } from './rehearsalWords';
import { plural, t, told } from '../language/language';

export function Rehearsal() {
  const sheet = useRef<HTMLDialogElement>(null);
  const { open } = r.rehearsal.value;
  useEffect(() => {
    const dialog = sheet.current!;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={sheet} class="requests-desk rehearsal" id="rehearsal" aria-label={t`Rehearsal of a draft accord`} onClose={r.closeRehearsal}>
      <header class="desk-head">
        <h2>{t`Rehearsal`}</h2>
        <span class="muted">{t`What a draft would have told of the last minutes, beside what was told. Nothing changes by it.`}</span>
        <button type="button" class="icon-button push" aria-label={t`Close (Esc)`} onClick={r.closeRehearsal}>
          <Glyph shape="close" />
        </button>
      </header>
      {open && (
        <div class="rehearsal-body">
          <Draft />
          <Outcome />
        </div>
      )}
    </dialog>
  );
}

function Draft() {
  const { draft, lastS, sinceMs, problem } = r.rehearsal.value;
  return (
    <form
      class="desk-form rehearsal-draft"
      onSubmit={(event) => {
        event.preventDefault();
        void r.rehearse();
      }}
    >
      <label class="grow">
        {t`The draft: it takes the place of the accord with its id, as if in force`}
        <textarea class="num" spellcheck={false} value={draft} onInput={(event) => r.setDraft(event.currentTarget.value)} />
      </label>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="buttons">
        <label class="button file">
          {t`Open a file…`}
          <input
            type="file"
            accept=".toml"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void file.text().then(r.setDraft);
              event.currentTarget.value = '';
            }}
          />
        </label>
        <select aria-label={t`Over how long`} value={lastS} onChange={(event) => r.setSpan(Number(event.currentTarget.value))}>
          {r.SPANS.map(({ seconds, words }) => (
            <option key={seconds} value={seconds}>
              {t`the last ${words}`}
            </option>
          ))}
        </select>
        {sinceMs === null ? (
          <button type="submit" class="button primary push" disabled={draft.trim() === ''}>
            {t`Rehearse`}
          </button>
        ) : (
          <button type="button" class="button push" onClick={r.stop}>
            {t`Stop`}
          </button>
        )}
      </div>
    </form>
  );
}

function Outcome() {
  const { done, sinceMs } = r.rehearsal.value;
  void clockMs.value;
  if (sinceMs !== null) return <p class="empty">{t`The recording is handled again, ${age(Math.max(0, (Date.now() - sinceMs) / 1000))} so far…`}</p>;
  if (!done) return <p class="empty">{t`Change the text, then rehearse it.`}</p>;
  return (
    <div class="rehearsal-outcome" aria-live="polite">
      <p class="verdict">{verdict(done)}</p>
      {done.first_ms !== null && done.last_ms !== null && (
        <p class="muted num">
          {done.accord}
          , {done.amends ? t`in the place of the one held` : t`beside those held`}, {plural(done.pictures, 'over {n} picture of {0}, {1} to {2}', 'over {n} pictures of {0}, {1} to {2}', done.party, timeZ(done.first_ms), timeZ(done.last_ms))}
        </p>
      )}
      {done.partners.map((partner) => (
        <Partner key={partner.party} partner={partner} />
      ))}
    </div>
  );
}

function Partner({ partner }: { partner: RehearsedPartner }) {
  const { draft, current } = partner;
  return (
    <section class="rehearsed">
      <h3>{t`To ${partner.party}`}</h3>
      <table>
        <thead>
          <tr>
            <th />
            <th class="figure">{t`was`}</th>
            <th class="figure">{t`draft`}</th>
            <th class="figure">{t`change`}</th>
          </tr>
        </thead>
        <tbody>
          <Row rule={{ rule: t`Objects told`, draft: draft.objects, current: current.objects }} strong />
          <Row rule={{ rule: t`Updates of them`, draft: draft.updates, current: current.updates }} strong />
          {partner.released.map((rule) => (
            <Row key={rule.rule} rule={rule} mark="✓" />
          ))}
          {partner.withheld.map((rule) => (
            <Row key={rule.rule} rule={rule} mark="✕" />
          ))}
        </tbody>
      </table>
      <Objects partner={partner} side="more" title={t`Gained`} of={partner.counted[0]} />
      <Objects partner={partner} side="less" title={t`Lost`} of={partner.counted[1]} />
    </section>
  );
}

function Row({ rule, mark, strong }: { rule: RuleBeside; mark?: string; strong?: boolean }) {
  const words = changeWords(rule);
  return (
    <tr class={strong ? 'total' : ''}>
      <td class="wrap">
        {mark && <span role="img" aria-label={mark === '✓' ? t`released` : t`withheld`}>{mark} </span>}
        {told(rule.rule)}
      </td>
      <td class="figure num">{count(rule.current)}</td>
      <td class="figure num">{count(rule.draft)}</td>
      <td class={`figure num ${rule.draft === rule.current ? 'muted' : 'changed'}`}>{words}</td>
    </tr>
  );
}

function Objects({ partner, side, title, of }: { partner: RehearsedPartner; side: Side; title: string; of: number }) {
  const objects = r.objectsOf(partner, side);
  if (of === 0) return null;
  const show = (number: number | null): void => {
    r.onMap.value = { party: partner.party, side, number };
    if (number !== null && store.rowOf.has(number)) select(number);
    r.closeRehearsal();
  };
  return (
    <details class="rehearsed-objects" open={of <= 20}>
      <summary>
        {title}: {plural(of, '{n} object', '{n} objects')} {objects.length < of && <span class="muted">{t`(${count(objects.length)} listed)`}</span>}
        <button type="button" class="button small push" onClick={() => show(null)}>
          {t`All on the map`}
        </button>
      </summary>
      <ul>
        {objects.map((object) => (
          <Line key={object.number} object={object} show={() => show(object.number)} />
        ))}
      </ul>
    </details>
  );
}

function Line({ object, show }: { object: RehearsedObject; show: () => void }) {
  return (
    <li>
      <button type="button" class="choose num" disabled={object.places.length === 0} title={t`Show it on the map`} onClick={show}>
        {object.kind === 'track' ? '' : `${object.kind} `}
        {nameOf(object)}
      </button>{' '}
      <span class="muted wrap">{objectWords(object)}</span>
    </li>
  );
}

/** Over the map while trails lie on it. */
export function TrailsBand() {
  const shown = r.onMap.value;
  const trails = r.trails.value;
  if (!shown || !trails) return null;
  const what = shown.side === 'more' ? t`what the draft would have told ${shown.party}` : t`what ${shown.party} was told and the draft would not tell`;
  return (
    <div class="trails-band" role="status">
      <span>
        <b>{t`Rehearsal:`}</b> {what}: {plural(trails.length, '{n} path', '{n} paths')}
      </span>
      <button type="button" class="button small" onClick={() => (r.rehearsal.value = { ...r.rehearsal.value, open: true })}>
        {t`Back to it`}
      </button>
      <button type="button" class="icon-button" aria-label={t`Take the paths off the map`} onClick={() => (r.onMap.value = null)}>
        <Glyph shape="close" />
      </button>
    </div>
  );
}
