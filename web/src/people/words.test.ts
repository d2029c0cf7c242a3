import { describe, expect, it } from 'vitest';
import type { AccountRow } from '../generated/wire';
import { invitationIn } from './state';
import { passwordProblem, refusalOf, roleWords, standing } from './words';

const row = (part: Partial<AccountRow>): AccountRow => ({
  name: 'Asel',
  position: null,
  roles: [],
  shut_out: false,
  invited: false,
  vouched: false,
  sessions: 0,
  ...part,
});

describe('people in words', () => {
  it.each([
    [{}, 'not here now'],
    [{ sessions: 1 }, 'at 1 console'],
    [{ shut_out: true, invited: true }, 'shut out, invited'],
    [{ sessions: 2 }, 'at 2 consoles'],
  ])('an account of %j is %s', (part, words) => expect(standing(row(part))).toBe(words));

  it('a role this console does not know is shown as the node names it', () => {
    expect(roleWords('duty-officer')).toBe('duty officer');
    expect(roleWords('captain')).toBe('captain');
  });

  it('a password is long and typed twice alike', () => {
    expect(passwordProblem('short', 'short')).toMatch(/12 characters/);
    expect(passwordProblem('seven hills and', 'seven hills an')).toMatch(/not the same/);
    expect(passwordProblem('семь холмов и', 'семь холмов и')).toBeNull();
  });

  it('who is invited has a name, also where nobody administers yet; the first administrator chooses one', () => {
    const token = 'a-B_'.padEnd(43, '0');
    expect(invitationIn(`#invitation=${token}`)).toEqual({ token, first: false });
    expect(invitationIn(`#first=${token}`)).toEqual({ token, first: true });
    expect(invitationIn(`#first=${token}0`)).toBeNull();
    expect(invitationIn('')).toBeNull();
  });

  it('in the past nothing is done to the present, and what is only looked at is', () => {
    expect(refusalOf('work-alerts', {}, true)).toMatch(/^The past is shown/);
    expect(refusalOf('take-incident', {}, true)).toBeNull();
    expect(refusalOf('work-alerts', {}, false)).toBeNull();
    expect(refusalOf('work-alerts', { 'work-alerts': 'you are viewer' }, true)).toBe('You are viewer.');
  });
});
