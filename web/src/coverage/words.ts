// What the node says of a study, in the language of the page.

import { t } from '../language/language';

/** How waves were taken to bend (`coverage/desk.rs` of the node). */
export function propagation(said: string): string {
  const atmosphere = /^exponential atmosphere, N0 (\d+)$/.exec(said)?.[1];
  if (atmosphere !== undefined) return t`exponential atmosphere, N0 ${atmosphere}`;
  const earth = /^earth of ([\d.]+) times its radius$/.exec(said)?.[1];
  return earth === undefined ? said : t`earth of ${earth} times its radius`;
}
