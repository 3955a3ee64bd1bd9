/** Lengths of time for people: the two largest units that say something. */

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** `3d 4h`, `2m 10s`, `0s`; a negative length (the clock was set back) is `0s`. */
export function formatSpan(milliseconds: number): string {
  const first = UNITS.findIndex(([, size]) => milliseconds >= size);
  if (first < 0) return '0s';
  let rest = milliseconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.join(' ');
}

/** From an ISO 8601 time until `now`, ms since the epoch. */
export function spanSince(iso: string, now: number): string {
  return formatSpan(now - Date.parse(iso));
}
