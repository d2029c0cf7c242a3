// Finds the sentences that the node's source can put on a screen: for the test that each is in the catalogues.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What goes to the node's log or to its programmers, before a literal. */
const ASIDE = /(?:expect|expect_err|debug!|info!|warn!|error!|trace!|unreachable!|panic!|debug_assert!|assert!|assert_eq!|todo!)\((?:[^"()]|\([^()]*\))*$|(?:reason =|#\[doc[^\]]*|#\[serde[^\]]*) *$/;
/** A literal, a comment, or a character that may be a quote. */
const TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|r#"([\s\S]*?)"#|"((?:[^"\\]|\\[\s\S])*)"|'(?:[^'\\]|\\.)'/g;
/** Two words together, or a value and words. */
const isSentence = (text: string): boolean => /\p{L}{2,}[,;:]? \p{L}|\} \p{Ll}{2,}|\p{Ll}{2,}[,:]? \{/u.test(text);

/** "{0} is no partner" of the literal `{name} is no partner`: holes are numbered as they come. */
export function patternOf(literal: string): string {
  let holes = 0;
  return literal
    .replace(/\\\n\s*/g, '')
    .replace(/\\n/g, '\n')
    .replace(/\\(["\\])/g, '$1')
    .trim()
    .replace(/\{\{|\}\}|\{[^{}]*\}/g, (hole) => (hole.length === 2 && hole !== '{}' ? hole[0]! : `{${holes++}}`));
}

/** Sentences of a Rust file's text, without its tests. */
export function sentencesOfRust(text: string): string[] {
  const shown = text.split(/#\[cfg\(test\)\]\s*(?:pub )?mod /)[0]!;
  const found: string[] = [];
  for (const match of shown.matchAll(TOKENS)) {
    const literal = match[1] ?? match[2];
    if (literal === undefined || ASIDE.test(shown.slice(Math.max(0, match.index - 200), match.index).split(';').at(-1)!)) continue;
    const pattern = patternOf(literal);
    if (isSentence(pattern)) found.push(pattern);
  }
  return found;
}

/** Every Rust file below `path`, or itself. */
export function rustFiles(path: string): string[] {
  if (!existsSync(path)) throw new Error(`${path} is gone`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => (statSync(join(path, name)).isDirectory() || name.endsWith('.rs') ? rustFiles(join(path, name)) : []));
}

/** Sentences of a file, or of what of it begins and ends so. */
export function rustSentences(path: string, from = '', to?: string): string[] {
  const text = readFileSync(path, 'utf8');
  const begins = text.indexOf(from);
  const ends = to === undefined ? text.length : text.indexOf(to, begins);
  if (begins < 0 || ends < 0) throw new Error(`${path} has no part from "${from}" to "${to}"`);
  return sentencesOfRust(text.slice(begins, ends));
}
