// Opens the console; loaded once it is known in which language.

import { render } from 'preact';
import { invitation, loadSession, refusedAt, takeInvitation, takeRefusal } from '../people/state';
import { applyTheme } from '../theme/theme';
import { App } from './App';
import { prefs } from './state';

export async function open(): Promise<void> {
  applyTheme(document.documentElement, prefs.value.theme);
  // Before anything is shown it is known whether it may be. A node that does not answer is told as ever.
  invitation.value = takeInvitation(window.location);
  refusedAt.value = takeRefusal(window.location);
  await loadSession();
  render(<App />, document.getElementById('app')!);
}
