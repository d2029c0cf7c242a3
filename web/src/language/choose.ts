// Which language this console speaks: as the address says (?lang=kk), else as it was chosen here,
// else as the browser asks. It is settled before anything is shown; choosing another loads the page anew.

import { LANGUAGES, speak, type Catalogue, type LanguageCode } from './language';

const KEY = 'entente.language';

const known = (wanted: string | null | undefined): LanguageCode | null =>
  LANGUAGES.find(({ code }) => code === wanted?.toLowerCase().split('-')[0])?.code ?? null;

export function chosenLanguage(search: string, kept: string | null, asked: readonly string[]): LanguageCode {
  const inAddress = known(new URLSearchParams(search).get('lang'));
  const byBrowser = asked.map(known).find((code) => code !== null);
  return inAddress ?? known(kept) ?? byBrowser ?? 'en';
}

const FILES = import.meta.glob<{ default: Catalogue }>('./*.json');

/** Speaks it from here on; English where its words do not come. */
export async function loadLanguage(code: LanguageCode): Promise<void> {
  try {
    const file = FILES[`./${code}.json`];
    speak(code, file ? (await file()).default : null);
  } catch {
    speak('en', null);
  }
  document.documentElement.lang = code;
}

export function keptLanguage(storage: Pick<Storage, 'getItem'> | null): string | null {
  try {
    return storage?.getItem(KEY) ?? null;
  } catch {
    return null;
  }
}

/** Remembers the choice and begins the page anew; an address that names another language is cleaned. */
export function chooseLanguage(storage: Pick<Storage, 'setItem'> | null, code: LanguageCode): void {
  const url = new URL(window.location.href);
  try {
    storage?.setItem(KEY, code);
    url.searchParams.delete('lang');
  } catch {
    url.searchParams.set('lang', code);
  }
  if (storage === null) url.searchParams.set('lang', code);
  window.history.replaceState(null, '', url);
  window.location.reload();
}
