/**
 * What the benches and the feeder say to each other, one JSON object a line: orders go to its
 * standard input, sightings come from its standard output. Times are CLOCK_MONOTONIC in ns, which
 * all processes of a machine share, as text because they are wider than a double's integers.
 */

export interface FeederPlan {
  readonly sessions: readonly SessionPlan[];
  /** Seconds. */
  readonly holdTime: number;
  /** Answers an OPEN, but holds its KEEPALIVE back until `establish`. */
  readonly held: boolean;
}

export interface SessionPlan {
  /** Where it listens. */
  readonly address: string;
  readonly asn: number;
  /** A file of whole UPDATE messages; undefined: it has none to send. */
  readonly table: string | undefined;
}

export type Order =
  | { readonly order: 'establish' }
  /** Hand the whole table over, to all neighbours or to one. */
  | { readonly order: 'send'; readonly session?: number }
  /** Cease, and no session after it. */
  | { readonly order: 'close'; readonly session: number }
  | {
      readonly order: 'announce' | 'withdraw';
      readonly session: number;
      readonly prefix: string;
    }
  /** Say it of each of these prefixes when it is announced or withdrawn. */
  | { readonly order: 'watch'; readonly prefixes: readonly string[] }
  /** Say it when a session has been announced so many different prefixes. */
  | { readonly order: 'expect'; readonly announced: number }
  | { readonly order: 'count' };

export type Sighting =
  | { readonly type: 'listening' }
  | {
      readonly type: 'confirmed' | 'sending' | 'sent' | 'reached' | 'closed';
      readonly session: number;
      readonly at: string;
    }
  | {
      readonly type: 'announced' | 'withdrawn';
      readonly session: number;
      readonly prefix: string;
      /** Of the socket read. */
      readonly at: string;
    }
  /** The daemon ended a session that it should have kept. */
  | { readonly type: 'lost'; readonly session: number; readonly how: string }
  | { readonly type: 'counts'; readonly sessions: readonly Received[] };

/** What came from the daemon in one session. */
export interface Received {
  /** With prefixes in them: an End-of-RIB is none. */
  readonly updates: number;
  readonly announced: number;
  /** Different ones among those announced. */
  readonly distinct: number;
  readonly withdrawn: number;
  readonly octets: number;
  /** When the first and the last UPDATE were read; undefined: there were none. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** The longest time between two messages of any kind, in ms. */
  readonly silence: number;
}
