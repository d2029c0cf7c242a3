// Every colour, size and stroke of the console, and nowhere else. Dark is the operations-room
// default; light is for a lit room. Identity fills keep a smallest CIEDE2000 distance of 14 for
// protan, deutan and tritan vision; what a colour says, a shape or a word says too.
// Red is kept for warnings and hostile.

import type { Identity } from '../generated/wire';

export type ThemeName = 'dark' | 'light';

export interface Palette {
  sea: string;
  land: string;
  border: string;
  coast: string;
  graticule: string;
  ring: string;
  ringText: string;
  site: string;
  panel: string;
  panelRaised: string;
  control: string;
  controlHover: string;
  line: string;
  lineStrong: string;
  text: string;
  textMuted: string;
  textFaint: string;
  focus: string;
  selection: string;
  warning: string;
  warningBack: string;
  caution: string;
  cautionBack: string;
  advisory: string;
  good: string;
  replay: string;
  replayText: string;
  /** Lines of areas of responsibility and of accords. */
  accord: string;
  label: string;
  labelBack: string;
  leader: string;
  vector: string;
  history: string;
  ellipse: string;
  /** Outline drawn round marks where their fill alone would not stand out from the land. */
  markOutline: string | null;
  identity: Record<Identity, string>;
}

const IDENTITY_FILL = {
  pending: '#FFF27A',
  unknown: '#FFF27A',
  assumed_friend: '#56B4E9',
  friend: '#56B4E9',
  neutral: '#A8F0C0',
  suspect: '#F0942A',
  hostile: '#FF306C',
} as const;

const DARK: Palette = {
  sea: '#0B1622',
  land: '#16232F',
  border: '#4A677E',
  coast: '#35506A',
  graticule: '#162A3B',
  ring: '#2B4459',
  ringText: '#7F97AB',
  site: '#63C5FF',
  panel: '#0F1B28',
  panelRaised: '#16263680',
  control: '#1A2C3D',
  controlHover: '#24405A',
  line: '#223547',
  lineStrong: '#3A546B',
  text: '#E6EDF3',
  textMuted: '#9FB2C3',
  textFaint: '#7C92A5',
  focus: '#63C5FF',
  selection: '#FFFFFF',
  warning: '#FF6B78',
  warningBack: '#3A121A',
  caution: '#FFB000',
  cautionBack: '#33260A',
  advisory: '#63C5FF',
  good: '#A8F0C0',
  replay: '#6B3FA0',
  replayText: '#FFFFFF',
  accord: '#C7A6FF',
  label: '#E6EDF3',
  labelBack: '#0B1622B8',
  leader: '#6E8599',
  vector: '#AFC0CE',
  history: '#C4D0DA',
  ellipse: '#63C5FF',
  markOutline: null,
  identity: { ...IDENTITY_FILL, civil: '#D7DEE5' },
};

const LIGHT: Palette = {
  sea: '#CBDCE8',
  land: '#F1F0EA',
  border: '#8A8F86',
  coast: '#7F9AAE',
  graticule: '#BCD0DE',
  ring: '#93A9B9',
  ringText: '#4A6072',
  site: '#00588F',
  panel: '#F7F9FB',
  panelRaised: '#E9EFF4',
  control: '#E2EAF1',
  controlHover: '#CFDDE8',
  line: '#CBD6DF',
  lineStrong: '#9BB0C0',
  text: '#101A24',
  textMuted: '#44586A',
  textFaint: '#5B6F80',
  focus: '#00588F',
  selection: '#101A24',
  warning: '#B3001B',
  warningBack: '#FCE3E5',
  caution: '#7A4B00',
  cautionBack: '#FFF1CF',
  advisory: '#00588F',
  good: '#0B6B3A',
  replay: '#5A2D91',
  replayText: '#FFFFFF',
  accord: '#6A35A8',
  label: '#101A24',
  labelBack: '#F1F0EAC8',
  leader: '#5B6F80',
  vector: '#5B6F80',
  history: '#3D5263',
  ellipse: '#00588F',
  markOutline: '#101A24',
  identity: { ...IDENTITY_FILL, neutral: '#A3E0B0', civil: '#FFFFFF' },
};

