// A track symbol in a panel, drawn by the same code as on the map.

import { useEffect, useRef } from 'preact/hooks';
import type { Identity } from '../generated/wire';
import { drawMark, type MarkState } from '../map/marks';
import { prefs } from '../shell/state';
import { PALETTES } from '../theme/theme';

const SIZE_PX = 26;

export function Symbol({ identity, state = 'normal' }: { identity: Identity; state?: MarkState }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = prefs.value.theme;
  useEffect(() => {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const element = canvas.current!;
    element.width = SIZE_PX * ratio;
    element.height = SIZE_PX * ratio;
    const pen = element.getContext('2d')!;
    pen.setTransform(ratio, 0, 0, ratio, (SIZE_PX / 2) * ratio, (SIZE_PX / 2) * ratio);
    drawMark(pen, { identity, state, tier: 'full', heading: 0, dimmed: false }, PALETTES[theme]);
  }, [identity, state, theme]);
  return <canvas ref={canvas} class="symbol" aria-hidden="true" />;
}
