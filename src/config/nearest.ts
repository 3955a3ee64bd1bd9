/** The word that was probably meant: spelling variants first, then a small edit distance. */

/** The word of `known` that `text` most likely is, or undefined when none is near. */
export function nearest(text: string, known: Iterable<string>): string | undefined {
  const wanted = fold(text);
  // A long text is no slip of the finger, and comparing it would cost.
  if (wanted === '' || wanted.length > 64) return undefined;
  let best: string | undefined;
  let distance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const word of known) {
    const folded = fold(word);
    // Else one edit would turn any two-letter word into another.
    if (folded !== wanted && Math.min(folded.length, wanted.length) < 3) continue;
    const d = editDistance(wanted, folded);
    if (d < distance) [best, distance] = [word, d];
  }
  return best;
}

/** `router_id`, `routerId`, `Router-ID` and `router id` are one word to the hand that typed them. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[-_. ]/g, '');
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that make `b` of `a` (optimal
 * string alignment). Three rows of the table suffice: a swap looks back two.
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(substituted, at(last, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(before, j - 2) + 1);
      }
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