export const PALETTES: Record<ThemeName, Palette> = { dark: DARK, light: LIGHT };

/** Red, green, blue and how much of it, 0 to 255. */
export type Rgba = readonly [number, number, number, number];

/** Colours of coverage over relief. None is red; what a colour says, stripes or their absence say too. */
export interface CoverColours {
  /** Seen by one, two, three and more: told apart by lightness alone as well. */
  seen: readonly Rgba[];
  gap: Rgba;
  ground: Rgba;
  unknown: Rgba;
  both: Rgba;
  gained: Rgba;
  lost: Rgba;
  /** From FL050 up to above FL350. */
  lowest: readonly Rgba[];
}

export const COVER: Record<ThemeName, CoverColours> = {
  dark: {
    seen: [
      [38, 122, 128, 150],
      [72, 178, 160, 160],
      [170, 232, 190, 165],
    ],
    gap: [240, 148, 42, 120],
    ground: [10, 14, 20, 190],
    unknown: [11, 22, 34, 235],
    both: [120, 150, 160, 120],
    gained: [86, 180, 233, 175],
    lost: [240, 148, 42, 185],
    lowest: [
      [253, 231, 150, 185],
      [170, 220, 120, 180],
      [90, 190, 130, 180],
      [45, 150, 145, 180],
      [55, 110, 155, 180],
      [75, 75, 150, 180],
      [70, 30, 100, 190],
    ],
  },
  light: {
    seen: [
      [140, 205, 175, 165],
      [60, 160, 135, 170],
      [10, 95, 90, 180],
    ],
    gap: [235, 130, 20, 120],
    ground: [70, 70, 75, 165],
    unknown: [203, 220, 232, 235],
    both: [120, 140, 150, 120],
    gained: [0, 110, 190, 165],
    lost: [215, 110, 0, 185],
    lowest: [
      [253, 231, 120, 185],
      [160, 215, 90, 180],
      [70, 180, 120, 180],
      [33, 140, 140, 180],
      [50, 100, 150, 180],
      [70, 60, 140, 180],
      [68, 20, 90, 190],
    ],
  },
};

/** Sizes the map draws with, in CSS pixels. */
export const MARK = {
  civilRing: 7,
  frame: 16,
  far: 7,
  tick: 5,
  historyDot: 2.6,
  stroke: 1.5,
} as const;

export const FONT = {
  text: '"B612", "Noto Sans", "DejaVu Sans", system-ui, sans-serif',
  mono: '"B612 Mono", "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans", ui-monospace, monospace',
  labelPx: 11,
  labelLinePx: 13,
} as const;

const kebab = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** Puts the palette where the style sheets read it, as `--name` on the root element. */
export function applyTheme(root: HTMLElement, name: ThemeName): void {
  const palette = PALETTES[name];
  for (const [key, value] of Object.entries(palette)) {
    if (typeof value === 'string') root.style.setProperty(`--${kebab(key)}`, value);
  }
  for (const [identity, fill] of Object.entries(palette.identity)) {
    root.style.setProperty(`--identity-${identity.replace('_', '-')}`, fill);
  }
  root.style.setProperty('--font-text', FONT.text);
  root.style.setProperty('--font-mono', FONT.mono);
  root.style.colorScheme = name;
  root.dataset['theme'] = name;
}

/** The same colour as a grey of equal luminance, for a picture that is no longer of now. */
export function greyed(colour: string): string {
  const value = Number.parseInt(colour.slice(1, 7), 16);
  const [r, g, b] = [value >> 16, (value >> 8) & 255, value & 255];
  const grey = Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const two = grey.toString(16).padStart(2, '0');
  return `#${two}${two}${two}${colour.slice(7)}`;
}

/** The palette of a picture that is no longer of now: no colour, so nobody mistakes it for live. */
export function stalePalette(palette: Palette): Palette {
  const identity = Object.fromEntries(
    Object.entries(palette.identity).map(([key, fill]) => [key, greyed(fill)]),
  ) as Record<Identity, string>;
  return {
    ...palette,
    identity,
    label: palette.textMuted,
    vector: palette.textFaint,
    history: palette.textFaint,
    ellipse: greyed(palette.ellipse),
    site: greyed(palette.site),
  };
}
