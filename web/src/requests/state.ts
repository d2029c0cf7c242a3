// What the requests desk shows and does, as signals.

import { signal } from '@preact/signals';
import type { BackUps, ClientMessage, Requests } from '../generated/wire';

/** Absent until a node with partners has spoken. */
export const requests = signal<Requests | null>(null);
export const backUps = signal<BackUps | null>(null);

/** Whether the desk is open, and at what: one request by its key, a new one, or none chosen. */
export const desk = signal<{ open: boolean; at: string | 'new' | null }>({ open: false, at: null });
export const accordShown = signal<string | null>(null);

/** The person or position at this console, as last typed: offered again, never assumed. */
export const position = signal('');

/** What a person decided, on its way to the node. */
export const acts = signal<readonly ClientMessage[]>([]);

export function act(message: ClientMessage): void {
  acts.value = [...acts.value, message];
}

export function openDesk(at: string | 'new' | null = null): void {
  desk.value = { open: true, at };
}

export function closeDesk(): void {
  desk.value = { ...desk.value, open: false };
}
