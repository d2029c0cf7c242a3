import '@fontsource/b612/latin-400.css';
import '@fontsource/b612/latin-700.css';
import '@fontsource/b612-mono/latin-400.css';
import '@fontsource/b612-mono/latin-700.css';
import '@fontsource/noto-sans/cyrillic-400.css';
import '@fontsource/noto-sans/cyrillic-700.css';
import '@fontsource/noto-sans/cyrillic-ext-400.css';
import '@fontsource/noto-sans/cyrillic-ext-700.css';
import './shell/screen.css';
import './shell/controls.css';
import './map/map.css';
import './tracks/tracks.css';
import './partners/partners.css';
import './requests/requests.css';
import './alerts/alerts.css';
import './incidents/incidents.css';
import './identity/identity.css';
import './sensors/sensors.css';
import './people/people.css';
import './timeline/timeline.css';
import { chosenLanguage, keptLanguage, loadLanguage } from './language/choose';
import { storageOf } from './shell/prefs';

const language = chosenLanguage(window.location.search, keptLanguage(storageOf(window)), navigator.languages);
void loadLanguage(language)
  .then(() => import('./shell/open'))
  .then(({ open }) => open());
