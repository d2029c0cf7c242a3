// What the node gives as a file, for those who may take it away; greyed with the reason for the others.

import { mayNot, type ActName } from './state';

export function Download({ act, href, words, title = '' }: { act: ActName; href: string; words: string; title?: string }) {
  const off = mayNot(act);
  if (off !== null) {
    return (
      <button type="button" class="button small" disabled title={off}>
        {words}
      </button>
    );
  }
  return (
    <a class="button small page-link" href={href} download title={title}>
      {words}
    </a>
  );
}
