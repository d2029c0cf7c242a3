// Roles, and what an account is, in words.

import type { AccountRow } from '../generated/wire';
import { heard, plural, t } from '../language/language';
import type { ActName } from './state';

export const ROLES = [
  ['viewer', t`viewer`, t`looks`],
  ['operator', t`operator`, t`alerts, incidents, reports`],
  ['identification-officer', t`identification officer`, t`who tracks are`],
  ['duty-officer', t`duty officer`, t`partners: hand-overs, requests, suspending`],
  ['release-officer', t`release officer`, t`what goes to partners; two to resume`],
  ['engineer', t`engineer`, t`sensors, ledgers`],
  ['administrator', t`administrator`, t`people`],
] as const;

const WORDS: ReadonlyMap<string, string> = new Map(ROLES.map(([name, words]) => [name, words]));

export const roleWords = (name: string): string => WORDS.get(name) ?? name;

/** How an account stands. */
export function standing(row: AccountRow): string {
  const parts = [
    row.shut_out && t`shut out`,
    row.invited && t`invited`,
    row.vouched && t`by the identity provider`,
    row.sessions > 0 && plural(row.sessions, 'at {n} console', 'at {n} consoles'),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : t`not here now`;
}

/** Why a password is not sent; `null`: it is. The node has the last word. */
export function passwordProblem(password: string, again: string): string | null {
  if ([...password].length < 12) return t`At least 12 characters: a few words of your own do.`;
  return password === again ? null : t`The two are not the same.`;
}

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['called-off', t`You called it off at the identity provider.`],
  ['stale', t`It took too long, or began in another browser: try again.`],
  ['no-role', t`Your groups at the identity provider give no role at this node: ask whoever manages them.`],
  ['name', t`Your name is somebody else's at this node: ask an administrator.`],
  ['shut-out', t`An administrator has shut you out.`],
]);

/** Why somebody who comes back from the identity provider is not in. */
export const refusedThere = (code: string): string => REFUSED.get(code) ?? t`The identity provider does not answer as it should; the node's log says why.`;

/** What is done over the connection that shows the past, and so not while it does. */
const OF_NOW: ReadonlySet<ActName> = new Set<ActName>(['work-alerts', 'work-incidents', 'report', 'identify', 'pair', 'hand-over', 'correspond', 'stand-in', 'suspend', 'resume']);

/** Why an act may not be done, by what the node says of whoever signed in; `null`: it may. */
export function refusalOf(act: ActName, refusals: Readonly<Partial<Record<string, string>>>, inThePast: boolean): string | null {
  const why = refusals[act];
  if (why !== undefined) return heard(`${why.charAt(0).toUpperCase()}${why.slice(1)}.`);
  return inThePast && OF_NOW.has(act) ? t`The past is shown: go back to the present to act (L).` : null;
}
