// What the node says of a study, in the language of the page.

import { t } from '../language/language';

/** How waves were taken to bend (`coverage/desk.rs` of the node). */
export function propagation(said: string): string {
  const atmosphere = /^exponential atmosphere, N0 (\d+)$/.exec(said)?.[1];
  if (atmosphere !== undefined) return t`exponential atmosphere, N0 ${atmosphere}`;
  const earth = /^earth of ([\d.]+) times its radius$/.exec(said)?.[1];
  return earth === undefined ? said : t`earth of ${earth} times its radius`;
}

/** What is missing of the ground, or was done to it (`coverage/files.rs` of the node, `terrain/assemble.rs` of coverage). */
const GROUND: readonly [RegExp, (...parts: string[]) => string][] = [
  [
    /^(\S+): no terrain is given for (\d+) points of this square; coverage over and behind it is unknown: add its tile$/,
    (square, points) => t`${square}: no terrain is given for ${points} points of this square; coverage over and behind it is unknown: add its tile`,
  ],
  [
    /^(\d+) points have no height \(the first at (\S+ \S+), row (\d+), column (\d+)\); coverage over and behind them is unknown: fill the voids in the tile$/,
    (points, at, row, column) =>
      t`${points} points have no height (the first at ${at}, row ${row}, column ${column}); coverage over and behind them is unknown: fill the voids in the tile`,
  ],
  [/^(\d+) more squares without terrain: (.*)$/, (more, names) => t`${more} more squares without terrain: ${names}`],
  [/^(\d+) void points were filled from around them$/, (points) => t`${points} void points were filled from around them`],
  [
    /^heights over the ellipsoid in (\d+) files were turned to heights over the geoid by (\S+)$/,
    (files, model) => t`heights over the ellipsoid in ${files} files were turned to heights over the geoid by ${model}`,
  ],
];

/** It in the language of the page; what is none of these stands as it was said. */
export function groundWords(said: string): string {
  for (const [form, words] of GROUND) {
    const found = form.exec(said);
    if (found) return words(...found.slice(1));
  }
  return said;
}
