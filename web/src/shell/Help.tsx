// The help sheet: keys.

import { useEffect, useRef } from 'preact/hooks';
import { Glyph } from './Glyph';
import { KEYS } from './keys';
import { hello, helpOpen } from './state';
import { t } from '../language/language';

export function Help() {
  const sheet = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    const dialog = sheet.current!;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={sheet}
      class="help"
      aria-label={t`Keyboard`}
      onClose={() => (helpOpen.value = false)}
      onClick={(event) => {
        if (event.target === sheet.current) helpOpen.value = false;
      }}
    >
      <header class="panel-head">
        <h2>{t`Keyboard`}</h2>
        <button type="button" class="icon-button push" aria-label={t`Close (Esc)`} onClick={() => (helpOpen.value = false)}>
          <Glyph shape="close" />
        </button>
      </header>
      <dl class="keys">
        {KEYS.map(({ keys, does }) => (
          <div key={keys.join()}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="help-foot">
        {t`Times are UTC, levels from pressure altitude, speeds over the ground; the settings (O) have the units. Positions are predicted from the last update to the time of the picture.`} {hello.value && t`Node software ${hello.value.software}.`}
      </p>
    </dialog>
  );
}
