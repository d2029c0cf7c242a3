// Hands to view: mouse, touch and wheel on the map. The keyboard comes by shell/keys.

export interface MapActions {
  pan(dxPx: number, dyPx: number): void;
  zoom(factor: number, px: number, py: number): void;
  click(px: number, py: number, reachPx: number): void;
  hover(px: number, py: number): void;
  leave(): void;
}

/** Movement below this is a click. */
const CLICK_PX = 5;

interface Finger {
  x: number;
  y: number;
}

export function listenToMap(element: HTMLElement, actions: MapActions): void {
  const fingers = new Map<number, Finger>();
  let travelled = 0;
  const at = (event: MouseEvent): Finger => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    if (fingers.size === 0) travelled = 0;
    fingers.set(event.pointerId, at(event));
  });

  element.addEventListener('pointermove', (event) => {
    const now = at(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'mouse') actions.hover(now.x, now.y);
      return;
    }
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (other) pinch(before, now, other);
    else if (travelled > CLICK_PX) actions.pan(now.x - before.x, now.y - before.y);
    fingers.set(event.pointerId, now);
  });

  function pinch(before: Finger, now: Finger, other: Finger): void {
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    const is = Math.hypot(now.x - other.x, now.y - other.y);
    if (was > 8 && is > 8) actions.zoom(is / was, (now.x + other.x) / 2, (now.y + other.y) / 2);
    actions.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  const up = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && travelled <= CLICK_PX && fingers.size === 0) {
      const { x, y } = at(event);
      actions.click(x, y, event.pointerType === 'touch' ? 26 : 14);
    }
  };
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', () => actions.leave());

  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY;
      const { x, y } = at(event);
      actions.zoom(Math.exp(-Math.max(-300, Math.min(300, lines)) * 0.0022), x, y);
    },
    { passive: false },
  );

  element.addEventListener('dblclick', (event) => {
    const { x, y } = at(event);
    actions.zoom(2, x, y);
  });
}
