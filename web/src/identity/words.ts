// What the screen says of identities: who says so, what counts, what waits for whom. Pure.

import type {
  ChangeRow,
  ClientMessage,
  DecidedRow,
  EvidenceRow,
  Identity,
  IdentityDesk,
  ProposalRow,
  ReportMeans,
  SentProposalRow,
  TrackIdentity,
  WaitingRow,
} from '../generated/wire';
import { age, timeZ } from '../shell/format';
import { IDENTITY_WORDS } from '../tracks/identity';
import { trackNumber } from '../tracks/ident';
import type { Purpose } from './state';
import { listed, t, told } from '../language/language';

/** What a person may set, the usual first. */
export const SETTABLE: readonly Identity[] = ['civil', 'friend', 'assumed_friend', 'neutral', 'unknown', 'suspect', 'hostile'];

/** Whether one person's word is not enough. */
export const needsSecond = (identity: Identity): boolean => identity === 'suspect' || identity === 'hostile';

/** The same person, as the node compares names. */
export function samePerson(one: string, two: string): boolean {
  const folded = (name: string): string => name.split(/\s+/).filter(Boolean).join(' ').toLowerCase();
  return folded(one) === folded(two);
}

/** Who says what the track is. */
export function sayerWords(who: TrackIdentity): string {
  return who.decided ? listed(who.decided.by) : t`the machine, by its rules`;
}

/** When it was decided and when to look again. */
export function reviewWords(decided: DecidedRow, nowMs: number): string {
  if (decided.review_due) return t`to be looked at again since ${timeZ(decided.review_ms)}`;
  return t`look again in ${age(Math.max(0, decided.review_ms - nowMs) / 1000)}`;
}

/** What waits for a second person. */
export function waitingWords(row: WaitingRow, nowMs: number): string {
  const leftS = Math.max(0, row.until_ms - nowMs) / 1000;
  const who = listed(row.by);
  const what = t`proposed ${IDENTITY_WORDS[row.identity]} by ${who}`;
  const of = row.carried === null ? '' : ` ${t`for ${trackNumber(row.carried)}, which went over into this`}`;
  return `${what}${of}; ${t`${age(leftS)} left to confirm`}`;
}

/** Why this name cannot confirm; `null` if it can. */
export function confirmProblem(row: WaitingRow, name: string): string | null {
  if (name.trim() === '') return t`Say who you are.`;
  const first = row.by[0] ?? '';
  return needsSecond(row.identity) && samePerson(first, name) ? t`${first} said so first: another person confirms.` : null;
}

/** What a piece of evidence counts: `+3 civil`, `−6 against all`. */
export function weightWords(row: EvidenceRow): string {
  if (row.weights.length === 0) return t`not weighed`;
  return row.weights
    .map(({ towards, points }) => (towards === 'doubt' ? t`−${number(points)} against all` : `+${number(points)} ${told(towards)}`))
    .join(', ');
}

const number = (points: number): string => (Math.round(points * 10) / 10).toString();

/** How fresh it is: `now`, or how long ago it was last so and what is left of it. */
export function freshnessWords(row: EvidenceRow): string {
  const seen = row.age_s < 5 ? t`now` : t`${age(row.age_s)} ago`;
  const faded = row.weights.find(({ points, points_fresh }) => points < points_fresh);
  return faded ? t`${seen}, fading from ${number(faded.points_fresh)}` : seen;
}

/** One line of the history. */
export function changeWords(row: ChangeRow): string {
  const who = row.by ?? t`machine`;
  const to = IDENTITY_WORDS[row.to];
  return row.from === row.to ? `${who}: ${told(row.what)}, ${to}` : `${who}: ${told(row.what)}, ${IDENTITY_WORDS[row.from]} → ${to}`;
}

/** What is missing before it can be sent; `null` when nothing is. */
export function problem(purpose: Purpose, identity: Identity | null, means: ReportMeans | null, why: string, by: string): string | null {
  const chooses = purpose.kind === 'set' || purpose.kind === 'report' || purpose.kind === 'propose';
  if (purpose.kind === 'propose' && identity === 'unknown') return t`Propose a class.`;
  if (purpose.kind === 'report' && means === null) return t`Say whether it was seen or heard.`;
  if (chooses && identity === null) return t`Choose an identity.`;
  if (why.trim() === '') return t`Say why.`;
  return by.trim() === '' ? t`Say who you are.` : null;
}

