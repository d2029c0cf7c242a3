import { describe, expect, it } from 'vitest';
import type { EvidenceRow, IdentityDesk, TrackIdentity, WaitingRow } from '../generated/wire';
import { changeWords, confirmProblem, dialogWords, freshnessWords, isEmpty, message, news, problem, reviewWords, samePerson, sayerWords, waitingWords, weightWords } from './words';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

const waiting = (more: Partial<WaitingRow> = {}): WaitingRow => ({
  number: 2417,
  identity: 'hostile',
  by: ['A. Duty'],
  why: 'no answer on 121.5',
  at_ms: NOW - 40_000,
  until_ms: NOW + 260_000,
  carried: null,
  ...more,
});

const who = (more: Partial<TrackIdentity> = {}): TrackIdentity => ({
  identity: 'civil',
  machine: 'civil',
  decided: null,
  waiting: null,
  ours: true,
  proposals: [],
  propose_to: null,
  sent: [],
  evidence: [],
  history: [],
  history_dropped: 0,
  ...more,
});

const evidence = (more: Partial<EvidenceRow> = {}): EvidenceRow => ({
  kind: 'address',
  words: 'an address of KGZ',
  weights: [{ towards: 'civil', points: 3, points_fresh: 3 }],
  since_s: 100,
  age_s: 1,
  ...more,
});

describe('who says so', () => {
  it('is the machine, or the people who decided', () => {
    expect(sayerWords(who())).toBe('the machine, by its rules');
    const decided = { by: ['A. Duty', 'B. Second'], why: 'x', at_ms: NOW, review_ms: NOW + 60_000, review_due: false };
    expect(sayerWords(who({ decided }))).toBe('A. Duty and B. Second');
    expect(reviewWords(decided, NOW)).toContain('look again in');
    expect(reviewWords({ ...decided, review_due: true }, NOW)).toBe('to be looked at again since 12:01:00Z');
  });
});

describe('the second person', () => {
  it('is another than the first, whatever the case and the spaces', () => {
    expect(samePerson('A. Duty', '  a.  DUTY ')).toBe(true);
    expect(samePerson('A. Duty', 'B. Second')).toBe(false);
    expect(confirmProblem(waiting(), '  ')).toBe('Say who you are.');
    expect(confirmProblem(waiting(), 'a. duty')).toBe('A. Duty said so first: another person confirms.');
    expect(confirmProblem(waiting(), 'B. Second')).toBeNull();
    expect(confirmProblem(waiting({ identity: 'neutral', carried: 7 }), 'A. Duty')).toBeNull();
  });

  it('is told what waits, and how long still', () => {
    expect(waitingWords(waiting(), NOW)).toMatch(/^proposed hostile by A\. Duty; .* left to confirm$/);
    expect(waitingWords(waiting({ carried: 7 }), NOW)).toContain('for TN 0007, which went over into this');
  });

  it('is called once', () => {
    const desk: IdentityDesk = { waiting: [waiting()], proposals: [], proposals_more: 0, reviews: [], lost: [], sent: [], held_up: [] };
    expect(isEmpty(desk)).toBe(false);
    const first = news(desk, new Set(), NOW);
    expect(first.said).toHaveLength(1);
    expect(first.said[0]).toContain('TN 2417');
    expect(news(desk, first.known, NOW).said).toEqual([]);
    expect(isEmpty({ ...desk, waiting: [] })).toBe(true);
  });
});

describe('evidence', () => {
  it.each<[string, Partial<EvidenceRow>, string, string]>([
    ['for a class', {}, '+3 civil', 'now'],
    ['against all', { weights: [{ towards: 'doubt', points: 6, points_fresh: 6 }] }, '−6 against all', 'now'],
    ['for two', { weights: [{ towards: 'civil', points: 3, points_fresh: 3 }, { towards: 'friend', points: 3, points_fresh: 3 }] }, '+3 civil, +3 friend', 'now'],
    ['shown alone', { weights: [] }, 'not weighed', 'now'],
    ['that fades', { age_s: 510, weights: [{ towards: 'civil', points: 1.46, points_fresh: 3 }] }, '+1.5 civil', 'ago, fading from 3'],
  ])('%s', (_, more, counts, fresh) => {
    expect(weightWords(evidence(more))).toBe(counts);
    expect(freshnessWords(evidence(more))).toContain(fresh);
  });
});

describe('the history', () => {
  it('says who did what, and from what to what', () => {
    const row = { at_ms: NOW, by: 'A. Duty', what: 'set', from: 'civil', to: 'neutral', why: 'x' } as const;
    expect(changeWords(row)).toBe('A. Duty: set, civil → neutral');
    expect(changeWords({ ...row, by: null, what: 'judged', from: 'pending', to: 'civil' })).toBe('machine: judged, pending → civil');
    expect(changeWords({ ...row, what: 'looked again: it stands', from: 'neutral' })).toBe('A. Duty: looked again: it stands, neutral');
  });
});

describe('what is sent', () => {
  it('is complete or nothing', () => {
    const set = { kind: 'set' } as const;
    expect(problem(set, null, null, 'why', 'A')).toBe('Choose an identity.');
    expect(problem(set, 'neutral', null, ' ', 'A')).toBe('Say why.');
    expect(problem(set, 'neutral', null, 'why', ' ')).toBe('Say who you are.');
    expect(message(7, set, 'neutral', null, '', 'A')).toBeNull();
    expect(message(7, set, 'neutral', null, 'why', 'A')).toEqual({ type: 'set_identity', number: 7, identity: 'neutral', why: 'why', by: 'A' });
    expect(message(7, { kind: 'report' }, 'civil', null, 'seen', 'A')).toBeNull();
    expect(message(7, { kind: 'report' }, 'civil', 'voice', 'heard', 'A')).toEqual({ type: 'report_identity', number: 7, means: 'voice', identity: 'civil', words: 'heard', by: 'A' });
    const answer = { kind: 'answer', party: 'KAZ', identity: 'suspect', answer: 'refuse' } as const;
    expect(message(7, answer, null, null, 'a known flight', 'A')).toEqual({ type: 'answer_proposal', number: 7, party: 'KAZ', identity: 'suspect', answer: 'refuse', why: 'a known flight', by: 'A' });
    const withdraw = { kind: 'withdraw', word: 'decided', identity: 'neutral' } as const;
    expect(message(7, withdraw, null, null, 'over', 'A')).toEqual({ type: 'withdraw_identity', number: 7, word: 'decided', why: 'over', by: 'A' });
    expect(dialogWords(withdraw, 7).title).toBe('Withdraw neutral of TN 0007');
    expect(dialogWords(answer, 7).button).toBe('Refuse');
  });
});
