/** `ip monitor` in a namespace, from when it listens on: it says nothing when it begins. */

import type { Program } from './daemons/process.ts';
import { until } from './daemons/until.ts';
import type { Namespace } from './netns.ts';

/** Of documentation, and nobody's route in any lab. */
const MARKER = '192.0.2.99';
const MARKER_ROUTE = ['unreachable', `${MARKER}/32`, 'proto', '99'] as const;
/** In ms. */
const LIMIT = 60_000;

/**
 * Before all others where that is allowed, or on a busy machine it would be late, and so would the
 * times that it writes down.
 */
const AT_ONCE = [
  'sh',
  '-c',
  'chrt -f 1 true 2>/dev/null && exec chrt -f 1 "$@"; exec "$@"',
  'sh',
] as const;

/** `what`: kinds of objects, `route` among them, after options of `ip`. */
export async function monitored(
  namespace: Namespace,
  what: readonly string[],
  options: readonly string[] = [],
): Promise<Program> {
  const monitor = namespace.spawn('monitor', ...AT_ONCE, 'ip', ...options, 'monitor', ...what);
  await until('the monitor to listen', LIMIT, async () => {
    // What is there already is not told again.
    await namespace.ip('route', 'add', ...MARKER_ROUTE);
    await namespace.ip('route', 'del', ...MARKER_ROUTE);
    return monitor.output.includes(MARKER);
  });
  return monitor;
}
