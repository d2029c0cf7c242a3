// The coverage page, once its language is known.

import { render } from 'preact';
import { prefs } from '../shell/state';
import { applyTheme } from '../theme/theme';
import { t } from '../language/language';
import { CoverageApp } from './CoverageApp';
import { start } from './session';

export function open(): void {
  document.title = `${t`Coverage`} · Entente`;
  applyTheme(document.documentElement, prefs.value.theme);
  render(<CoverageApp />, document.getElementById('app')!);
  start();
}
