/**
 * RFC 9110 §5.6.7: the time of an answer, in seconds. Made here for the same reason as `isoTime`: Node's
 * own has V8 look up the local time zone.
 */
export function httpDate(at: number): string {
  const date = new Date(at);
  const day = `${WEEKDAYS[date.getUTCDay()]}, ${padded(date.getUTCDate())}`;
  const month = `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCFullYear()).padStart(4, '0')}`;
  const minute = `${padded(date.getUTCHours())}:${padded(date.getUTCMinutes())}`;
  return `${day} ${month} ${minute}:${padded(date.getUTCSeconds())} GMT`;
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = [
  ...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
  ...['Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
] as const;
