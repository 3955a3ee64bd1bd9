/**
 * What was read of a Quagga or FRR configuration, before anything is made of it: settings stay the
 * statements that they were, found by their keyword.
 */

import type { Asn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import type { BfdProfile } from './bfdBlock.ts';
import type { PrefixList } from './prefixList.ts';
import type { Statement } from './statement.ts';

export type Dialect = 'quagga' | 'frr';

/** What concerns the session, or one family on it. */
export type Scope = 'session' | Family;

/** By keyword; those with a direction as `prefix-list in`. The last statement of a keyword holds. */
export type Settings = ReadonlyMap<string, Setting>;

export interface Setting {
  readonly statement: Statement;
  /** What follows the keyword, the direction aside. */
  readonly args: readonly string[];
}

export interface SourceNeighbour {
  /** An address, or what else stands there. */
  readonly id: string;
  /** The first statement about it. */
  readonly statement: Statement;
  /** The peer-group's settings lie beneath its own. */
  readonly settings: Readonly<Record<Scope, Settings>>;
}

export interface SourceNetwork {
  readonly statement: Statement;
  readonly prefix: Prefix;
  readonly routeMap: string | undefined;
}

export interface RouteMapEntry {
  readonly statement: Statement;
  readonly seq: number;
  readonly permits: boolean;
  readonly matches: readonly Statement[];
  readonly sets: readonly Statement[];
  /** `call`, `on-match`, `continue`: where the way through the map bends. */
  readonly jumps: readonly Statement[];
}

/** One entry of an as-path access-list or of a community-list. */
export interface TextEntry {
  readonly statement: Statement;
  readonly permits: boolean;
  /** A regular expression, or communities. */
  readonly values: readonly string[];
}

export interface Source {
  readonly dialect: Dialect;
  /** `multihomed generate` wrote it: what it leaves out, the file that it came from left out. */
  readonly generated: boolean;
  readonly asn: Asn;
  readonly routerId: string | undefined;
  /** FRR: without a filter nothing goes to another AS and nothing is taken (RFC 8212). */
  readonly requiresPolicy: boolean;
  /** FRR's `datacenter` profile: short timers. */
  readonly datacenter: boolean;
  /** Settings of the router as a whole, by their first words. */
  readonly router: Settings;
  readonly networks: readonly SourceNetwork[];
  readonly neighbours: readonly SourceNeighbour[];
  readonly routeMaps: ReadonlyMap<string, readonly RouteMapEntry[]>;
  readonly prefixLists: Readonly<Record<Family, ReadonlyMap<string, PrefixList>>>;
  readonly asPathLists: ReadonlyMap<string, readonly TextEntry[]>;
  /** Standard lists only. */
  readonly communityLists: ReadonlyMap<string, readonly TextEntry[]>;
  readonly bfdProfiles: ReadonlyMap<string, BfdProfile>;
  /** Destinations of static routes to nowhere. */
  readonly anchors: ReadonlySet<string>;
}
