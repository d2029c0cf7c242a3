import { converter, differenceCiede2000, filterDeficiencyDeuter, filterDeficiencyProt, filterDeficiencyTrit, parse, wcagContrast, type Color } from 'culori';
import { describe, expect, it } from 'vitest';
import { PALETTES, type ThemeName } from './theme';

const THEMES: ThemeName[] = ['dark', 'light'];
const linear = converter('lrgb');
type Filter = (colour: Color) => Color;

/** The filters multiply whatever stands for red, green and blue; the paper's matrices are for linear light. */
const seenBy = (filter: Filter): Filter => (colour) => {
  const { r, g, b } = linear(colour)!;
  const seen = filter({ mode: 'rgb', r, g, b }) as { r: number; g: number; b: number };
  return { mode: 'lrgb', r: seen.r, g: seen.g, b: seen.b };
};

/** How colours are seen: Machado, Oliveira and Fernandes 2009, whole deficiency. */
const SIGHTS: [string, Filter][] = [
  ['by everybody', (colour) => colour],
  ['without red cones', seenBy(filterDeficiencyProt(1) as Filter)],
  ['without green cones', seenBy(filterDeficiencyDeuter(1) as Filter)],
  ['without blue cones', seenBy(filterDeficiencyTrit(1) as Filter)],
];
const distance = differenceCiede2000();

describe.each(THEMES)('the %s palette', (theme) => {
  const palette = PALETTES[theme];
  const fills = [...new Map(Object.entries(palette.identity).map(([name, fill]) => [fill, name]))];

  it.each(SIGHTS)('keeps identities of different colour 14 apart as seen %s', (_, seen) => {
    expect(fills.length).toBe(6);
    const pairs = fills.flatMap(([a, of], i) => fills.slice(i + 1).map(([b, and]) => ({ pair: `${of} ${and}`, apart: distance(seen(parse(a)!), seen(parse(b)!)) })));
    const nearest = pairs.reduce((least, one) => (one.apart < least.apart ? one : least));
    expect(nearest.apart, nearest.pair).toBeGreaterThanOrEqual(14);
  });

  it('has text that stands out', () => {
    for (const back of [palette.panel, palette.control]) {
      expect(wcagContrast(palette.text, back)).toBeGreaterThanOrEqual(7);
      expect(wcagContrast(palette.textMuted, back)).toBeGreaterThanOrEqual(4.5);
    }
    expect(wcagContrast(palette.replayText, palette.replay)).toBeGreaterThanOrEqual(4.5);
  });

  it('has identities that stand out from land and sea, or an outline that does', () => {
    for (const [fill, name] of fills) {
      for (const ground of [palette.land, palette.sea]) {
        const outline = palette.markOutline === null ? 0 : wcagContrast(palette.markOutline, ground);
        // WCAG 2.2, 1.4.11: what is no text.
        expect(Math.max(wcagContrast(fill, ground), outline), name).toBeGreaterThanOrEqual(3);
      }
    }
  });
});
