/** Everything that can change the daemon's mind, or that its operator is told. Times are milliseconds since the epoch. */

import type { FailureHold } from '../announcer/correlatedFailure.ts';
import type { HeldReason } from '../announcer/desired.ts';
import type { Drain } from '../announcer/drain.ts';
import type { Doubt } from '../announcer/reachability.ts';
import type { Undone } from '../announcer/state.ts';
import type { CheckVerdict } from '../announcer/verdict.ts';
import type { BfdEventOut } from '../bfd/bfdFact.ts';
import type { Config } from '../config/config.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import type { KernelEvent } from '../kernel/kernelEvent.ts';
import type { CheckEvent } from '../monitor/checkEvent.ts';
import type { PathFact } from '../monitor/link.ts';
import type { LinkEvent } from '../monitor/linkEvent.ts';
import type { TrafficMeasured } from '../monitor/trafficSampler.ts';
import type { SpeakerEvent } from '../speaker/speaker.ts';
import type { StationEvent } from '../station/event.ts';
import type { KeyMismatchFound } from './keyWatch.ts';
import type { SignsChanged } from './tableWatch.ts';

export type DaemonEvent =
  | LinkEvent
  | BfdEventOut
  | KernelEvent
  | CheckEvent
  | StationEvent
  | MemoryEvent
  | RecordEvent
  | DecisionEvent
  | {
      readonly type: 'PathsResolved';
      readonly at: number;
      /** By neighbour name. */
      readonly paths: ReadonlyMap<string, PathFact>;
    }
  | TrafficMeasured
  | SignsChanged
  /** An operator has ordered something. */
  | { readonly type: 'OrdersChanged'; readonly at: number }
  /** Nothing happened but that a hold, a lease or a drain has come to its end. */
  | { readonly type: 'TimeCame'; readonly at: number }
  /** This process did not run for a while: frozen, starved, or at something that took it long. */
  | {
      readonly type: 'StoodStill';
      readonly at: number;
      /** By how much what was due came late, in ms. */
      readonly late: number;
      /** When it was decided last, by the daemon's steady clock. */
      readonly since: number;
    }
  | { readonly type: 'ConfigLoaded'; readonly at: number; readonly config: Config }
  | KeyMismatchFound
  | ClockJumped
  | { readonly type: 'StopRequested'; readonly at: number; readonly why: string };

/** What becomes of the state file. */
export type MemoryEvent =
  | {
      readonly type: 'StateSetAside';
      readonly at: number;
      readonly file: string;
      /** Where it is now; undefined: it could not be moved. */
      readonly aside: string | undefined;
      readonly cause: string;
      /** What is in it makes no sense; false: nobody knows, for the system does not give it. */
      readonly isRead: boolean;
    }
  | { readonly type: 'StateUnsaved'; readonly at: number; readonly cause: string }
  | { readonly type: 'StateSavedAgain'; readonly at: number };

/** What becomes of the black box. */
export type RecordEvent =
  | { readonly type: 'RecordFailed'; readonly at: number; readonly cause: string }
  | { readonly type: 'RecordResumed'; readonly at: number };

/** What was decided that is not on the wire, or not yet. */
export type DecisionEvent =
  /** Signs have come up against an upstream, are others now, or are gone. */
  | {
      readonly type: 'DoubtChanged';
      readonly neighbour: string;
      readonly at: number;
      readonly doubt: Doubt | undefined;
    }
  /** The flap budget holds these back; told once for each hold. */
  | {
      readonly type: 'AnnouncementHeld';
      readonly neighbour: string;
      readonly at: number;
      readonly prefixes: readonly string[];
      readonly reason: HeldReason;
    }
  /** Nothing has come of a check in time, or something does again; the prober tells no such thing. */
  | {
      readonly type: 'CheckLapsed';
      readonly at: number;
      readonly check: CheckVerdict;
      readonly over: boolean;
    }
  | { readonly type: 'DrainAdvanced'; readonly at: number; readonly drain: Drain }
  /** No upstream has these any more, and this one could: but it is drained by order. */
  | {
      readonly type: 'DrainLeavesNowhere';
      readonly neighbour: string;
      readonly at: number;
      readonly prefixes: readonly string[];
    }
  /** Withdrawals wait, as the fault is probably ours; or no longer do. */
  | { readonly type: 'FailureHeld'; readonly at: number; readonly hold: FailureHold }
  | { readonly type: 'FailureReleased'; readonly at: number; readonly hold: FailureHold }
  | { readonly type: 'DrainUndone'; readonly at: number; readonly undone: Undone };

type Event = DaemonEvent | SpeakerEvent;
type EventOf<T extends Event['type']> = Extract<Event, { readonly type: T }>;

/** Events, each with as much as anything is decided by. */
export type DecidedBy =
  | Exclude<Event, { readonly type: 'SessionUp' | 'RoutesSent' | 'ConfigLoaded' }>
  | (Pick<EventOf<'SessionUp'>, 'type' | 'neighbour' | 'at'> & {
      readonly negotiated: Pick<Negotiated, 'families' | 'gracefulRestart'>;
    })
  | Pick<EventOf<'RoutesSent'>, 'type' | 'neighbour' | 'at' | 'asked' | 'difference'>
  | Pick<EventOf<'ConfigLoaded'>, 'type' | 'at'>;
export interface ClockJumped {
  readonly type: 'ClockJumped';
  /** By the clock as it is now. */
  readonly at: number;
  /** Milliseconds; less than 0: it was set back. */
  readonly by: number;
}
