import { expect, it } from 'vitest';
import { changedLines } from './textChanges';

const said = (before: string[], after: string[]): string[] | undefined => changedLines(before.join('\n'), after.join('\n'))?.map(({ mark, text }) => `${mark}${text}`);

it('shows what a text has otherwise, with two lines around it', () => {
  const before = ['a', 'b', 'c', 'd', 'position = 0.5', 'e', 'f', 'g', 'h'];
  const after = ['a', 'b', 'c', 'd', 'position = 0.25', 'e', 'f', 'g', 'h'];
  expect(said(before, after)).toEqual(['…', ' c', ' d', '−position = 0.5', '+position = 0.25', ' e', ' f', '…']);
});

it('a new text is all put in, one that is the same shows nothing, and what is far too long is not compared', () => {
  expect(said([], ['a', 'b'])).toEqual(['−', '+a', '+b']);
  expect(said(['a'], ['a'])).toEqual(['…']);
  expect(said(Array(3000).fill('a'), Array(3000).fill('b'))).toBeUndefined();
});

it('what only stands elsewhere is taken out and put in', () => {
  expect(said(['a', 'b', 'c'], ['b', 'c', 'a'])).toEqual(['−a', ' b', ' c', '+a']);
});
