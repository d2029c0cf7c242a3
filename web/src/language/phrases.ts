// The node's sentences with something in them: "{0} holds this incident" is found in "KAZ holds this
// incident". What stands in a hole is a name, a number or what a person typed, and stays as it came;
// unless the hole bears a mark: {0*} is translated too where it is one of the node's own phrases, and
// where {0!} is none, the sentence is another.

interface Phrase {
  key: string;
  form: RegExp;
  /** The mark of each hole, as they come; '' where it has none. */
  marks: string[];
}

const HOLE = /\{\d+([*!~#]?)\}/g;

/** The key in the catalogues: without marks. */
export const keyOfPhrase = (phrase: string): string => phrase.replace(/\{(\d+)[*!~#]\}/g, '{$1}');

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function phraseOf(text: string): Phrase {
  const marks = [...text.matchAll(HOLE)].map((hole) => hole[1]!);
  const parts = text.split(/\{\d+[*!~#]?\}/).map(literal);
  // Names have no semicolon; what a person typed, which comes last, may have.
  const hole = (i: number): string => (marks[i] === '#' ? '([\\d.]+)' : marks[i] === '' && i < marks.length - 1 ? '([^;]+?)' : '(.+?)');
  const form = parts.reduce((form, part, i) => form + hole(i - 1) + part);
  return { key: keyOfPhrase(text), form: new RegExp(`^${form}$`, 's'), marks };
}

/** Sentences seen before, so many at most: labels on the map ask each frame. */
const SEEN_MAX = 2_000;

/**
 * Translates by `find`, which knows a catalogue's sentences; `null` where it is none of `phrases`. Of
 * two that fit, the one with more words of its own is meant.
 */
export function translator(phrases: readonly string[], find: (key: string) => string | null, fill: (words: string, values: readonly string[]) => string): (words: string) => string | null {
  const weight = (text: string): number => text.replace(HOLE, '').length;
  const withHoles = phrases.filter((phrase) => /\{\d/.test(phrase)).sort((a, b) => weight(b) - weight(a));
  const forms = withHoles.map(phraseOf);
  const seen = new Map<string, string | null>();
  const look = (words: string): string | null => find(words) ?? inHoles(words) ?? asSentence(words);
  const inHoles = (words: string): string | null => {
    for (const { key, form, marks } of forms) {
      const values = form.exec(words)?.slice(1);
      const own = values?.map((value, i) => (marks[i] === '*' || marks[i] === '!' ? (translated(value) ?? (marks[i] === '*' ? value : null)) : value));
      const said = own && !own.includes(null) ? find(key) : null;
      if (said !== null) return fill(said, own as string[]);
    }
    return null;
  };
  /** Over HTTP a refusal is a sentence: "No offer stands." of "no offer stands". */
  const asSentence = (words: string): string | null => {
    if (!/^\p{Lu}.*\.$/su.test(words)) return null;
    const said = translated(words.charAt(0).toLowerCase() + words.slice(1, -1));
    return said === null ? null : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
  };
  const translated = (words: string): string | null => {
    const before = seen.get(words);
    if (before !== undefined) return before;
    const said = look(words);
    if (seen.size === SEEN_MAX) seen.clear();
    seen.set(words, said);
    return said;
  };
  return translated;
}
