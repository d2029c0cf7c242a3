// Standard identities as words.

import type { Identity } from '../generated/wire';
import { t } from '../language/language';

export const IDENTITY_WORDS: Record<Identity, string> = {
  pending: t`pending¦identity`,
  unknown: t`unknown¦identity`,
  assumed_friend: t`assumed friend¦identity`,
  friend: t`friend¦identity`,
  neutral: t`neutral¦identity`,
  suspect: t`suspect¦identity`,
  hostile: t`hostile¦identity`,
  civil: t`civil¦identity`,
};
