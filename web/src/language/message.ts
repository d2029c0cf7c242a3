// A message of the node in this language: the fields in which it speaks to people, all in one place.
// What people typed, and what the console reads by its words (how an accord stands), is not touched.

import type { ServerMessage } from '../generated/wire';
import { heard, language, told } from './language';

/** Facts of alerts whose value is what something or somebody is called. */
const NAMED: ReadonlySet<string> = new Set([
  'airspace',
  'and at',
  'crossed',
  'heard at',
  'heard by',
  'in range of',
  'measured by',
  "operator's registration",
  'party',
  'plan',
  'sensor',
  'transmitter',
]);

const isFigure = (value: string): boolean => /^-?\d/.test(value);

/** What an alert is about: a code or an address in words; a sensor or an airspace by its name. */
const about = (words: string): string => (/^(code|address|cell|remote ID) \S+$/.test(words) ? told(words) : words);

const or = (words: string | null, say: (words: string) => string): string | null => words && say(words);

export function inWords<M extends ServerMessage>(message: M): M {
  if (language() === 'en') return message;
  return translated(message) as M;
}

function translated(message: ServerMessage): ServerMessage {
  switch (message.type) {
    case 'sensors':
      return { ...message, rows: message.rows.map((row) => ({ ...row, note: or(row.note, heard), told: row.told.map(told) })) };
    case 'partners': {
      const rows = message.rows.map((row) => ({
        ...row,
        note: or(row.note, heard),
        turned_away_for: or(row.turned_away_for, heard),
        terms: row.terms.map((term) => ({ ...term, lets_out: or(term.lets_out, heard), words: heard(term.words) })),
        released: row.released.map((why) => ({ ...why, rule: heard(why.rule) })),
        withheld: row.withheld.map((why) => ({ ...why, rule: heard(why.rule) })),
        dropped: row.dropped && { ...row.dropped, why: heard(row.dropped.why) },
      }));
      return { ...message, rows };
    }
    case 'pairs': {
      // A person's reason alone is theirs.
      const ofNode = /^(looked for|looked at whether it may be|one no more): /;
      return { ...message, rows: message.rows.map((row) => ({ ...row, why: or(row.why, (why) => (ofNode.test(why) ? told(why) : why)) })) };
    }
    case 'held_back':
      return { ...message, reasons: message.reasons.map(heard) };
    case 'explained':
      return { ...message, lines: message.lines.map(heard) };
    case 'alerts': {
      const facts = (all: (typeof message.rows)[number]['facts']): typeof all => all.map((fact) => (NAMED.has(fact.name) || isFigure(fact.value) ? fact : { ...fact, value: told(fact.value), limit: or(fact.limit, told) }));
      const rows = message.rows.map((row) => ({ ...row, about: or(row.about, about), facts: facts(row.facts) }));
      return { ...message, unable: message.unable.map(heard), rows, calls: message.calls.map((call) => ({ ...call, about: or(call.about, about) })) };
    }
    case 'incidents': {
      const rows = message.rows.map((row) => ({ ...row, escalated: row.escalated && { ...row.escalated, why: told(row.escalated.why) } }));
      return { ...message, lost: or(message.lost, heard), rows };
    }
    case 'incident': {
      const steps = message.steps.map((step) => ({ ...step, text: step.article === null ? heard(step.text) : step.text }));
      return { ...message, steps, told: message.told.map((row) => ({ ...row, held_up: or(row.held_up, heard) })) };
    }
    case 'identity_desk':
      return { ...message, held_up: message.held_up.map(heard), sent: message.sent.map((row) => ({ ...row, held_up: or(row.held_up, heard) })) };
    case 'back_ups':
      return { ...message, rows: message.rows.map((row) => ({ ...row, waits: or(row.waits, heard) })) };
    case 'selected': {
      const remoteId = message.remote_id && { ...message.remote_id, doubts: message.remote_id.doubts.map(heard) };
      if (!message.who) return { ...message, remote_id: remoteId };
      const evidence = message.who.evidence.map((row) => ({ ...row, words: heard(row.words) }));
      // A person's reason is theirs.
      const history = message.who.history.map((row) => (row.by === null ? { ...row, why: told(row.why) } : row));
      return { ...message, remote_id: remoteId, who: { ...message.who, evidence, history } };
    }
    case 'refused':
      return { ...message, asked: told(message.asked), reason: heard(message.reason) };
    default:
      return message;
  }
}
