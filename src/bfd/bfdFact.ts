/** What BFD knows of the way to one neighbour, as the rest of the program is told. */

import type { Discards } from './discard.ts';
import type { SessionState } from './packet.ts';

/**
 * `starting`: not up, and no failure is known; `lost`: was up, and is not any more; `off`: the
 * neighbour has switched it off, which says nothing of the way (RFC 5880 §6.8.16); `impossible`: it
 * cannot run on this machine.
 */
export type BfdStanding = 'up' | 'starting' | 'lost' | 'off' | 'impossible';

export interface BfdFact {
  readonly neighbour: string;
  readonly standing: BfdStanding;
  /** Why, for people: `control detection time expired`. Empty: nothing to add. */
  readonly detail: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface BfdChanged {
  readonly type: 'BfdChanged';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly fact: BfdFact;
}

/** It is not watched any more: what was told must not be believed. */
export interface BfdForgotten {
  readonly type: 'BfdForgotten';
  readonly at: number;
  readonly neighbour: string;
}

export type BfdEventOut = BfdChanged | BfdForgotten;

/** For `show`: the fact, both states, what was negotiated (milliseconds), and the counters. */
export interface BfdReport extends BfdFact {
  readonly state: SessionState;
  readonly remoteState: SessionState;
  readonly transmitInterval: number;
  readonly detectionTime: number;
  readonly sent: number;
  readonly received: number;
  readonly discarded: number;
  /** The same by reason. */
  readonly discards: Discards;
}
