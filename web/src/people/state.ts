// Who sits at this console, as the node knows them, and what they may do.

import { computed, signal } from '@preact/signals';
import type { SessionState, SignedIn } from '../generated/wire';
import { position } from '../requests/state';
import { heard, t } from '../language/language';
import { refusalOf } from './words';

/** Acts as the node names them. */
export type ActName =
  | 'look'
  | 'work-alerts'
  | 'work-incidents'
  | 'report'
  | 'take-incident'
  | 'identify'
  | 'pair'
  | 'hand-over'
  | 'correspond'
  | 'stand-in'
  | 'suspend'
  | 'resume'
  | 'approve-accord'
  | 'rehearse'
  | 'take-ledger'
  | 'read-audit'
  | 'manage-people';

/** Absent until the node has answered. */
export const session = signal<SessionState | null>(null);
export const person = computed<SignedIn | null>(() => session.value?.person ?? null);

/** Whether somebody has to sign in before anything is shown. */
export const mustSignIn = computed(() => session.value?.required === true && (person.value === null || invitation.value !== null));

export interface Invitation {
  token: string;
  /** It is the first administrator's, who chooses a name too; whoever was invited has one. */
  first: boolean;
}

/** What the page's address invites to, and nobody has taken up yet. */
export const invitation = signal<Invitation | null>(null);

/** Why the identity provider's word did not let somebody in, as the node says it in the page's address. */
export const refusedAt = signal<string | null>(null);

/** The list of people, open or not. */
export const peopleOpen = signal(false);

/** Whether the past is on the screen: what a person does is of now. */
export const inThePast = signal(false);

/** Why whoever sits here may not; `null`: they may, or the node will say. */
export const mayNot = (act: ActName): string | null => refusalOf(act, person.value?.refusals ?? {}, inThePast.value);

/** The name that stands under an act: of whoever signed in, else as it was typed. */
export const nameOr = (typed: string): string => person.value?.name ?? typed;

/** Takes what the node says of the session. */
export function tookSession(state: SessionState): void {
  session.value = state;
  if (state.person) position.value = state.person.name;
}

/** Asks the node who sits here; `null` where it does not answer. */
async function askSession(): Promise<SessionState | null> {
  try {
    const answer = await fetch('api/v1/session', { cache: 'no-store' });
    return answer.ok ? ((await answer.json()) as SessionState) : null;
  } catch {
    return null;
  }
}

/** Before anything is shown: whether it may be. */
export async function loadSession(): Promise<void> {
  const state = await askSession();
  if (state) tookSession(state);
}

/** Begins the page anew where nobody is signed in any more: what is on the screen is not for whoever comes next. */
export async function leaveIfSignedOut(): Promise<void> {
  const state = await askSession();
  if (state?.required && !state.person) window.location.reload();
}

/** Sends JSON; what the node answers, or why it refuses. */
export async function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown): Promise<{ ok: T } | { problem: string }> {
  try {
    const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) return { problem: heard((await answer.text()).trim()) || t`The node refused (${answer.status}).` };
    return { ok: (answer.status === 204 ? null : await answer.json()) as T };
  } catch {
    return { problem: t`The node does not answer.` };
  }
}

/** Ends the session; the page begins anew, so that nothing of it stays on the screen. */
export async function signOut(): Promise<void> {
  const done = await send('DELETE', 'api/v1/session', null);
  if ('ok' in done) window.location.reload();
}

/** An invitation in the page's address, which is then taken out of it. */
export function takeInvitation(here: Location): Invitation | null {
  const found = invitationIn(here.hash);
  if (found) window.history.replaceState(null, '', here.pathname + here.search);
  return found;
}

export function invitationIn(hash: string): Invitation | null {
  const found = /^#(invitation|first)=([A-Za-z0-9_-]{43})$/.exec(hash);
  return found && { token: found[2]!, first: found[1] === 'first' };
}

/** Why somebody comes back from the identity provider and is not in, in the page's address, which is then taken out of it. */
export function takeRefusal(here: Location): string | null {
  const found = /^#sign-in=([a-z-]{1,20})$/.exec(here.hash);
  if (!found) return null;
  window.history.replaceState(null, '', here.pathname + here.search);
  return found[1]!;
}

/** The address that an invited person opens. */
export const invitationLink = (here: Location, token: string): string => `${here.origin}${here.pathname}#invitation=${token}`;
