/** What a session counts and remembers about itself, for display. */

import type { DownReason } from '../fsm/actions.ts';
import type { StateName } from '../fsm/state.ts';
import { MessageCounter } from './counters.ts';

/** A neighbour that fails in ever new ways is told of this many times. */
const MAX_TOLD = 20;
/** So long a neighbour's NOTIFICATION says more than that it closes connections since, in ms. */
const SAID_WHY = 600_000;

export class SessionTally {
  readonly sent = new MessageCounter();
  readonly received = new MessageCounter();
  established = 0;
  dropped = 0;
  lastDown: { readonly at: number; readonly reason: DownReason } | undefined;
  /** Why it did not come up, as told since it last did. */
  readonly #told = new Set<string>();
  /** Why connecting failed last; undefined once a session has come up. */
  lastConnectFault: { readonly at: number; readonly cause: string } | undefined;
  state: StateName = 'Idle';
  /** When `state` was entered, ms since the epoch. */
  since: number;

  constructor(now: number) {
    this.since = now;
  }

  enter(state: StateName, now: number): void {
    this.state = state;
    this.since = now;
  }

  up(): void {
    this.established++;
    this.lastConnectFault = undefined;
    this.#told.clear();
  }

  /** False: nothing new, it has been told since the session was last up. */
  down(at: number, reason: DownReason, wasUp: boolean): boolean {
    if (wasUp) this.dropped++;
    if (wasUp || !this.#saidWhy(at, reason)) this.lastDown = { at, reason };
    if (wasUp) return true;
    const key = JSON.stringify(reason);
    if (this.#told.has(key) || this.#told.size >= MAX_TOLD) return false;
    this.#told.add(key);
    return true;
  }

  /** Whether the neighbour has told the cause before, and now only closes what we open. */
  #saidWhy(at: number, reason: DownReason): boolean {
    const last = this.lastDown;
    const told = last?.reason.kind === 'notificationReceived' && at - last.at < SAID_WHY;
    return told && reason.kind === 'tcpFailed';
  }
}
