/**
 * Milliseconds since the epoch as ISO 8601 in UTC, the only form in which the API tells a time. Made here:
 * `toISOString` has V8 look up the name of the local time zone first, in a megabyte of tables that an
 * idle daemon would keep for it.
 */
export function isoTime(at: number): string;
export function isoTime(at: number | undefined): string | null;
export function isoTime(at: number | undefined): string | null {
  if (at === undefined) return null;
  const date = new Date(at);
  const year = date.getUTCFullYear();
  // Before the year 0 and after 9999 there are signs and more digits; and what is no time throws.
  if (!(year >= 0 && year <= 9999)) return date.toISOString();
  const day = `${padded(year, 4)}-${padded(date.getUTCMonth() + 1)}-${padded(date.getUTCDate())}`;
  const minute = `${padded(date.getUTCHours())}:${padded(date.getUTCMinutes())}`;
  const second = `${padded(date.getUTCSeconds())}.${padded(date.getUTCMilliseconds(), 3)}`;
  return `${day}T${minute}:${second}Z`;
}

function padded(number: number, digits = 2): string {
  return String(number).padStart(digits, '0');
}
