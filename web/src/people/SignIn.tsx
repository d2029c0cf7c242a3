// What is shown before somebody has signed in: nothing of the picture.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SessionState } from '../generated/wire';
import { Glyph } from '../shell/Glyph';
import { invitation, refusedAt, send, session, tookSession } from './state';
import { passwordProblem, refusedThere } from './words';
import { t } from '../language/language';

export function SignIn() {
  const invited = invitation.value;
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const name = useSignal('');
  const password = useSignal('');
  const again = useSignal('');
  const problem = useSignal<string | null>(refusedAt.value === null ? null : refusedThere(refusedAt.value));
  const busy = useSignal(false);
  const missing = invited !== null ? passwordProblem(password.value, again.value) : null;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    problem.value = missing;
    if (busy.value || missing) return;
    busy.value = true;
    const done =
      invited === null
        ? await send<SessionState>('POST', 'api/v1/session', { name: name.value, password: password.value })
        : await send<SessionState>('POST', 'api/v1/take-up', { token: invited.token, name: name.value || null, password: password.value });
    busy.value = false;
    if ('ok' in done) {
      invitation.value = null;
      tookSession(done.ok);
    }
    else problem.value = done.problem;
  };
  const asksName = invited === null || invited.first;
  const provider = invited === null ? (session.value?.provider ?? null) : null;
  return (
    <Sheet title={invited === null ? t`Sign in` : invited.first ? t`First administrator` : t`Choose a password`}>
      {invited === null && session.value?.first && (
        <p id="founding">
          {t`No administrator can sign in. At its start the node writes an address into its log, “open this to be the first administrator”. Open it on this machine; it is good once.`}
        </p>
      )}
      {provider !== null && (
        <p class="provider">
          <a class="button primary" id="sign-in-provider" href="api/v1/oidc">
            {t`Sign in with ${provider}`}
          </a>
          <small class="muted">{t`or with a password of this node:`}</small>
        </p>
      )}
      <form class="desk-form" id="sign-in" onSubmit={submit}>
        {asksName && (
          <label>
            {t`Name`}
            <input ref={first} type="text" id="sign-in-name" autocomplete="username" required maxLength={64} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
          </label>
        )}
        <label>
          {t`Password`}
          <input
            ref={asksName ? null : first}
            type="password"
            id="sign-in-password"
            autocomplete={invited === null ? 'current-password' : 'new-password'}
            required
            maxLength={256}
            value={password.value}
            onInput={(event) => (password.value = event.currentTarget.value)}
          />
        </label>
        {invited !== null && (
          <label>
            {t`The same again`}
            <input type="password" id="sign-in-again" autocomplete="new-password" required maxLength={256} value={again.value} onInput={(event) => (again.value = event.currentTarget.value)} />
          </label>
        )}
        <div class="buttons">
          <button type="submit" class={provider === null ? 'button primary' : 'button'} disabled={busy.value}>
            {busy.value ? t`One moment…` : invited === null ? t`Sign in` : t`Choose it and sign in`}
          </button>
        </div>
        <p class="problem" role="alert">
          {problem.value && (
            <>
              <Glyph shape="diamond" /> {problem.value}
            </>
          )}
        </p>
      </form>
    </Sheet>
  );
}

function Sheet({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return (
    <main class="sign-in">
      <section class="sign-in-sheet" aria-labelledby="sign-in-title">
        <span class="brand">ENTENTE</span>
        <h1 id="sign-in-title">{title}</h1>
        {children}
      </section>
    </main>
  );
}
