import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chosenLanguage } from './choose';
import { LANGUAGES, listed, plural, pluralRules, speak, t, told, type Catalogue } from './language';
import ky from './ky.json';
import kk from './kk.json';
import { ALERT_TITLES, NODE_SAYS } from './nodeSays';
import { keyOfPhrase } from './phrases';
import ru from './ru.json';
import { read, sentencesOf, sources, type Found } from './sentences';
import tg from './tg.json';

const CATALOGUES: Record<string, Catalogue> = { ru, ky, kk, tg };
const translated = LANGUAGES.filter(({ code }) => code !== 'en').map(({ code }) => code);

const files = sources('src');
const found = sentencesOf(files);
const keys = new Set([...found.sentences, ...found.plurals, ...NODE_SAYS.map(keyOfPhrase), 'and']);

/** Words that are not for the eye: a table's columns, which programs read, what the node is asked by, and a file's text. */
const NOT_SHOWN = [
  'requests/words.ts: asked at',
  'requests/words.ts: asked by',
  'requests/words.ts: party asked',
  'requests/words.ts: answered at',
  'requests/words.ts: answered by',
  'requests/words.ts: silence recorded by',
  'requests/RequestsPanel.tsx: stands in',
  'coverage/CoverageApp.tsx: [coverage]\nstudy = "examples/coverage/kyrgyzstan.toml"',
].map((line) => `src/${line}`);

const holes = (words: string): string[] => [...new Set(words.match(/\{\w+\}/g) ?? [])].sort();
/** Sentences of the node with a word that only English grammar needs, without it. */
const grammar = new Map(NODE_SAYS.filter((phrase) => phrase.includes('~}')).map((phrase) => [keyOfPhrase(phrase), keyOfPhrase(phrase.replace(/\{\d+~\}/g, ''))]));

afterEach(() => speak('en', null));

describe('every language', () => {
  it.each(translated)('%s has every sentence of the console and none that it does not say', (code) => {
    const catalogue = CATALOGUES[code]!;
    expect([...keys].filter((key) => !(key in catalogue))).toEqual([]);
    expect(Object.keys(catalogue).filter((key) => !keys.has(key))).toEqual([]);
  });

  it.each(translated)('%s fills the same holes as English', (code) => {
    for (const [key, words] of Object.entries(CATALOGUES[code]!)) {
      for (const form of typeof words === 'string' ? [words] : Object.values(words)) {
        expect(form.trim(), key).not.toBe('');
        expect(holes(form), `${key} → ${form}`).toEqual(holes(grammar.get(key) ?? key));
      }
    }
  });

  it.each(translated)('%s has a form for each of its plural categories, and plurals alone have forms', (code) => {
    const { pluralCategories } = pluralRules(code).resolvedOptions();
    for (const [key, words] of Object.entries(CATALOGUES[code]!)) {
      expect(typeof words === 'object', key).toBe(found.plurals.has(key));
      if (typeof words === 'object') expect(Object.keys(words).sort(), key).toEqual([...pluralCategories].sort());
    }
  });

  it('knows whatever the node calls an alert', () => {
    const rows = join('..', 'crates', 'node', 'src', 'engine', 'alerts', 'rows.rs');
    if (!existsSync(rows)) return;
    const text = readFileSync(rows, 'utf8');
    const named = text.slice(text.indexOf('fn named('), text.indexOf('/// What an article calls it'));
    const titles = [...named.matchAll(/"([A-Z][A-Z0-9 ]+)"/g)].map((match) => match[1]!);
    expect(titles.length).toBeGreaterThan(30);
    expect(titles.filter((title) => !ALERT_TITLES.includes(title))).toEqual([]);
  });
});

describe('words on the screen', () => {
  it('are all sentences of the catalogues', () => {
    expect(found.bare.filter((line) => !NOT_SHOWN.includes(line))).toEqual([]);
  });

  it('are found where they would be left out', () => {
    const bare = (text: string): string[] => {
      const into: Found = { sentences: new Set(), plurals: new Set(), bare: [] };
      read('a.tsx', text, into);
      return into.bare.map((line) => line.slice('a.tsx: '.length));
    };
    expect(bare('const a = <p>No tracks.</p>;')).toEqual(['No tracks.']);
    expect(bare('const a = <p title="Close">{t`Close`}</p>;')).toEqual(['Close']);
    expect(bare("const a = <p>{open ? 'Close' : t`Open`}</p>;")).toEqual(['Close']);
    expect(bare('const a = <p>{`since ${at}`}</p>;')).toContain('since');
    expect(bare("const why = () => 'the node is silent';")).toEqual(['the node is silent']);
    expect(bare('const a = <p class="track panel">{count} NM</p>;')).toEqual([]);
  });
});

describe('a sentence', () => {
  it('is English where nothing else is spoken, without its note', () => {
    expect(t`seen by ${'Asel'}`).toBe('seen by Asel');
    expect(t`Close¦incident`).toBe('Close');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('puts names where the language wants them', () => {
    speak('ky', ky);
    expect(t`${3}–${5} of ${9}`).toBe('9 ичинен 3–5');
  });

  it('that is missing is shown in English and marked', () => {
    speak('ru', {});
    expect(t`seen by ${'Asel'}`).toBe('[en] seen by Asel');
    expect(plural(2, '{n} track', '{n} tracks')).toBe('[en] 2 tracks');
  });

  it('of the node is translated where it is a set phrase, and stands as it came otherwise', () => {
    speak('ru', ru);
    expect(told('TRACK LOST')).toBe('ТРЕК ПОТЕРЯН');
    expect(told('no plan, no reply')).toBe('no plan, no reply');
  });

  it('about so many follows the plural rules of its language', () => {
    speak('ru', ru);
    const tracks = (n: number): string => plural(n, '{n} track', '{n} tracks');
    expect([1, 2, 5, 11, 21, 1_284].map(tracks)).toEqual(['1 трек', '2 трека', '5 треков', '11 треков', '21 трек', '1\u202f284 трека']);
    speak('kk', kk);
    expect([1, 5].map(tracks)).toEqual(['1 трек', '5 трек']);
    speak('tg', tg);
    expect([1, 5].map(tracks)).toEqual(['1 трек', '5 трек']);
  });
});

describe('the language', () => {
  it('is as the address says, else as it was chosen, else as the browser asks, else English', () => {
    expect(chosenLanguage('?lang=kk', 'ru', ['tg'])).toBe('kk');
    expect(chosenLanguage('', 'ru', ['tg'])).toBe('ru');
    expect(chosenLanguage('', null, ['de-CH', 'tg-TJ', 'en'])).toBe('tg');
    expect(chosenLanguage('?lang=fr', 'xx', ['de'])).toBe('en');
  });
});
