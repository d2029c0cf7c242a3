// The node's sentences with something in them: "{0} holds this incident" is found in "KAZ holds this
// incident". What stands in a hole is a name or what a person typed, and stays as it came; unless the
// hole bears a mark:
//   {0*}  translated too, where it is one of the node's own phrases
//   {0!}  one of them; where it is none, the sentence is another
//   {0&}  names, of which the last follows "and"
//   {0_}  one word: an accord's id, an article's number
//   {0#}  a number          {0^}  a number with its unit
//   {0~}  one word of English grammar, which others do without

interface Phrase {
  key: string;
  form: RegExp;
  /** The mark of each hole, as they come; '' where it has none. */
  marks: string[];
}

const HOLE = /\{\d+([*!&_#^~]?)\}/g;

/** The key in the catalogues: without marks. */
export const keyOfPhrase = (phrase: string): string => phrase.replace(/\{(\d+)[*!&_#^~]\}/g, '{$1}');

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const FORMS: Readonly<Record<string, string>> = { '#': '(-?[\\d.]+)', '^': '(-?\\d.*?)', _: '(\\S+?)', '~': '(\\S+)' };

function phraseOf(text: string): Phrase {
  const marks = [...text.matchAll(HOLE)].map((hole) => hole[1]!);
  const parts = text.split(/\{\d+[*!&_#^~]?\}/).map(literal);
  // Names have no semicolon; what a person typed, which comes last, may have.
  const hole = (i: number): string => FORMS[marks[i]!] ?? (marks[i] === '' && i < marks.length - 1 ? '([^;]+?)' : '(.+?)');
  const form = parts.reduce((form, part, i) => form + hole(i - 1) + part);
  return { key: keyOfPhrase(text), form: new RegExp(`^${form}$`, 's'), marks };
}

/** Sentences seen before, so many at most: labels on the map ask each frame. */
const SEEN_MAX = 2_000;
/** What is longer is none of these, nor what is in more sentences than so many within each other. */
const LENGTH_MAX = 600;
const DEPTH_MAX = 6;

/**
 * Translates by `find`, which knows a catalogue's sentences; `null` where it is none of `phrases`, whatever
 * else the catalogue has. Of two that fit, the one with more words of its own is meant.
 */
export function translator(phrases: readonly string[], find: (key: string) => string | null, fill: (words: string, values: readonly string[]) => string): (words: string) => string | null {
  const weight = (text: string): number => text.replace(HOLE, '').length;
  const isWithHoles = (phrase: string): boolean => /\{\d/.test(phrase);
  const whole = new Set(phrases.filter((phrase) => !isWithHoles(phrase)));
  const forms = phrases
    .filter(isWithHoles)
    .sort((a, b) => weight(b) - weight(a))
    .map(phraseOf);
  const seen = new Map<string, string | null>();
  let depth = 0;
  const look = (words: string): string | null => (whole.has(words) ? find(words) : (inHoles(words) ?? asSentence(words)));
  const inHoles = (words: string): string | null => {
    for (const { key, form, marks } of forms) {
      const values = form.exec(words)?.slice(1);
      const own = values?.map((value, i) => valueOf(value, marks[i]!));
      const said = own && !own.includes(null) ? find(key) : null;
      if (said !== null) return fill(said, own as string[]);
    }
    return null;
  };
  const valueOf = (value: string, mark: string): string | null => {
    if (mark === '!') return translated(value);
    if (mark === '*') return translated(value) ?? value;
    return mark === '&' ? value.replace(/ and (?!.* and )/, ` ${find('and') ?? 'and'} `) : value;
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
    if (words.length > LENGTH_MAX || depth === DEPTH_MAX) return null;
    depth += 1;
    const said = look(words);
    depth -= 1;
    if (seen.size === SEEN_MAX) seen.clear();
    seen.set(words, said);
    return said;
  };
  return translated;
}
