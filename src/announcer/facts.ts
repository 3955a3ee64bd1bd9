/** What is known about the world when a decision is made. Times are milliseconds since the epoch. */

import type { BfdFact } from '../bfd/bfdFact.ts';
import type { CheckFact } from '../monitor/check.ts';
import type { LinkFact, PathFact } from '../monitor/link.ts';
import type { Family } from '../net/family.ts';
import type { SignFact } from './sign.ts';

export interface Facts {
  /** By interface name. An interface that is not in it has not been looked at yet. */
  readonly links: ReadonlyMap<string, LinkFact>;
  /** By neighbour name. */
  readonly paths: ReadonlyMap<string, PathFact>;
  /** By neighbour name; of those that BFD watches. Nothing known yet: not in it. */
  readonly bfd: ReadonlyMap<string, BfdFact>;
  /** By name. A check that is not in it has not been probed yet. */
  readonly checks: ReadonlyMap<string, CheckFact>;
  /** By neighbour name: sessions that are Established. */
  readonly sessions: ReadonlyMap<string, SessionFact>;
  /** By upstream name: what its routes say of whether it leads anywhere. */
  readonly signs: ReadonlyMap<string, readonly SignFact[]>;
  /** By interface name: what comes and goes over it, where that is measured. */
  readonly traffic: ReadonlyMap<string, TrafficFact>;
  /** Whether the kernel has what the file wants before anything is announced, or never will. */
  readonly kernelSettled: boolean;
  /** Set once the process has been asked to stop; the text goes into the Cease (RFC 9003). */
  readonly stopping: string | undefined;
}

export interface SessionFact {
  readonly since: number;
  /** As negotiated. */
  readonly families: readonly Family[];
}

export interface TrafficFact {
  /** Both ways together, over the last interval that was measured. */
  readonly bitsPerSecond: number;
  readonly at: number;
}

/** Before anything has been looked at. */
export const NO_FACTS: Facts = {
  links: new Map(),
  paths: new Map(),
  bfd: new Map(),
  checks: new Map(),
  sessions: new Map(),
  signs: new Map(),
  traffic: new Map(),
  kernelSettled: true,
  stopping: undefined,
};
