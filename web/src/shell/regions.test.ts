import { expect, test } from 'vitest';
import { keyOf, lineAfter } from './regions';

test('arrows go along a list and stop at its ends; Home and End go there', () => {
  expect(['arrowdown', 'arrowup', 'home', 'end'].map((key) => lineAfter(key, 1, 4))).toEqual([2, 0, 0, 3]);
  expect(lineAfter('arrowup', 0, 4)).toBe(0);
  expect(lineAfter('arrowdown', 3, 4)).toBe(3);
});

test('other keys are no keys of a list', () => expect(lineAfter('a', 1, 4)).toBeNull());

test('a key means the same on a Cyrillic keyboard, and what a Latin one writes elsewhere is what it writes', () => {
  expect(keyOf({ key: 'т', code: 'KeyN' })).toBe('n');
  expect(keyOf({ key: 'Х', code: 'BracketLeft' })).toBe('[');
  expect(keyOf({ key: 'a', code: 'KeyQ' }), 'French').toBe('a');
  expect(keyOf({ key: 'ArrowDown', code: 'ArrowDown' })).toBe('arrowdown');
  expect(keyOf({ key: '.', code: 'Slash' }), 'a full stop is no stroke').toBe('.');
});
