// Whose name stands under an act: typed where nobody signs in, shown where somebody did.

import { position } from '../requests/state';
import { person } from './state';
import { t } from '../language/language';

export function NameField({ label, id, placeholder, bare = false }: { label: string; id?: string; placeholder?: string; bare?: boolean }) {
  if (person.value) return <SignedName />;
  return (
    <label class={bare ? 'field' : undefined}>
      {bare ? <span class="visually-hidden">{label}</span> : label}
      <input
        type="text"
        {...(id === undefined ? {} : { id })}
        {...(placeholder === undefined ? {} : { placeholder })}
        maxLength={160}
        value={position.value}
        onInput={(event) => (position.value = event.currentTarget.value)}
      />
    </label>
  );
}

/** Under whose name it is done. */
export function SignedName() {
  const who = person.value;
  if (!who) return null;
  return (
    <p class="muted signed-name">
      {t`as`} <b>{who.name}</b>
      {who.position && `, ${who.position}`}
    </p>
  );
}
