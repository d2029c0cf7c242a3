// Small drawn signs. Drawn, not typed: typefaces differ in which signs they have.


export type GlyphShape =
  | 'dot'
  | 'diamond'
  | 'triangle'
  | 'ring'
  | 'plus'
  | 'minus'
  | 'fit'
  | 'close'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'search'
  | 'follow'
  | 'sun'
  | 'moon'
  | 'sound'
  | 'silent'
  | 'settings'
  | 'play'
  | 'pause';

const FILLED: Partial<Record<GlyphShape, string>> = {
  dot: 'M8 3.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z',
  diamond: 'M8 2l6 6l-6 6l-6-6z',
  triangle: 'M8 2.2l6.3 11.3H1.7z',
  play: 'M4.5 2.5l8.5 5.5l-8.5 5.5z',
};

const LINES: Partial<Record<GlyphShape, string>> = {
  ring: 'M8 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8z',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  close: 'M4 4l8 8M12 4l-8 8',
  up: 'M3.5 10.5L8 5.5l4.5 5',
  down: 'M3.5 5.5l4.5 5l4.5-5',
  left: 'M10.5 3.5L5.5 8l5 4.5',
  right: 'M5.5 3.5l5 4.5l-5 4.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM10.3 10.3L14 14',
  follow: 'M8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4',
  sun: 'M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M13 3l-1.2 1.2M4.2 11.8L3 13',
  sound: 'M2.5 6h2.5l3-2.8v9.6l-3-2.8h-2.5zM10.5 5.8a3.2 3.2 0 0 1 0 4.4M12.4 4a5.8 5.8 0 0 1 0 8',
  silent: 'M2.5 6h2.5l3-2.8v9.6l-3-2.8h-2.5zM10.5 6l4 4M14.5 6l-4 4',
  settings: 'M1.5 4.5h7M12.5 4.5h2M10.5 2.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4zM1.5 11.5h2M7.5 11.5h7M5.5 9.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  moon: 'M12.8 9.6A5.6 5.6 0 0 1 6.4 3.2a5.6 5.6 0 1 0 6.4 6.4z',
};

export function Glyph({ shape, class: className }: { shape: GlyphShape; class?: string }) {
  const filled = FILLED[shape];
  return (
    <svg class={`glyph ${className ?? ''}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {filled ? (
        <path d={filled} fill="currentColor" />
      ) : (
        <path
          d={LINES[shape]!}
          fill="none"
          stroke="currentColor"
          stroke-width="1.7"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      )}
    </svg>
  );
}
