/** What the tests ask of a real BGP daemon, whichever it is. */

import type { Family } from '../../../src/net/family.ts';

export interface NeighbourOptions {
  readonly address: string;
  readonly asn: number;
  /** Waits for the neighbour instead of connecting to it. */
  readonly passive: boolean;
  readonly families: readonly Family[];
  /** BFD (RFC 5881), with packets so often, in ms, and a multiplier of 3; default: none. */
  readonly bfd?: number;
  /** TCP MD5 (RFC 2385); default: none. */
  readonly password?: string;
  /** `security`: GTSM (RFC 5082). `far`: sends with 254, as from one hop further away. */
  readonly ttl?: 'security' | 'far';
  /** More of it, in the daemon's own language: of the neighbour, and of each of its families. */
  readonly lines?: readonly string[];
  readonly familyLines?: readonly string[];
}

export interface DaemonOptions {
  readonly asn: number;
  readonly routerId: string;
  readonly neighbours: readonly NeighbourOptions[];
  /** Prefixes of its own, that it announces to all neighbours. */
  readonly originates: readonly string[];
  /** Undefined: what the daemon does by itself, which is at most to help. */
  readonly gracefulRestart?: GracefulRestart;
}

/** RFC 4724: its neighbours are to keep its routes when it is gone. */
export interface GracefulRestart {
  /** Seconds. */
  readonly time: number;
  /** RFC 9494, seconds; undefined: not. */
  readonly longLived?: number;
}

/** A route that a daemon announces as though it had come to it from further away. */
export interface CraftedRoute {
  readonly prefix: string;
  /** Nearest first. The daemon's own AS goes in front of it. */
  readonly path?: readonly number[];
  readonly med?: number;
  /** Standard and large ones, NO_EXPORT and NO_ADVERTISE by their names. */
  readonly communities?: readonly string[];
}

/** For the daemons that can be told what to put into a route. */
export interface CraftingOptions<Route = CraftedRoute> extends DaemonOptions {
  readonly crafted?: readonly Route[];
}

/** One path in a daemon's table, learned from a neighbour. */
export interface RibRoute {
  readonly prefix: string;
  /** The neighbour's address. */
  readonly from: string;
  readonly asPath: readonly number[];
  readonly origin: 'IGP' | 'EGP' | 'Incomplete';
  readonly nextHop: string;
  readonly med: number | undefined;
  /** Undefined where the daemon does not tell it. */
  readonly localPref: number | undefined;
  /** As multihomed writes them: `64496:100`, `rt:64500:7`, `64496:1:2`; sorted. */
  readonly communities: readonly string[];
  readonly best: boolean;
}

export interface BgpDaemon {
  readonly name: string;
  /** True when the session with the neighbour at this address is Established. */
  established(neighbour: string): Promise<boolean>;
  /** Tells one session with the neighbour from the next: changes when it is reset. */
  incarnation(neighbour: string): Promise<string>;
  /** The paths it learned. */
  routes(family: Family): Promise<readonly RibRoute[]>;
  /** The last NOTIFICATION that came from the neighbour, in the daemon's own words. */
  lastNotification(neighbour: string): Promise<string>;
  stop(): Promise<void>;
  /** SIGKILL: no last word is said. It may be started again with the same namespace. */
  kill(): Promise<void>;
}

/** How long a daemon may take to answer on its control socket after its start, in ms. */
export const START_LIMIT = 60_000;
