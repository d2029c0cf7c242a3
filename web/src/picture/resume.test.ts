import { describe, expect, it } from 'vitest';
import { description, picture } from './picture.fixture';
import { found, seek } from './resume';
import { PictureStore, applyPicture } from './store';

function storeWith(number: number, address: string | null): PictureStore {
  const store = new PictureStore();
  applyPicture(store, picture(0, 1000, [{ number }], { full: true, descriptions: [description(number, { address })] }));
  return store;
}

describe('the selection after a node restart', () => {
  it('follows the aircraft to its new track number, not the number to another aircraft', () => {
    const sought = seek(storeWith(7, '4ca1fa'), 7, 0)!;
    expect(found(storeWith(7, '3c6444'), sought)).toBeNull();
    expect(found(storeWith(2, '4ca1fa'), sought)).toBe(2);
  });

  it('is given up for a track without an address', () => {
    expect(seek(storeWith(7, null), 7, 0)).toBeNull();
    expect(seek(storeWith(7, '4ca1fa'), null, 0)).toBeNull();
  });
});
