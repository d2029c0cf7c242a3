import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import ru from '../language/ru.json';
import { speak } from '../language/language';
import { groundWords } from './words';

/** Sentences in a source of ours, with a figure in each hole. */
function sentences(file: string, begins: string, ends: string): string[] {
  const path = join('..', 'crates', file);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const part = text.slice(text.indexOf(begins), text.indexOf(ends, text.indexOf(begins)));
  return [...part.matchAll(/"([^"]*\{[^"]* [^"]*)"/g)].map((match) => match[1]!.replace(/\{[^}]*\}/g, '7'));
}

describe('what the node says of the ground', () => {
  afterEach(() => speak('en', null));

  it('is understood sentence by sentence, as it stands in the node', () => {
    const said = [
      ...sentences(join('coverage', 'src', 'terrain', 'assemble.rs'), 'pub fn messages', '/// Name of the square'),
      ...sentences(join('node', 'src', 'coverage', 'files.rs'), 'let mut said = summarised', '/// Whether an'),
    ];
    expect(said.length).toBeGreaterThanOrEqual(5);
    for (const one of said) expect(groundWords(one)).toBe(one);
    speak('ru', ru);
    for (const one of said) expect(groundWords(one)).not.toBe(one);
    expect(groundWords('12 void points were filled from around them')).toBe('пробелы в 12 точках заполнены по соседним');
  });

  it('stands as it was said where it is nothing known', () => {
    speak('ru', ru);
    expect(groundWords('the ground is flat')).toBe('the ground is flat');
  });
});
