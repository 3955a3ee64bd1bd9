/** What the control server may ask of the daemon; the daemon implements it. */

import type { Outcome } from '../announcer/decide.ts';
import type { Announcement } from '../announcer/desired.ts';
import type { Facts } from '../announcer/facts.ts';
import type { Operated } from '../announcer/operate.ts';
import type { SignFact } from '../announcer/sign.ts';
import type { State } from '../announcer/state.ts';
import type { BfdReport } from '../bfd/bfdFact.ts';
import type { Config } from '../config/config.ts';
import type { Problem } from '../config/problem.ts';
import type { FullTableReport } from '../kernel/fullTable.ts';
import type { CheckReport } from '../monitor/checks/checkWatcher.ts';
import type { KeyMismatch } from '../monitor/keyMismatch.ts';
import type { LinkFact, PathFact } from '../monitor/link.ts';
import type { Family } from '../net/family.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { StationReport } from '../station/event.ts';
import type { Delay } from './delays.ts';
import type { EventLog } from './eventLog.ts';
import type { RouteSource } from './routeWalk.ts';

export interface UpstreamStatus {
  readonly session: SessionSnapshot;
  readonly path: PathFact | undefined;
  readonly link: LinkFact | undefined;
  /** Why a session with a password seems not to come up; undefined: nothing speaks for that. */
  readonly keyMismatch?: KeyMismatch | undefined;
  /** Undefined: BFD does not watch it. */
  readonly bfd?: BfdReport | undefined;
  /** Of whether it leads anywhere; empty: not looked at, or the session is down. */
  readonly signs?: readonly SignFact[];
}

/** An announcement, and whether the neighbour has really been sent it. */
export interface AnnouncementStatus extends Announcement {
  /** When the UPDATE was handed to the kernel, ms since the epoch; undefined: not on the wire. */
  readonly advertisedSince: number | undefined;
}

/** A check, and the prefixes that need it. */
export interface CheckStatus extends CheckReport {
  readonly neededBy: readonly string[];
}

/** What neighbours sent, as it is now. */
export interface LearnedRoutes {
  readonly reader: RouteSource;
  /** How many prefixes of the family there is a path to. */
  prefixes(family: Family): number;
  /** The neighbour that a path came from. */
  nameOf(peer: PeerIndex): string;
}

export interface DaemonStatus {
  readonly version: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly asn: number;
  readonly routerId: string;
  readonly configFile: string;
  /** When the running configuration was loaded, ms since the epoch. */
  readonly loadedAt: number;
}

export type ReloadResult =
  | {
      readonly ok: true;
      readonly changes: readonly string[];
      readonly warnings: readonly Problem[];
      /** Null: none was asked for. */
      readonly confirmation: AwaitedConfirmation | null;
    }
  | {
      readonly ok: false;
      /** Why, whole, for people: each problem with its place, or the one thing that stood in the way. */
      readonly failure: string;
      /** Empty when the file could not be read, or was good and could not be applied. */
      readonly problems: readonly Problem[];
    };

/** A configuration that is taken back unless it is confirmed in time. Times are ISO 8601. */
export interface AwaitedConfirmation {
  readonly until: string;
  /** When the configuration was loaded that it goes back to. */
  readonly backTo: string;
}

/** The announcer as it runs; see `Announcing`, which is one. Times are ms since the epoch. */
export interface AnnouncerPort {
  /** The last decision; undefined: there was none yet. */
  readonly outcome: Outcome | undefined;
  facts(): Facts;
  now(): number;
  /** Why a restart would not know of the orders as they are; undefined: it would, given a `state-dir`. */
  readonly unsaved: string | undefined;
  /**
   * Resolves when the order would survive a crash, or `unsaved` says why it would not; when it was
   * refused, nothing has changed.
   */
  operate(change: (state: State, facts: Facts, now: number) => Operated): Promise<Operated>;
}

export interface ControlPort {
  readonly announcer: AnnouncerPort;
  status(): DaemonStatus;
  upstreams(): readonly UpstreamStatus[];
  announcements(): readonly AnnouncementStatus[];
  /** The same one by one, for whoever must not work for long. */
  walkAnnouncements(): Iterable<AnnouncementStatus>;
  /** In the file's order. */
  checks(): readonly CheckStatus[];
  /** Monitoring stations, in the file's order. */
  stations(): readonly StationReport[];
  /** Undefined: nothing can have been learned yet. */
  learned(): LearnedRoutes | undefined;
  /** The full table in the kernel; undefined: the file does not want it there. */
  kernel(): FullTableReport | undefined;
  /** The timeline. */
  events(): EventLog;
  /** What the daemon runs on. */
  config(): Config;
  /** From causes to the UPDATEs that they led to, those since the last call. */
  takeDelays(): readonly Delay[];
  /**
   * Reads the file again and applies the difference; a bad file changes nothing. `within`, in ms: the
   * old configuration comes back unless `confirm` is called in that time.
   */
  reload(within?: number): Promise<ReloadResult>;
  /** What is running stays; false: nothing waited for that. */
  confirm(): boolean;
}
