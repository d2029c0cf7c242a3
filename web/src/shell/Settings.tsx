// What whoever sits here sets for this computer: units, sound, look, language, the map. It holds at once.

import { useEffect, useRef } from 'preact/hooks';
import { LOUD_KEY, sound } from '../alerts/sound';
import { SEVERITY_GLYPH, SEVERITY_WORDS } from '../alerts/words';
import type { AlertSeverity } from '../generated/wire';
import { chooseLanguage } from '../language/choose';
import { LANGUAGES, language, t, type LanguageCode } from '../language/language';
import { LABEL_WORDS } from '../map/labelText';
import { Glyph } from './Glyph';
import { LABEL_DETAILS, LOUDEST, storageOf, type Prefs } from './prefs';
import { airspaces, areas, hasTerrain, prefs, resetPrefs, setPref, settingsOpen, VECTOR_MINUTES } from './state';
import { UNITS } from './units';
import './settings.css';

const SEVERITIES: readonly AlertSeverity[] = ['warning', 'caution', 'advisory'];
const LOUDNESS_STEP = 10;

export function Settings() {
  const sheet = useRef<HTMLDialogElement>(null);
  const open = settingsOpen.value;
  useEffect(() => {
    const dialog = sheet.current!;
    if (open && !dialog.open) {
      dialog.showModal();
      // Not the button that closes.
      dialog.querySelector<HTMLElement>('input:checked')?.focus();
    }
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={sheet}
      class="settings"
      id="settings"
      aria-labelledby="settings-title"
      onClose={() => (settingsOpen.value = false)}
      onClick={(event) => {
        if (event.target === sheet.current) settingsOpen.value = false;
      }}
    >
      {open && <Body />}
    </dialog>
  );
}

function Body() {
  return (
    <>
      <header class="panel-head">
        <h2 id="settings-title">{t`Settings`}</h2>
        <button type="button" class="icon-button push" aria-label={t`Close (Esc)`} onClick={() => (settingsOpen.value = false)}>
          <Glyph shape="close" />
        </button>
      </header>
      <div class="settings-body">
        <section aria-labelledby="settings-units">
          <h3 id="settings-units">{t`Units`}</h3>
          <OneOf name="distance" title={t`Distance`} choices={UNITS.distance} words={(unit) => unit} />
          <OneOf name="height" title={t`Height`} choices={UNITS.height} words={(unit) => unit} />
          <OneOf name="speed" title={t`Speed`} choices={UNITS.speed} words={(unit) => unit} />
          <p class="muted">{t`Alerts, plans and whatever the node or a person wrote stay as they were written.`}</p>
        </section>
        <section aria-labelledby="settings-sound">
          <h3 id="settings-sound">{t`Sound`}</h3>
          <OnOff name="sound" words={t`Tones for new alerts (S)`} />
          {SEVERITIES.map((severity) => (
            <Loudness key={severity} severity={severity} />
          ))}
        </section>
        <section aria-labelledby="settings-screen">
          <h3 id="settings-screen">{t`Screen`}</h3>
          <OneOf name="theme" title={t`Theme`} choices={['dark', 'light']} words={(theme) => (theme === 'dark' ? t`dark¦theme` : t`light¦theme`)} />
          <label class="setting">
            <span>{t`Language`}</span>
            <span class="field">
              <select id="language" value={language()} onChange={(event) => chooseLanguage(storageOf(window), event.currentTarget.value as LanguageCode)}>
                {LANGUAGES.map(({ code, name }) => (
                  <option key={code} value={code} lang={code}>
                    {name}
                  </option>
                ))}
              </select>
            </span>
          </label>
        </section>
        <section aria-labelledby="settings-map">
          <h3 id="settings-map">{t`Map`}</h3>
          <OneOf name="vectorMin" title={t`Speed vector, min`} choices={[0, ...VECTOR_MINUTES]} words={(minutes) => (minutes === 0 ? t`off` : String(minutes))} />
          <OneOf name="labels" title={t`Label lines`} choices={LABEL_DETAILS} words={(detail) => LABEL_WORDS[detail]} />
          <OnOff name="history" words={t`History dots (G)`} />
          {airspaces.value.length > 0 && <OnOff name="airspace" words={t`Airspace and borders (P)`} />}
          {areas.value.length > 0 && <OnOff name="areas" words={t`Areas of responsibility and of accords (Z)`} />}
          {hasTerrain.value && <OnOff name="relief" words={t`Shape of the ground (H)`} />}
        </section>
      </div>
      <footer class="settings-foot">
        <span class="muted">{t`Kept on this computer alone.`}</span>
        <button type="button" class="button small" id="settings-reset" onClick={resetPrefs}>
          {t`As at first`}
        </button>
      </footer>
    </>
  );
}

function OneOf<K extends keyof Prefs>({ name, title, choices, words }: { name: K; title: string; choices: readonly Prefs[K][]; words: (choice: Prefs[K]) => string }) {
  return (
    <fieldset class="setting">
      <legend>{title}</legend>
      <span class="choices">
        {choices.map((choice) => (
          <label key={String(choice)} class="choice">
            <input type="radio" name={name} value={String(choice)} checked={prefs.value[name] === choice} onChange={() => setPref(name, choice)} />
            {words(choice)}
          </label>
        ))}
      </span>
    </fieldset>
  );
}

function OnOff({ name, words }: { name: 'sound' | 'history' | 'relief' | 'airspace' | 'areas'; words: string }) {
  return (
    <label class="setting check">
      <input type="checkbox" name={name} checked={prefs.value[name]} onChange={() => setPref(name, !prefs.value[name])} />
      {words}
    </label>
  );
}

function Loudness({ severity }: { severity: AlertSeverity }) {
  const key = LOUD_KEY[severity];
  const loudness = prefs.value[key];
  return (
    <div class="setting loudness">
      <label for={`loud-${severity}`} class={`severity-${severity}`}>
        <Glyph shape={SEVERITY_GLYPH[severity]} /> {SEVERITY_WORDS[severity]}
      </label>
      <input
        type="range"
        id={`loud-${severity}`}
        min={0}
        max={LOUDEST}
        step={LOUDNESS_STEP}
        value={loudness}
        aria-valuetext={loudness === 0 ? t`silent¦sound` : `${loudness} %`}
        disabled={!prefs.value.sound}
        onInput={(event) => setPref(key, Number(event.currentTarget.value))}
      />
      <output class="num" for={`loud-${severity}`}>
        {loudness === 0 ? t`silent¦sound` : `${loudness} %`}
      </output>
      <button
        type="button"
        class="icon-button"
        aria-label={t`Hear it: ${SEVERITY_WORDS[severity]}`}
        title={t`Hear it: ${SEVERITY_WORDS[severity]}`}
        disabled={!prefs.value.sound || loudness === 0}
        onClick={() => sound(severity, loudness)}
      >
        <Glyph shape="sound" />
      </button>
    </div>
  );
}
