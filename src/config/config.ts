/**
 * The configuration as the program uses it: every default filled in, every text parsed, every
 * reference resolved. `load.ts` makes it from a file's text; nothing else does.
 */

import type { IpAddress } from '../net/address.ts';
import type { Asn } from '../net/asn.ts';
import type { Communities } from '../net/community.ts';
import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Role } from '../net/role.ts';
import type { BfdAuthenticationKind } from './bfdAuthentication.ts';
import type { CheckConfig } from './checkConfig.ts';
import type { Condition } from './condition.ts';
import type { CorrelatedFailureConfig } from './correlatedFailure.ts';
import type { DampingConfig, StabilityConfig } from './damping.ts';
import type { ImportPolicy } from './importPolicy.ts';

declare const own: unique symbol;

/**
 * A prefix that the file says is ours. Only `load.ts` makes one, and an upstream can be sent
 * nothing else: a learned route has no way to become one.
 */
export type OwnPrefix = Prefix & { readonly [own]: true };

export interface Config {
  readonly asn: Asn;
  /** BGP Identifier, an unsigned 32-bit number, never 0. */
  readonly routerId: number;
  readonly site: string | undefined;
  /** Empty: only connect out. */
  readonly listen: readonly ListenAddress[];
  readonly control: {
    readonly socket: string | undefined;
    readonly mode: number;
    /** Where the looking glass listens; undefined: nowhere. */
    readonly http: ListenAddress | undefined;
  };
  readonly log: { readonly level: LogLevel; readonly format: 'text' | 'json' };
  /** Who is told of every session and route (RFC 7854), in the file's order. */
  readonly bmp: readonly BmpStation[];
  /** Undefined: the kernel's routes are left alone. */
  readonly kernel: KernelConfig | undefined;
  /** Where what happens is written down; undefined: nowhere. */
  readonly record: RecordConfig | undefined;
  readonly prefixes: readonly PrefixConfig[];
  /** In the file's order. */
  readonly checks: readonly CheckConfig[];
  /** Undefined: no withdrawal ever waits. */
  readonly correlatedFailure: CorrelatedFailureConfig | undefined;
  /** Where what must survive a restart is kept; undefined: nowhere. */
  readonly stateDir: string | undefined;
  /** What a stop of the daemon means for what is announced. */
  readonly onExit: 'withdraw' | 'drain' | 'keep';
  readonly stability: StabilityConfig;
  /** Neighbours are in the file's order; a name is unique among those of all three kinds. */
  readonly upstreams: readonly UpstreamConfig[];
  readonly downstreams: readonly DownstreamConfig[];
  readonly internal: readonly InternalConfig[];
}

export interface RecordConfig {
  readonly dir: string;
  /** Octets of a file. */
  readonly maxSize: number;
  /** So many times that much is kept. */
  readonly keep: number;
  /** Whether received UPDATEs are in it. */
  readonly received: boolean;
}

/** A monitoring station, which we connect to. */
export interface BmpStation extends ListenAddress {
  /** What neighbours sent, what import policy accepted of it, or both. */
  readonly routes: 'pre-policy' | 'post-policy' | 'both';
  /** Milliseconds from one report of numbers to the next. */
  readonly statistics: number;
}

