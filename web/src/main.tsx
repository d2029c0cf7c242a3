import '@fontsource/b612/latin-400.css';
import '@fontsource/b612/latin-700.css';
import '@fontsource/b612-mono/latin-400.css';
import '@fontsource/b612-mono/latin-700.css';
import './shell/screen.css';
import './shell/controls.css';
import './map/map.css';
import './tracks/tracks.css';
import './partners/partners.css';
import './requests/requests.css';
import './identity/identity.css';
import './sensors/sensors.css';
import { render } from 'preact';
import { App } from './shell/App';
import { prefs } from './shell/state';
import { applyTheme } from './theme/theme';

applyTheme(document.documentElement, prefs.value.theme);
render(<App />, document.getElementById('app')!);