/** What goes to the node; `null` while something is missing. */
export function message(
  number: number,
  purpose: Purpose,
  identity: Identity | null,
  means: ReportMeans | null,
  why: string,
  by: string,
): ClientMessage | null {
  if (problem(purpose, identity, means, why, by) !== null) return null;
  switch (purpose.kind) {
    case 'set':
      return { type: 'set_identity', number, identity: identity!, why, by };
    case 'report':
      return { type: 'report_identity', number, means: means!, identity: identity!, words: why, by };
    case 'propose':
      return { type: 'propose_identity', number, identity: identity!, why, by };
    case 'withdraw':
      return { type: 'withdraw_identity', number, word: purpose.word, why, by };
    case 'answer': {
      const { party, answer } = purpose;
      return { type: 'answer_proposal', number, party, identity: purpose.identity, answer, why, by };
    }
  }
}

/** What the dialog is called and what its button says. */
export function dialogWords(purpose: Purpose, number: number): { title: string; button: string; why: string } {
  const track = trackNumber(number);
  switch (purpose.kind) {
    case 'set':
      return { title: t`Identity of ${track}`, button: t`Set`, why: t`Why` };
    case 'report':
      return { title: t`Report on ${track}`, button: t`Report`, why: t`What was seen or heard` };
    case 'propose':
      return { title: t`Propose to ${purpose.party} who ${track} is`, button: t`Propose`, why: t`Why` };
    case 'withdraw': {
      const what = IDENTITY_WORDS[purpose.identity];
      const title = purpose.word === 'decided' ? t`Withdraw ${what} of ${track}` : t`Take back the proposal of ${what} for ${track}`;
      return { title, button: purpose.word === 'decided' ? t`Withdraw` : t`Take back`, why: t`Why` };
    }
    case 'answer': {
      const what = IDENTITY_WORDS[purpose.identity];
      return purpose.answer === 'accept'
        ? { title: t`Accept ${what} for ${track}, as ${purpose.party} says`, button: t`Accept`, why: t`Why` }
        : { title: t`Refuse ${what} for ${track}, as ${purpose.party} says`, button: t`Refuse`, why: t`Why` };
    }
  }
}

/** Whether anything on the desk asks for a person. */
export function isEmpty(desk: IdentityDesk): boolean {
  return desk.waiting.length + desk.proposals.length + desk.reviews.length + desk.lost.length + desk.sent.length + desk.held_up.length === 0;
}

/** What a partner proposes: its person's word, or what its node calls the track. */
export const proposalWords = (row: ProposalRow): string =>
  row.by === null ? t`${row.party} says ${IDENTITY_WORDS[row.identity]}` : t`${row.by} of ${row.party} proposes ${IDENTITY_WORDS[row.identity]}`;

/** How far a proposal of ours is. */
export function sentWords(row: SentProposalRow): string {
  if (row.held_up !== null) return t`not sent: ${row.held_up}`;
  switch (row.state) {
    case 'sent':
      return t`on its way`;
    case 'received':
      return t`${row.party} has it; nobody there has answered`;
    case 'accepted':
      return t`accepted by ${row.answer?.by ?? row.party}: ${row.answer?.words ?? ''}`;
    case 'refused':
      return t`refused by ${row.answer?.by ?? row.party}: ${row.answer?.words ?? ''}`;
    case 'over':
      return t`came to nothing: ${row.answer?.words ?? ''}`;
  }
}

const keyOf = (row: WaitingRow): string => `${row.number} ${row.identity} ${row.at_ms}`;

/** What is new on the desk, to be spoken once; and the keys that are known then. */
export function news(desk: IdentityDesk, known: ReadonlySet<string>, nowMs: number): { said: string[]; known: Set<string> } {
  const proposed = desk.proposals.filter((row) => row.by !== null);
  const proposedKey = (row: ProposalRow): string => `${row.party} ${row.number} ${row.identity} ${row.at_ms}`;
  const said = [
    ...desk.waiting.filter((row) => !known.has(keyOf(row))).map((row) => `${trackNumber(row.number)}: ${waitingWords(row, nowMs)}.`),
    ...proposed.filter((row) => !known.has(proposedKey(row))).map((row) => `${trackNumber(row.number)}: ${proposalWords(row)}.`),
  ];
  return { said, known: new Set([...desk.waiting.map(keyOf), ...proposed.map(proposedKey)]) };
}
