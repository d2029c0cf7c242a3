import { expect, it } from 'vitest';
import { picture } from '../picture/picture.fixture';
import { PictureStore, applyPicture } from '../picture/store';
import { pickHeld, wrapped } from './held';
import { screenX, screenY, viewOf } from './projection';

it('breaks a reason into lines between words, and never within one', () => {
  const words = 'withheld: it is not in the article\'s area (kaz-kgz-illustration article 1 came nearest)';
  const lines = wrapped(words, 46);
  expect(lines.join(' ')).toBe(words);
  expect(lines.every((line) => line.length <= 46)).toBe(true);
  expect(wrapped('kaz-kgz-illustration is long', 10)).toEqual(['kaz-kgz-illustration', 'is long']);
});

it('finds the outline that is nearest to the pointer, and of what is told none', () => {
  const store = new PictureStore();
  applyPicture(store, picture(0, 1000, [{ number: 1, lat: 50, lon: 10 }, { number: 2, lat: 50, lon: 10.2 }, { number: 3, lat: 50.01, lon: 10 }], { full: true }));
  const held = { store, why: new Map([[1, 'a'], [2, 'b'], [99, 'gone']]) };
  const view = viewOf({ lat_deg: 50, lon_deg: 10, radius_nm: 30 }, 800, 600);
  const at = (number: number): [number, number] => {
    const row = store.rowOf.get(number)!;
    return [screenX(view, store.x[row]!), screenY(view, store.y[row]!)];
  };
  const [x, y] = at(1);
  expect(pickHeld(held, view, x + 3, y - 2, 14)).toBe(1);
  expect(pickHeld(held, view, ...at(2), 14)).toBe(2);
  expect(pickHeld(held, view, x, y + 60, 14)).toBeNull();
});
