// What is shown and asked of identities, as signals.

import { signal } from '@preact/signals';
import type { Identity, IdentityDesk } from '../generated/wire';

/** What asks for a person's word; absent until the node has spoken. */
export const identityDesk = signal<IdentityDesk | null>(null);

/** What the dialog is for: setting, reporting, taking back, or answering a partner. */
export type Purpose =
  | { kind: 'set' }
  | { kind: 'report' }
  | { kind: 'propose'; party: string }
  | { kind: 'withdraw'; word: 'decided' | 'waiting'; identity: Identity }
  | { kind: 'answer'; party: string; identity: Identity; answer: 'accept' | 'refuse' };

export const dialog = signal<{ number: number; purpose: Purpose } | null>(null);

export function openDialog(number: number, purpose: Purpose = { kind: 'set' }): void {
  dialog.value = { number, purpose };
}

export function closeDialog(): void {
  dialog.value = null;
}
