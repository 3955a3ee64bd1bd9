/** Milliseconds since the epoch as ISO 8601 in UTC, the only form in which the API tells a time. */
export function isoTime(at: number): string;
export function isoTime(at: number | undefined): string | null;
export function isoTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
