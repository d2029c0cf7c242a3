// Roles, and what an account is, in words.

import type { AccountRow } from '../generated/wire';

export const ROLES = [
  ['viewer', 'viewer', 'looks'],
  ['operator', 'operator', 'alerts, incidents, reports'],
  ['identification-officer', 'identification officer', 'who tracks are'],
  ['duty-officer', 'duty officer', 'partners: hand-overs, requests, suspending'],
  ['release-officer', 'release officer', 'what goes to partners; two to resume'],
  ['engineer', 'engineer', 'sensors, ledgers'],
  ['administrator', 'administrator', 'people'],
] as const;

const WORDS: ReadonlyMap<string, string> = new Map(ROLES.map(([name, words]) => [name, words]));

export const roleWords = (name: string): string => WORDS.get(name) ?? name;

/** How an account stands. */
export function standing(row: AccountRow): string {
  const parts = [
    row.shut_out && 'shut out',
    row.invited && 'invited',
    row.sessions > 0 && `at ${row.sessions} ${row.sessions === 1 ? 'console' : 'consoles'}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'not here now';
}

/** Why a password is not sent; `null`: it is. The node has the last word. */
export function passwordProblem(password: string, again: string): string | null {
  if ([...password].length < 12) return 'At least 12 characters: a few words of your own do.';
  return password === again ? null : 'The two are not the same.';
}
