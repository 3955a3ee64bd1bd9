/** Durations as the file writes them: a whole number and one unit, `250ms`, `5s`, `3m`, `1h`. */

const UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

type Unit = keyof typeof UNIT;

/** Milliseconds, or undefined when `text` is not a duration. Only `0` may lack its unit. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * UNIT[match[2] as Unit] : undefined;
}

/** The shortest text that `parseDuration` reads back as `milliseconds`, a whole number from 0. */
export function formatDuration(milliseconds: number): string {
  const unit = (['h', 'm', 's'] as const).find((u) => milliseconds % UNIT[u] === 0) ?? 'ms';
  return milliseconds === 0 ? '0s' : `${milliseconds / UNIT[unit]}${unit}`;
}
