import '@fontsource/b612/latin-400.css';
import '@fontsource/b612/latin-700.css';
import '@fontsource/b612-mono/latin-400.css';
import '../shell/screen.css';
import '../shell/controls.css';
import '../map/map.css';
import './coverage.css';
import { render } from 'preact';
import { prefs } from '../shell/state';
import { applyTheme } from '../theme/theme';
import { CoverageApp } from './CoverageApp';
import { start } from './session';

applyTheme(document.documentElement, prefs.value.theme);
render(<CoverageApp />, document.getElementById('app')!);
start();
