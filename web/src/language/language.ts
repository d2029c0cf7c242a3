// The one place where words for a person come from. A sentence is written in the code in English,
// which is also its key: t`seen by ${name}` is looked up as "seen by {0}". Another language's file
// gives the same sentence in its own order of words. What it lacks is shown in English and marked so.
//
// A key may end in "¦" and a note that keeps two meanings of one English word apart: t`Close¦incident`.

import { count } from '../shell/format';
import { NODE_SAYS } from './nodeSays';
import { translator } from './phrases';

/** A sentence, or one for each plural category that the language has (Unicode CLDR). */
export type Words = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Catalogue = Readonly<Record<string, Words>>;

/** What can be chosen, each by its own name. */
export const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'ru', name: 'Русский' },
  { code: 'ky', name: 'Кыргызча' },
  { code: 'kk', name: 'Қазақша' },
  { code: 'tg', name: 'Тоҷикӣ' },
] as const;

export type LanguageCode = (typeof LANGUAGES)[number]['code'];

let catalogue: Catalogue | null = null;
let code: LanguageCode = 'en';
let rules = new Intl.PluralRules('en');
let ofNode: ((words: string) => string | null) | null = null;

export const language = (): LanguageCode => code;

/** Speaks another language from here on: before anything is shown, since some words are fixed then. */
export function speak(to: LanguageCode, words: Catalogue | null): void {
  code = to;
  catalogue = words;
  rules = pluralRules(to);
  ofNode = words && translator(NODE_SAYS, find, filled);
}

/** Rules of plural; where the browser knows none for the language, one form for one and one for the rest. */
export function pluralRules(of: LanguageCode): Intl.PluralRules {
  return new Intl.PluralRules(Intl.PluralRules.supportedLocalesOf([of]).length > 0 ? of : 'en');
}

const find = (key: string): string | null => {
  const found = catalogue?.[key];
  return typeof found === 'string' ? found : null;
};

const filled = (words: string, values: readonly unknown[]): string =>
  words.replace(/\{(\d+)\}/g, (hole, at: string) => (Number(at) < values.length ? String(values[Number(at)]) : hole));

const english = (key: string): string => key.replace(/¦.*$/, '');

/** English where a translation is missing, and seen to be so. */
const untranslated = (words: string): string => `[en] ${words}`;

/** Keys of the sentences in the code: labels on the map ask many times a frame. */
const keys = new WeakMap<TemplateStringsArray, string>();

/** A sentence: t`seen by ${name}`. */
export function t(parts: TemplateStringsArray, ...values: unknown[]): string {
  let key = keys.get(parts);
  if (key === undefined) keys.set(parts, (key = keyOf(parts)));
  const found = catalogue?.[key];
  if (typeof found === 'string') return filled(found, values);
  const words = filled(english(key), values);
  return catalogue === null ? words : untranslated(words);
}

/** "seen by {0}" of t`seen by ${name}`. */
export const keyOf = (parts: readonly string[]): string =>
  parts.reduce((key, part, i) => (i === 0 ? part : `${key}{${i - 1}}${part}`), '');

/** A sentence about so many: plural(n, '{n} track', '{n} tracks'); `{0}`, `{1}`… stand for `values`. */
export function plural(n: number, one: string, other: string, ...values: unknown[]): string {
  const put = (words: string): string => filled(words.replaceAll('{n}', count(n)), values);
  const found = catalogue?.[other];
  if (typeof found === 'object') {
    const words = found[rules.select(n)] ?? found.other;
    if (words !== undefined) return put(words);
  }
  const words = put(n === 1 ? one : other);
  return catalogue === null ? words : untranslated(words);
}

/** What the node says in English, in this language where it is one of its set phrases; else as it came. */
export const told = (words: string): string => ofNode?.(words) ?? words;

/** The same of what is the node's alone and no person's: in English, and marked so, where it is not in the catalogue. */
export const heard = (words: string): string => (ofNode && words !== '' ? (ofNode(words) ?? untranslated(words)) : words);

/** Names one after the other: "Asel, Bek and Dana". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined || names.length === 1) return last ?? '';
  return `${names.slice(0, -1).join(', ')} ${t`and`} ${last}`;
}
