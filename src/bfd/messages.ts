/** What the main thread and the thread of BFD say to each other. All of it can be cloned. */

import type { AuthenticationKey } from './authentication.ts';
import type { BfdStanding } from './bfdFact.ts';
import type { Discards } from './discard.ts';
import type { SessionState } from './packet.ts';
import type { BfdParameters } from './state.ts';

/** One session that is to run. */
export interface BfdTarget extends BfdParameters {
  readonly neighbour: string;
  /** Without a scope. */
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly localAddress: string | undefined;
  /** A link-local address is on this. */
  readonly interface: string | undefined;
  /** RFC 5883: the neighbour may be further away, and no TTL tells a stranger. */
  readonly multihop: boolean;
  /** Undefined: none is sent, and none is taken. */
  readonly authentication: AuthenticationKey | undefined;
}

export type ToThread =
  /** The whole set. */
  | { readonly type: 'configure'; readonly targets: readonly BfdTarget[] }
  /** Tells the other ends, and ends. */
  | { readonly type: 'stop' };

export type FromThread =
  | {
      readonly type: 'state';
      readonly neighbour: string;
      readonly state: SessionState;
      readonly remoteState: SessionState;
      readonly standing: BfdStanding;
      readonly detail: string;
      /** Milliseconds since the epoch. */
      readonly at: number;
    }
  /** What `show` shows; once a second while something changes in it. */
  | { readonly type: 'counts'; readonly counts: readonly BfdCounts[]; readonly strangers: number }
  /** These cannot be watched on this machine. */
  | {
      readonly type: 'failed';
      readonly neighbours: readonly string[];
      readonly cause: string;
    };

export interface BfdCounts {
  readonly neighbour: string;
  /** Milliseconds. */
  readonly transmitInterval: number;
  readonly detectionTime: number;
  readonly sent: number;
  readonly received: number;
  /** From its address, and no packet of this session. */
  readonly discards: Discards;
}
