// A person without a mouse: goes by Tab and F6, presses and types, and sees at each stop where the keyboard is.

import assert from 'node:assert/strict';

/** More presses than this and nobody would call it reachable. */
const STOPS_MAX = 40;

/** Runs in the page: what has the keyboard, and whether that is seen. */
function standing([selector]) {
  const one = document.activeElement;
  const ring = (element) => element !== null && getComputedStyle(element).outlineStyle !== 'none' && getComputedStyle(element).outlineWidth !== '0px';
  const box = one?.getBoundingClientRect();
  const onScreen = box && box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < window.innerWidth && box.top < window.innerHeight;
  return {
    what: one?.outerHTML.slice(0, 160),
    there: one?.matches(selector) ?? false,
    inside: one?.closest(selector) !== null,
    nowhere: one === null || one === document.body,
    seen: ring(one) || ring(one.closest('.field, .check, .choice, label')),
    onScreen,
  };
}

export class Keyboard {
  constructor(page) {
    this.page = page;
  }

  /** Says on the page if anything but keys moves it. */
  static async begin(page) {
    await page.addInitScript(() => addEventListener('pointerdown', (event) => event.isTrusted && (window.usedMouse = true), true));
    return new Keyboard(page);
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text) {
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  async #stand(selector) {
    const at = await this.page.evaluate(standing, [selector]);
    assert.ok(at.nowhere || (at.seen && at.onScreen), `the keyboard is not seen at ${at.what}`);
    return at;
  }

  /** Goes with Tab to what matches; `backwards` with Shift+Tab. */
  async to(selector, { backwards = false } = {}) {
    await this.page.locator(selector).first().waitFor();
    const been = [];
    for (let stop = 0; stop < STOPS_MAX; stop += 1) {
      const at = await this.#stand(selector);
      if (at.there) return;
      been.push(at.what);
      await this.press(backwards ? 'Shift+Tab' : 'Tab');
    }
    assert.fail(`no ${selector} within ${STOPS_MAX} stops:\n${been.join('\n')}`);
  }

  /** Goes to a part of the screen with F6. */
  async part(selector) {
    const been = [];
    for (let stop = 0; stop < 12; stop += 1) {
      await this.press('F6');
      const at = await this.#stand(selector);
      if (at.inside) return;
      been.push(at.what);
    }
    assert.fail(`F6 does not lead to ${selector}:\n${been.join('\n')}`);
  }

  /** Goes to what matches and presses it. */
  async use(selector, key = 'Enter') {
    await this.to(selector);
    await this.press(key);
  }

  /** Goes to a field and types over what is there. */
  async fill(selector, text) {
    await this.to(selector);
    await this.type(text);
  }

  /** That all of it was done without a mouse. */
  async end() {
    assert.equal(await this.page.evaluate(() => window.usedMouse ?? false), false, 'the mouse was used');
  }
}
