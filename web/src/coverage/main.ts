import '@fontsource/b612/latin-400.css';
import '@fontsource/b612/latin-700.css';
import '@fontsource/b612-mono/latin-400.css';
import '@fontsource/noto-sans/cyrillic-400.css';
import '@fontsource/noto-sans/cyrillic-700.css';
import '@fontsource/noto-sans/cyrillic-ext-400.css';
import '@fontsource/noto-sans/cyrillic-ext-700.css';
import '../shell/screen.css';
import '../shell/controls.css';
import '../map/map.css';
import './coverage.css';
import { chosenLanguage, keptLanguage, loadLanguage } from '../language/choose';
import { storageOf } from '../shell/prefs';

const language = chosenLanguage(window.location.search, keptLanguage(storageOf(window)), navigator.languages);
void loadLanguage(language)
  .then(() => import('./open'))
  .then(({ open }) => open());
