// The keyboard's way about the screen: from part to part, and along the lines of a list.

/** Parts of the screen, in the order of the eye. One that is closed is passed over. */
const REGIONS = ['#alerts', '#sensors', '#map', '#tracks', '#incidents', '#requests', '#identities', '#partners', '#track', 'section.timeline', '.top-bar'] as const;

/** Lines that open or choose something. */
const LINES = '.alert-line, .incident-line, .request-line, .sensor-head, .partner-name, .choose';

const STOPS = ':is(button, input, select, a[href], summary)';

/** Where one goes on in a part: at the line that is open, at what it is for, at the first below its heading. */
const ENTRIES = ['[aria-expanded="true"]:is(.alert-line, .incident-line)', '.rows', '#timeline', `${STOPS}:not(.panel-head *)`, STOPS];

const usable = (element: Element): element is HTMLElement => element instanceof HTMLElement && element.checkVisibility() && !element.matches(':disabled');

const first = (part: ParentNode, selector: string): HTMLElement | undefined => [...part.querySelectorAll(selector)].find(usable);

/** Where the keyboard goes on in a part; `null`: nowhere. */
function entryOf(part: HTMLElement): HTMLElement | null {
  if (part.tabIndex >= 0) return part;
  for (const selector of ENTRIES) {
    const found = first(part, selector);
    if (found) return found;
  }
  return null;
}

/** Takes the keyboard to the next part of the screen, or the one before. */
export function toRegion(direction: 1 | -1): void {
  const parts = REGIONS.flatMap((selector) => {
    const part = document.querySelector<HTMLElement>(selector);
    const entry = part && usable(part) ? entryOf(part) : null;
    return part && entry ? [{ part, entry }] : [];
  });
  const at = parts.findIndex(({ part }) => part.contains(document.activeElement));
  const next = at < 0 && direction < 0 ? parts.length - 1 : (at + direction + parts.length) % parts.length;
  parts[next]?.entry.focus();
}

const BRACKETS: Record<string, string> = { BracketLeft: '[', BracketRight: ']' };

/** What a key means: where the keyboard writes other letters, what stands in its place on a Latin one. */
export function keyOf({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  const written = key.toLowerCase();
  if (written.length !== 1 || !/\p{L}/u.test(written) || /[a-z]/.test(written)) return written;
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : (BRACKETS[code] ?? written);
}

/** Which line a key leads to; `null`: it is no key of a list. */
export function lineAfter(key: string, at: number, count: number): number | null {
  const steps: Record<string, number> = { arrowdown: at + 1, arrowup: at - 1, home: 0, end: count - 1 };
  const to = steps[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** Goes along the lines of the list that has the keyboard; whether the key was one for it. */
export function alongList(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement) || !target.matches(LINES)) return false;
  const list = target.closest(['dialog', ...REGIONS].join(', '));
  const lines = list ? [...list.querySelectorAll(LINES)].filter(usable) : [];
  const to = lineAfter(key, lines.indexOf(target), lines.length);
  if (to === null) return false;
  lines[to]?.focus();
  return true;
}
