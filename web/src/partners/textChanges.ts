// What a changed text says otherwise, line by line, for those who have to approve it. Pure.

export interface ChangedLine {
  /** Taken out, put in, as it was, or: lines as they were are left out here. */
  mark: '−' | '+' | ' ' | '…';
  text: string;
}

/** Lines as they were that are shown around a change. */
const AROUND = 2;
/** Beyond so many pairs of lines nothing is compared. */
const PAIRS_MAX = 4_000_000;

/** The lines of `after`, with those of `before` that are not in it, and a little around each change; `null` where they are too long to compare. */
export function changedLines(before: string, after: string): ChangedLine[] | null {
  const [old, now] = [before.split('\n'), after.split('\n')];
  if (old.length * now.length > PAIRS_MAX) return null;
  // How many lines the rests have in common at most, from each pair of places on.
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: ChangedLine[] = [];
  for (let [i, j] = [0, 0]; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ mark: ' ', text: now[j] ?? '' });
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '−', text: old[i++] ?? '' });
    } else {
      lines.push({ mark: '+', text: now[j++] ?? '' });
    }
  }
  const near = lines.map((_, k) => lines.slice(Math.max(0, k - AROUND), k + AROUND + 1).some((line) => line.mark !== ' '));
  return lines.flatMap((line, k) => (near[k] ? [line] : k === 0 || near[k - 1] ? [{ mark: '…' as const, text: '' }] : []));
}
