/** The way up as far as our OPEN: connecting, listening, opening. */

import { largeHold, nextRetry } from './schedule.ts';
import type { Active, Connect, Idle, OpenSent, State, Step } from './state.ts';

/** Leaves Idle: connects, or only listens where we are passive. */
export function begin(idle: Idle): Step {
  const { config, counters } = idle;
  // No ConnectRetryTimer for a passive neighbour: its expiry would have us connect.
  if (config.passive) return [{ name: 'Active', config, counters }, []];
  return connect(idle);
}

/**
 * Starts a TCP connection. The timer that is started with it keeps running when the connection
 * fails, so that it measures from attempt to attempt.
 */
export function connect(state: State): Step {
  const { config } = state;
  const [counters, timer] = nextRetry(state.counters, config);
  const next: Connect = { name: 'Connect', config, counters };
  return [next, [timer, { type: 'connectTcp' }]];
}

/** Waits for the neighbour's connection, or for the time to try our own again. */
export function listen(state: State): Step {
  const { config } = state;
  if (config.passive) return [{ name: 'Active', config, counters: state.counters }, []];
  const [counters, timer] = nextRetry(state.counters, config);
  const next: Active = { name: 'Active', config, counters };
  return [next, [timer]];
}

/** There is a TCP connection. */
export function open({ config, counters }: Connect | Active): Step {
  const next: OpenSent = { name: 'OpenSent', config, counters };
  return [
    next,
    [
      { type: 'stopTimer', timer: 'connectRetry' },
      { type: 'sendOpen', open: config.open },
      largeHold(),
    ],
  ];
}
