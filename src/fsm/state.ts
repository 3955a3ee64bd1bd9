/** The six states of RFC 4271 §8.2.2; what was negotiated exists only from OpenConfirm on. */

import type { OpenMessage } from '../wire/open.ts';
import type { Action } from './actions.ts';
import type { Negotiated } from './negotiated.ts';

export interface FsmConfig {
  /** Our OPEN. */
  readonly open: OpenMessage;
  readonly localAs: number;
  readonly peerAs: number;
  /** Never connects out. */
  readonly passive: boolean;
  /** Seconds. */
  readonly connectRetryTime: number;
  /** A neighbour that says no role is refused (RFC 9234 §4.2). */
  readonly strictRole: boolean;
}

/** What outlives a connection; the two connections of a neighbour share it. */
export interface Counters {
  /** RFC 4271 §8: how often connecting was retried. */
  readonly connectRetryCounter: number;
  /** Errors in a row without a stable session between; the idle hold grows with it. */
  readonly oscillations: number;
  /** Retries left that come after 1, 2, 4, 8 s: after an eager start, or for who may be restarting. */
  readonly eagerRetries: number;
}

interface Common {
  readonly config: FsmConfig;
  readonly counters: Counters;
}

export interface Idle extends Common {
  readonly name: 'Idle';
  /**
   * `stopped` waits for a start event, `holding` for the IdleHoldTimer, `standby` for the end of
   * the neighbour's other connection, which is ahead or keeps the whole neighbour in the hold.
   */
  readonly waiting: 'stopped' | 'holding' | 'standby';
}

export interface Connect extends Common {
  readonly name: 'Connect';
}

/** Without a connection: one that is accepted goes on to OpenSent at once. */
export interface Active extends Common {
  readonly name: 'Active';
}

export interface OpenSent extends Common {
  readonly name: 'OpenSent';
}

export interface OpenConfirm extends Common {
  readonly name: 'OpenConfirm';
  readonly negotiated: Negotiated;
}

export interface Established extends Common {
  readonly name: 'Established';
  readonly negotiated: Negotiated;
}

export type State = Idle | Connect | Active | OpenSent | OpenConfirm | Established;
export type StateName = State['name'];

/** What a transition comes to: the next state, and what is to be done, in order. */
export type Step = readonly [State, readonly Action[]];

export function initialState(config: FsmConfig): Idle {
  const counters = { connectRetryCounter: 0, oscillations: 0, eagerRetries: 0 };
  return { name: 'Idle', waiting: 'stopped', config, counters };
}

/** An event that changes nothing. */
export function ignore(state: State): Step {
  return [state, []];
}
