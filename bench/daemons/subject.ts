/** What the benches ask of a daemon, whichever it is. */

import type { Namespace } from '../../test/support/netns.ts';

/** How all daemons are told their place: they connect to each neighbour, and announce `own`. */
export interface SubjectPlan {
  readonly namespace: Namespace;
  /** For its files; exists, and is removed by others. */
  readonly directory: string;
  readonly neighbours: readonly NeighbourPlan[];
  /** Prefixes of its own, IPv4. The first of them is the one that is withdrawn when told. */
  readonly own: readonly [string, ...string[]];
  /** Environment of the daemon beyond this process's. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * What BIRD's import filter does, after which our default policy is left in force. Undefined, as
   * in all comparisons: everything is taken.
   */
  readonly birdFilter: string | undefined;
  /** Best paths are put into the kernel's table. */
  readonly kernel: boolean;
}

/** IPv4 and IPv6 are carried in one session over IPv4. */
export interface NeighbourPlan {
  readonly address: string;
  /** The daemon's own IPv6 address on that link. */
  readonly localIpv6: string;
  readonly asn: number;
}

export const LOCAL_AS = 64500;
export const ROUTER_ID = '192.0.2.1';
/** Seconds: no session must end because a daemon is busy for a while. */
export const HOLD_TIME = 240;

/** What a daemon says that it has, both families together, its own prefixes left out. */
export interface Holding {
  /** Paths learned from all neighbours. */
  readonly paths: number;
  /** Prefixes that have a best path among them; undefined: it does not count them. */
  readonly prefixes: number | undefined;
  /** Nothing waits in its queues, as far as it tells. */
  readonly idle: boolean;
}

export interface Subject {
  /** The processes that were started; their children are found. */
  readonly pids: readonly number[];
  /** By its own counters, at little cost to it: asked while it works. */
  holding(): Promise<Holding>;
  /** Exact, by a walk over its table where it counts no prefixes: asked at the end. */
  verify(): Promise<Holding>;
  /** Withdraws the first of its own prefixes. Resolves when the order is given or carried out. */
  withdraw(): Promise<void>;
  /** Announces it again. */
  announce(): Promise<void>;
  stop(): Promise<void>;
}

export interface SubjectKind {
  /** As on the command line. */
  readonly name: string;
  /** As in tables. */
  readonly title: string;
  /** Why it cannot be measured here; undefined: it can. */
  readonly obstacle: () => string | undefined;
  /** Resolves when it is configured and answers; its sessions may still come up. */
  readonly start: (plan: SubjectPlan) => Promise<Subject>;
}

/** How long a daemon may take to answer after its start, in ms; some read 100,000 lines first. */
export const START_LIMIT = 60_000;

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