export interface KernelConfig {
  readonly install: 'none' | 'default' | 'full';
  /** `main`, or a number. */
  readonly table: string;
  /** Of the default; the backups' is one more. */
  readonly metric: number;
  /** Own prefixes as blackholes behind everything else. */
  readonly anchor: boolean;
  readonly onExit: 'leave' | 'remove';
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface ListenAddress {
  readonly address: IpAddress;
  readonly port: number;
}

export interface PrefixConfig {
  readonly prefix: OwnPrefix;
  /**
   * Names of the upstreams it goes to; all of them unless the file says otherwise. Downstreams and
   * internal neighbours get every own prefix.
   */
  readonly upstreams: readonly string[];
  readonly communities: Communities;
  /** Provider-independent or provider-aggregatable address space. */
  readonly space: 'pi' | 'pa';
  /** What must hold for it to be announced; undefined: nothing beside its sessions. */
  readonly needs: Condition | undefined;
  /** What is done when it no longer holds, or nobody knows any more. */
  readonly onFailure: 'withdraw' | 'backup' | 'keep';
}

/** What a session is made from, and what is sent and taken over it, whoever the neighbour is. */
export interface NeighbourConfig {
  readonly name: string;
  /** Of an internal neighbour: our own. */
  readonly asn: Asn;
  readonly address: IpAddress;
  readonly port: number;
  readonly localAddress: IpAddress | undefined;
  /** The link whose carrier loss drops the session; undefined: derived from the route to `address`. */
  readonly interface: string | undefined;
  /** Never connects out; waits for the neighbour. */
  readonly passive: boolean;
  /** TTL of what we send: 1 if the neighbour is on a link of ours, more if it may be further away. */
  readonly multihop: number;
  /** GTSM (RFC 5082); then `multihop` is 1. */
  readonly ttlSecurity: boolean;
  /** Where its TCP MD5 key is; undefined: it has none. */
  readonly password: SecretReference | undefined;
  /** The connection uses `interface` and no other. */
  readonly bindToInterface: boolean;
  /** Seconds; 0 or at least 3. */
  readonly holdTime: number;
  /** Seconds. */
  readonly connectRetry: number;
  readonly families: readonly Family[];
  /** RFC 4724: `helper` keeps its routes when it restarts; `both`: it is to keep ours as well. */
  readonly gracefulRestart: 'both' | 'helper' | 'none';
  /** Seconds that stale routes may stay beyond the restart time (RFC 9494); undefined: none. */
  readonly longLivedStaleTime: number | undefined;
  /** What NEXT_HOP says where it is ours; undefined: the session's own local address. */
  readonly nextHop: { readonly ipv4: IpAddress | undefined; readonly ipv6: IpAddress | undefined };
  /**
   * How many times our AS is put in the path beyond the once that RFC 4271 asks for, in every route
   * that is sent. Internal neighbours: 0.
   */
  readonly prepend: number;
  /** Of every route that is sent; undefined: none is sent. Internal neighbours: undefined. */
  readonly med: number | undefined;
  /** Added to every route that is sent. Internal neighbours: none. */
  readonly communities: Communities;
  /** What is taken of what it sends. */
  readonly import: ImportPolicy;
  readonly maxPrefixes: MaxPrefixes;
  readonly addPath: AddPathConfig;
  /** Ours towards the neighbour (RFC 9234); undefined: none is said. Internal neighbours: undefined. */
  readonly role: RoleConfig | undefined;
  /** Undefined: the way to it is not watched by packets. */
  readonly bfd: BfdConfig | undefined;
}

export interface BfdConfig {
  /** Milliseconds. */
  readonly interval: number;
  readonly multiplier: number;
  /** No session without it. */
  readonly strict: boolean;
  /** Undefined: packets are not authenticated. */
  readonly authentication: BfdAuthentication | undefined;
}

export interface BfdAuthentication {
  readonly kind: BfdAuthenticationKind;
  /** 0..255. */
  readonly keyId: number;
  readonly password: SecretReference;
}

/** Path identifiers (RFC 7911). */
export interface AddPathConfig {
  readonly receive: boolean;
  readonly send: boolean;
  /** The most paths to one prefix that are kept of what it sends. */
  readonly paths: number;
}

export interface RoleConfig {
  readonly is: Role;
  /** A neighbour that does not say its own role is refused (RFC 9234 §4.2). */
  readonly strict: boolean;
}

/** Where a secret is, never the secret: the configuration may be printed. */
export type SecretReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

/** How much a neighbour may send; refused routes count, since they are stored too. */
export interface MaxPrefixes {
  /** The most prefixes of each family at a time; undefined: any number. */
  readonly ipv4: number | undefined;
  readonly ipv6: number | undefined;
  /** Per cent of a limit, 1 to 100, from which on a warning is given. */
  readonly warn: number;
  /** Seconds that the session stays down after it went over a limit. */
  readonly idle: number;
}

/** It is sent own prefixes and nothing else, whatever the file says. */
export interface UpstreamConfig extends NeighbourConfig {
  readonly kind: 'upstream';
  /** Whether the world is to come to us by it; undefined: nothing is done about that. */
  readonly prefer: 'primary' | 'backup' | undefined;
  readonly damping: DampingConfig;
  /** Undefined: its session is all that is known of it. */
  readonly reachability: ReachabilityConfig | undefined;
}

/** A customer, an inner router, a collector. */
export interface DownstreamConfig extends NeighbourConfig {
  readonly kind: 'downstream';
  /** Beside our own prefixes: every best route, the default route alone, or nothing learned. */
  readonly export: 'all' | 'default' | 'own';
}

/** How it is found out that an upstream leads nowhere though its session is up. */
export interface ReachabilityConfig {
  /** Names among `checks`: those that look through this upstream. */
  readonly probes: readonly string[];
  /** Prefixes of others that it always sends. */
  readonly canaries: readonly Prefix[];
  /** Per cent of its usual table, 1 to 100, whose loss is a sign; undefined: its size is not looked at. */
  readonly tableDrop: number | undefined;
  /** Whether the loss of its default route is a sign. */
  readonly defaultGone: boolean;
  /** What is done about our prefixes there. */
  readonly oneSign: 'backup' | 'keep';
  readonly twoSigns: 'withdraw' | 'backup' | 'keep';
}

/** Another edge router of our own, in our AS (iBGP): it is sent everything from outside the AS. */
export interface InternalConfig extends NeighbourConfig {
  readonly kind: 'internal';
  /** Whether learned routes are sent with ourselves as their next hop. */
  readonly nextHopSelf: boolean;
}

export type Neighbour = UpstreamConfig | DownstreamConfig | InternalConfig;

/** Whom learned routes may be sent to. An upstream is not among them: no leak has a type. */
export type LearnedReceiver = DownstreamConfig | InternalConfig;

/** All of them: upstreams, downstreams, internal ones, each in the file's order. */
export function neighboursOf(config: Config): readonly Neighbour[] {
  return [...config.upstreams, ...config.downstreams, ...config.internal];
}
