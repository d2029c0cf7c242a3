// Standard identities as words.

import type { Identity } from '../generated/wire';

export const IDENTITY_WORDS: Record<Identity, string> = {
  pending: 'pending',
  unknown: 'unknown',
  assumed_friend: 'assumed friend',
  friend: 'friend',
  neutral: 'neutral',
  suspect: 'suspect',
  hostile: 'hostile',
  civil: 'civil',
};
