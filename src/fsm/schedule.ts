/** How long each timer runs. Seconds. */

import type { Action } from './actions.ts';
import type { Negotiated } from './negotiated.ts';
import type { Counters, FsmConfig } from './state.ts';

/**
 * RFC 4271 §8.2.2: the hold timer until an OPEN has said another. Four minutes are suggested; but a
 * neighbour that was cut off while it connected, or GTSM's filter behind an accepted connection, would
 * keep its next one out for that long. Whoever has not said OPEN in one minute is not going to.
 */
const LARGE_HOLD_TIME = 60;

/**
 * How long an OPEN is kept back for one on the connection that would win (`contest.ts`), and how
 * long ours is. Many round trips; the second is shorter, since of two ends that wait for each other
 * the one that still owes its OPEN can end the other's wait.
 */
const OPEN_WAIT = 2;
const ACCEPT_WAIT = 1;

/** A session that lived this long starts anew with a short idle hold. */
const STABLE_TIME = 300;

/** Whoever mends the neighbour waits no longer than this for the next attempt. */
const MAX_IDLE_HOLD = 60;

/** Retries after an eager start, and of a neighbour that may be restarting: 1, 2, 4, 8 s. */
export const EAGER_RETRIES = 4;

/** The RFC's suggested jitter (§10) may shorten a timer to this part of it. */
const SHORTEST_JITTER = 0.75;

/**
 * The ConnectRetryTimer until the next attempt, and the counters after it. Eager delays keep
 * their exact length: one neighbour's link came back, there is no herd to spread.
 */
export function nextRetry(counters: Counters, config: FsmConfig): [Counters, Action] {
  if (counters.eagerRetries === 0) {
    return [counters, start('connectRetry', config.connectRetryTime, true)];
  }
  const delay = 2 ** (EAGER_RETRIES - counters.eagerRetries);
  return [
    { ...counters, eagerRetries: counters.eagerRetries - 1 },
    start('connectRetry', Math.min(delay, config.connectRetryTime), false),
  ];
}

/**
 * DampPeerOscillations: 1 s after the first error, since a neighbour that just restarted is back
 * by then, twice as long after each further one.
 */
export function idleHold(oscillations: number): Action {
  return start('idleHold', Math.min(2 ** (oscillations - 1), MAX_IDLE_HOLD), true);
}

/** In Established the idle hold timer is free, and measures how long the session has lasted. */
export function stability(): Action {
  return start('idleHold', STABLE_TIME, false);
}

/** In a contest of two connections the ConnectRetryTimer is free, and bounds the contest. */
export function patience(opened: boolean): Action {
  return start('connectRetry', opened ? OPEN_WAIT : ACCEPT_WAIT, false);
}

export function largeHold(): Action {
  return start('hold', LARGE_HOLD_TIME, false);
}

/** Nothing when the hold time is 0: then neither side expects to hear anything. */
export function hold({ holdTime }: Negotiated): readonly Action[] {
  return holdTime === 0 ? [] : [start('hold', holdTime, false)];
}

export function keepalive({ keepaliveTime }: Negotiated): readonly Action[] {
  if (keepaliveTime === 0) return [];
  // RFC 4271 §4.4: not more often than once a second, jitter included.
  return [start('keepalive', keepaliveTime, keepaliveTime * SHORTEST_JITTER >= 1)];
}

/** Not with a hold time of 0. */
export function sendHold({ holdTime }: Negotiated): readonly Action[] {
  return holdTime === 0 ? [] : [start('sendHold', sendHoldTime(holdTime), false)];
}

/** RFC 9687: the greater of 8 minutes and twice the hold time. */
export function sendHoldTime(holdTime: number): number {
  return Math.max(480, 2 * holdTime);
}

function start(
  timer: Extract<Action, { type: 'startTimer' }>['timer'],
  seconds: number,
  jitter: boolean,
): Action {
  return { type: 'startTimer', timer, seconds, jitter };
}
