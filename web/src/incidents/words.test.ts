import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../generated/wire';
import { ANSWER_MINUTES, asks, incidentOf, nameWords, personOf, spokenOf, stateWords, toldWords } from './words';

const row = (change: Partial<IncidentRow> = {}): IncidentRow => ({
  name: { node: 'KGZ', number: 7 },
  kind: 'border',
  title: 'At the pass',
  opened_ms: 0,
  holder: 'KGZ',
  owner: 'Asel',
  held_here: true,
  closed: null,
  escalated: null,
  offer: null,
  incoming: null,
  accepted_by: null,
  unseen: false,
  alerts: [],
  tracks: [],
  steps: [1, 4],
  ...change,
});

describe('incidents in words', () => {
  it('says who owns it and how far its checklist is', () => {
    expect(stateWords(row(), 0)).toEqual({ words: 'Asel · 1 of 4 steps', tone: 'muted' });
    expect(nameWords(row().name)).toBe('KGZ INC-0007');
  });

  it('an offer counts down, and asks for somebody where it is a partner’s', () => {
    const offer = { party: 'KAZ', article: 'kgz-kaz article 4', due_ms: 90_000 };
    expect(stateWords(row({ offer }), 0)).toEqual({ words: 'offered to KAZ · 1 min 30 s left', tone: 'caution' });
    const asked = row({ held_here: false, holder: 'KAZ', incoming: offer });
    expect(stateWords(asked, 95_000)).toEqual({ words: 'KAZ asks you to take it · time is up', tone: 'warning' });
    expect(stateWords(row({ incoming: offer, accepted_by: 'Asel' }), 0).tone).toBe('caution');
  });

  it('an escalation says why, also after the end', () => {
    const escalated = { since_ms: 0, why: 'KAZ refused the offer' };
    const closed = { outcome: 'ended_safely' as const, by: 'KGZ Asel', at_ms: 0 };
    expect(stateWords(row({ escalated }), 0)).toEqual({ words: 'KAZ refused the offer', tone: 'warning' });
    expect(stateWords(row({ closed }), 0).words).toBe('closed: ended safely');
    expect(stateWords(row({ closed, escalated }), 0).words).toBe('KAZ refused the offer');
  });

  it('speaks of what newly asks for somebody, once', () => {
    const quiet = row();
    const loud = row({ unseen: true, holder: 'KAZ', held_here: false });
    const before = new Map([[nameWords(quiet.name), asks(quiet)]]);
    expect(spokenOf(before, [loud])).toBe('Incident KGZ INC-0007: KAZ has told something new');
    expect(spokenOf(new Map([[nameWords(loud.name), asks(loud)]]), [loud])).toBeNull();
    expect(spokenOf(null, [loud])).toBeNull();
  });

  it('says when a partner was told, had it and saw it', () => {
    const told = { party: 'KAZ', known_as: null, article: '4', at_ms: 0, received_ms: null, seen_by: null, seen_ms: null, held_up: null };
    expect(toldWords(told)).toBe('sent 00:00:00Z');
    expect(toldWords({ ...told, received_ms: 1_000 })).toBe('sent 00:00:00Z · received 00:00:01Z');
    const seen = { ...told, received_ms: 1_000, seen_by: 'RAP 1', seen_ms: 17_000 };
    expect(toldWords(seen)).toBe('sent 00:00:00Z · received 00:00:01Z · seen 00:00:17Z by RAP 1');
    expect(toldWords({ ...told, held_up: 'no link' })).toBe('not sent: no link');
  });

  it('leads from an alert, or a track, to the incident that it is in', () => {
    const closed = { outcome: 'restored' as const, by: 'Asel', at_ms: 0 };
    const rows = [row({ name: { node: 'KGZ', number: 6 }, closed, tracks: [{ label: 'TN 17', number: 17 }] }), row({ tracks: [{ label: 'TN 17', number: 17 }] })];
    expect(incidentOf(rows, { incident: null, track: 17 })?.name.number).toBe(7);
    expect(incidentOf(rows, { incident: 'KGZ INC-0006', track: null })?.name.number).toBe(6);
    expect(incidentOf(rows, { incident: null, track: 18 })).toBeNull();
    expect(incidentOf(rows, { incident: null, track: null })).toBeNull();
  });

  it('an offer is answered within a minute where nobody chooses another time', () => {
    expect(ANSWER_MINUTES[0]).toBe(1);
  });

  it('a person is a name, and a position in brackets', () => {
    expect(personOf(' Asel (Shift lead) ')).toEqual({ name: 'Asel', position: 'Shift lead' });
    expect(personOf('Asel')).toEqual({ name: 'Asel', position: null });
    expect(personOf('Asel (')).toEqual({ name: 'Asel (', position: null });
  });
});
