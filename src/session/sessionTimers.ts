/** A session's timers by the state machine's names: two are the neighbour's, three a connection's. */

import type { Action, TimerName } from '../fsm/actions.ts';
import type { Side } from '../fsm/neighbour.ts';
import type { Clock } from './clock.ts';
import type { Leg } from './leg.ts';
import { Timer } from './timer.ts';

type NeighbourTimer = 'connectRetry' | 'idleHold';

const EXPIRY = {
  connectRetry: { type: 'ConnectRetryTimerExpires' },
  idleHold: { type: 'IdleHoldTimerExpires' },
} as const;

export class SessionTimers {
  readonly #clock: Clock;
  readonly #legs: Readonly<Record<Side, Leg>>;
  readonly #shared: Readonly<Record<NeighbourTimer, Timer>>;

  constructor(
    clock: Clock,
    legs: Readonly<Record<Side, Leg>>,
    expired: (event: (typeof EXPIRY)[NeighbourTimer]) => void,
  ) {
    this.#clock = clock;
    this.#legs = legs;
    this.#shared = {
      connectRetry: new Timer(clock, () => expired(EXPIRY.connectRetry)),
      idleHold: new Timer(clock, () => expired(EXPIRY.idleHold)),
    };
  }

  start(side: Side, { timer, seconds, jitter }: Action & { type: 'startTimer' }): void {
    // RFC 4271 §10: a factor between 0.75 and 1.0.
    const factor = jitter ? 0.75 + 0.25 * this.#clock.random() : 1;
    const milliseconds = seconds * 1000 * factor;
    if (isShared(timer)) this.#shared[timer].start(milliseconds);
    else this.#legs[side].startTimer(timer, milliseconds);
  }

  stop(side: Side, timer: TimerName): void {
    const stopped = isShared(timer) ? this.#shared[timer] : this.#legs[side].timers[timer];
    stopped.stop();
  }

  stopAll(): void {
    for (const timer of Object.values(this.#shared)) timer.stop();
    for (const { timers } of Object.values(this.#legs)) {
      for (const timer of Object.values(timers)) timer.stop();
    }
  }
}

function isShared(timer: TimerName): timer is NeighbourTimer {
  return timer === 'connectRetry' || timer === 'idleHold';
}
