// A track symbol in a panel, drawn by the same code as on the map.

import { useEffect, useRef } from 'preact/hooks';
import type { Identity } from '../generated/wire';
import { type Craft, drawMark, type MarkState } from '../map/marks';
import { prefs } from '../shell/state';
import { PALETTES } from '../theme/theme';

const SIZE_PX = 26;
/** Large enough for the icon of a craft. */
const LARGE = 1.8;

export function Symbol({ identity, state = 'normal', craft = null }: { identity: Identity; state?: MarkState; craft?: Craft | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = prefs.value.theme;
  useEffect(() => {
    const ratio = Math.min(2, window.devicePixelRatio || 1) * (craft ? LARGE : 1);
    const element = canvas.current!;
    element.width = Math.round(SIZE_PX * ratio);
    element.height = Math.round(SIZE_PX * ratio);
    const pen = element.getContext('2d')!;
    pen.setTransform(ratio, 0, 0, ratio, element.width / 2, element.height / 2);
    drawMark(pen, { identity, state, tier: 'full', heading: 0, dimmed: false }, PALETTES[theme], craft);
  }, [identity, state, craft, theme]);
  return <canvas ref={canvas} class={craft ? 'symbol large' : 'symbol'} aria-hidden="true" />;
}
