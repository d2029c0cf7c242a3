// Where a named person says what a track is, reports, takes back or answers; by keyboard alone, too.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Identity, ReportMeans } from '../generated/wire';
import { NameField } from '../people/Name';
import { mayNot } from '../people/state';
import { act, position } from '../requests/state';
import { Glyph } from '../shell/Glyph';
import { selectedDetail } from '../shell/state';
import { IDENTITY_WORDS } from '../tracks/identity';
import { Symbol } from '../tracks/Symbol';
import { closeDialog, dialog, type Purpose } from './state';
import { SETTABLE, dialogWords, message, needsSecond, problem } from './words';
import { t } from '../language/language';

export function IdentityDialog() {
  const sheet = useRef<HTMLDialogElement>(null);
  const open = dialog.value;
  useEffect(() => {
    const element = sheet.current!;
    if (open && !element.open) {
      element.showModal();
      // Not the button that closes: keys are for what is asked first.
      element.querySelector<HTMLElement>('input, textarea')?.focus();
    }
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog ref={sheet} class="identity-dialog" id="identity-dialog" aria-labelledby="identity-title" onClose={closeDialog}>
      {open && <Form key={`${open.number} ${JSON.stringify(open.purpose)}`} number={open.number} purpose={open.purpose} />}
    </dialog>
  );
}

function Form({ number, purpose }: { number: number; purpose: Purpose }) {
  const now = selectedDetail.value?.number === number ? selectedDetail.value.who : undefined;
  const identity = useSignal<Identity | null>(null);
  const means = useSignal<ReportMeans | null>(null);
  const why = useSignal('');
  const words = dialogWords(purpose, number);
  const missing = mayNot(purpose.kind === 'report' ? 'report' : 'identify') ?? problem(purpose, identity.value, means.value, why.value, position.value);
  const chosen = purpose.kind === 'answer' && purpose.answer === 'accept' ? purpose.identity : purpose.kind === 'set' ? identity.value : null;
  const submit = (event: Event): void => {
    event.preventDefault();
    const said = message(number, purpose, identity.value, means.value, why.value, position.value);
    if (!said) return;
    act(said);
    closeDialog();
  };
  return (
    <form class="desk-form" onSubmit={submit}>
      <header class="desk-head">
        <h2 id="identity-title">{words.title}</h2>
        <button type="button" class="icon-button push" aria-label={t`Close (Esc)`} onClick={closeDialog}>
          <Glyph shape="close" />
        </button>
      </header>
      {purpose.kind === 'report' && (
        <fieldset>
          <legend>{t`Known by`}</legend>
          <div>
            <Choice name="means" label={t`sight`} checked={means.value === 'visual'} choose={() => (means.value = 'visual')} />
            <Choice name="means" label={t`voice`} checked={means.value === 'voice'} choose={() => (means.value = 'voice')} />
          </div>
        </fieldset>
      )}
      {(purpose.kind === 'set' || purpose.kind === 'report' || purpose.kind === 'propose') && (
        <fieldset>
          <legend>{purpose.kind !== 'report' ? (now ? t`It is (now ${IDENTITY_WORDS[now.identity]})` : t`It is`) : t`It is said to be`}</legend>
          <div class="identity-choices">
            {SETTABLE.map((one) => (
              <Choice key={one} name="identity" label={IDENTITY_WORDS[one]} symbol={one} checked={identity.value === one} choose={() => (identity.value = one)} />
            ))}
          </div>
        </fieldset>
      )}
      <label>
        {words.why}
        <textarea maxLength={500} value={why.value} onInput={(event) => (why.value = event.currentTarget.value)} />
      </label>
      <NameField label={t`Your name`} />
      {chosen !== null && needsSecond(chosen) && (
        <p class="identity-due">
          <Glyph shape="diamond" /> {t`${IDENTITY_WORDS[chosen]} holds only when a second person confirms it.`}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button primary" disabled={missing !== null}>
          {words.button}
        </button>
        <button type="button" class="button" onClick={closeDialog}>
          {t`Cancel`}
        </button>
        {missing && <span class="problem">{missing}</span>}
      </div>
    </form>
  );
}

function Choice({ name, label, symbol, checked, choose }: { name: string; label: string; symbol?: Identity; checked: boolean; choose: () => void }) {
  return (
    <label class="check">
      <input type="radio" name={name} checked={checked} onChange={choose} />
      {symbol && <Symbol identity={symbol} />}
      {label}
    </label>
  );
}
