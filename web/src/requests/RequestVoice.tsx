// Speaks a request that is new to this party, and a take-over that is proposed, once.

import { useSignal, useSignalEffect } from '@preact/signals';
import { clockMs } from '../shell/state';
import { backUps, requests } from './state';
import { backUpWords, keyOf, news } from './words';

export function RequestVoice() {
  const words = useSignal('');
  const known = useSignal<ReadonlySet<string>>(new Set());
  useSignalEffect(() => {
    const rows = requests.value?.rows ?? [];
    const proposed = (backUps.value?.rows ?? []).filter((row) => row.proposed !== null);
    const keyOfProposal = (row: (typeof proposed)[number]): string => `${row.accord} ${row.article} ${row.proposed}`;
    const before = known.peek();
    const said = [
      ...news(rows, before, clockMs.peek()),
      ...proposed.filter((row) => !before.has(keyOfProposal(row))).map((row) => backUpWords(row, clockMs.peek()).words),
    ];
    if (said.length > 0) words.value = said.join(' ');
    // What is over may be said again when it comes again.
    known.value = new Set([...rows.filter((row) => row.to_answer).map(keyOf), ...proposed.map(keyOfProposal)]);
  });
  return (
    <div class="visually-hidden" role="status" aria-live="polite" id="request-voice">
      {words}
    </div>
  );
}
