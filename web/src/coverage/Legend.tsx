// What the colours over the map mean, in the same fills and stripes.

import { t } from '../language/language';
import { prefs } from '../shell/state';
import { COVER, type Rgba } from '../theme/theme';
import { flightLevel } from '../shell/format';
import { LOWEST_STEPS, type Style } from './paint';
import { level, style } from './session';

interface Entry {
  fill: Rgba;
  striped?: boolean;
  words: string;
}

/** `at` is the level in hundreds of feet; null: any. */
export function legend(shown: Style, theme: 'dark' | 'light', at: number | null): Entry[] {
  const c = COVER[theme];
  const beyond: Entry[] = [
    { fill: c.ground, striped: true, words: at === null ? t`ground too high for the level` : t`ground too high for ${flightLevel(at * 100)}` },
    { fill: c.unknown, words: t`no terrain given` },
  ];
  if (shown === 'compare') {
    return [
      { fill: c.both, words: t`seen in A and B` },
      { fill: c.gained, words: t`only in B: gained` },
      { fill: c.lost, striped: true, words: t`only in A: lost` },
      ...beyond,
    ];
  }
  if (shown === 'lowest') {
    const tops = LOWEST_STEPS.map((steps) => flightLevel(steps * 500));
    return c.lowest.map((fill, i) => ({ fill, words: i < tops.length ? t`seen from ${tops[i]} or lower` : t`seen only above ${tops.at(-1)}` }));
  }
  return [
    { fill: c.seen[0]!, words: t`seen by one` },
    { fill: c.seen[1]!, words: t`by two` },
    { fill: c.seen[2]!, words: t`by three or more` },
    { fill: c.seen[0]!, striped: true, words: t`striped: maybe, not surely` },
    { fill: c.gap, words: t`gap in the region` },
    ...beyond,
  ];
}

const css = ([r, g, b, a]: Rgba, part = 1): string => `rgb(${r} ${g} ${b} / ${((a / 255) * part).toFixed(3)})`;

export function Swatch({ fill, striped }: { fill: Rgba; striped?: boolean | undefined }) {
  return (
    <svg class="swatch" viewBox="0 0 18 12" aria-hidden="true">
      <rect width="18" height="12" class="swatch-ground" />
      <rect width="18" height="12" fill={css(fill, striped ? 0.2 : 1)} />
      {striped && <path d="M-3 12L9 0M3 15L18 0M9 15L21 3" stroke={css(fill)} stroke-width="3" />}
      <rect x="0.5" y="0.5" width="17" height="11" fill="none" stroke="currentColor" stroke-opacity="0.5" />
    </svg>
  );
}

export function Legend() {
  return (
    <ul class="cover-legend" aria-label={t`Legend`}>
      {legend(style.value, prefs.value.theme, level.value).map((entry) => (
        <li key={entry.words}>
          <Swatch fill={entry.fill} striped={entry.striped} /> {entry.words}
        </li>
      ))}
    </ul>
  );
}
