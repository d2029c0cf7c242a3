// What moves by itself takes the eye from what matters, and what blinks can make people ill (WCAG 2.2, 2.3.1).

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const WEB = join(import.meta.dirname, '..', '..');
const paths = [...readdirSync(join(WEB, 'src'), { recursive: true, encoding: 'utf8' }).map((path) => join('src', path)), ...readdirSync(WEB)];
const sheets = paths.filter((path) => /\.(css|tsx|html)$/.test(path));

describe('the look', () => {
  it('has nothing that blinks, moves or fades by itself', () => {
    expect(sheets.filter((path) => path.endsWith('.css')).length).toBeGreaterThan(5);
    const moving = /@keyframes|\banimation(-[a-z]+)?\s*:|\btransition(-[a-z]+)?\s*:|<blink|<marquee/;
    expect(sheets.filter((path) => moving.test(readFileSync(join(WEB, path), 'utf8')))).toEqual([]);
  });
});
