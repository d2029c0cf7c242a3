// What app6.plugin.js makes while the console is built.
declare module 'virtual:app6' {
  /** Frames of air tracks by standard identity, open at the bottom; paths in a square of 200, the track at 100, 100. */
  export const FRAMES: Record<'pending' | 'unknown' | 'assumed_friend' | 'friend' | 'neutral' | 'suspect' | 'hostile', string>;
  /** What kind of craft it is, in the same square. */
  export const ICONS: Record<'wing' | 'rotor' | 'unmanned' | 'balloon', string>;
}
