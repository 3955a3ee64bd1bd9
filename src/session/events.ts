/** What a session tells its owner. Times are milliseconds since the epoch. */

import type { DownReason } from '../fsm/actions.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import type { StateName } from '../fsm/state.ts';
import type { Family } from '../net/family.ts';
import type { Difference } from '../rib/adjRibOut.ts';
import type { LimitFinding } from './prefixLimit.ts';

export type SessionEvent =
  | {
      readonly type: 'StateChanged';
      readonly neighbour: string;
      readonly at: number;
      readonly from: StateName;
      readonly to: StateName;
    }
  | {
      readonly type: 'SessionUp';
      readonly neighbour: string;
      readonly at: number;
      readonly negotiated: Negotiated;
      readonly direction: 'outgoing' | 'incoming';
      /** No route of these can be sent: no address of ours is a next hop that it takes. */
      readonly withoutNextHop: readonly Family[];
    }
  /** One that had not been Established is told once for each reason, until it comes up. */
  | {
      readonly type: 'SessionDown';
      readonly neighbour: string;
      readonly at: number;
      readonly reason: DownReason;
      /** Whether it had been Established. */
      readonly wasUp: boolean;
      /** The NOTIFICATION that the neighbour was sent, whole; undefined: it was sent none. */
      readonly lastWords?: Uint8Array | undefined;
    }
  /** A connection attempt failed; told again only when the cause changes. */
  | {
      readonly type: 'ConnectFailed';
      readonly neighbour: string;
      readonly at: number;
      readonly cause: string;
    }
  /** These routes were handed to the kernel. */
  | {
      readonly type: 'RoutesSent';
      readonly neighbour: string;
      readonly at: number;
      /** Nothing changed: the neighbour wanted all of them again (RFC 2918). */
      readonly asked: boolean;
      readonly announced: readonly string[];
      readonly withdrawn: readonly string[];
      /** The same, as it was made into UPDATEs. */
      readonly difference: Difference;
    }
  /** An UPDATE had a fault that RFC 7606 lets a session survive; the first of each kind a session. */
  | {
      readonly type: 'UpdateFault';
      readonly neighbour: string;
      readonly at: number;
      readonly verdict: 'attribute-discard' | 'treat-as-withdraw';
      readonly fault: string;
    }
  /** What it has sent first of the family is complete (RFC 4724 §2). */
  | {
      readonly type: 'EndOfRib';
      readonly neighbour: string;
      readonly at: number;
      readonly family: Family;
    }
  /** Its session has ended, and what it sent of these families is kept for now (RFC 4724). */
  | {
      readonly type: 'RoutesKept';
      readonly neighbour: string;
      readonly at: number;
      readonly families: readonly Family[];
      /** How long, at most, until it is back. */
      readonly seconds: number;
    }
  /** It is not back in time; what is kept is the last choice from now on (RFC 9494). */
  | {
      readonly type: 'RoutesLongLived';
      readonly neighbour: string;
      readonly at: number;
      readonly family: Family;
      readonly seconds: number;
    }
  /** What was kept and has not been announced again is gone. */
  | {
      readonly type: 'RoutesSwept';
      readonly neighbour: string;
      readonly at: number;
      readonly families: readonly Family[];
    }
  /** It sends, or is about to send, more than `max-prefixes` lets it. */
  | {
      readonly type: 'PrefixLimit';
      readonly neighbour: string;
      readonly at: number;
      readonly finding: LimitFinding;
      /** Seconds that the session rests for now; 0: it goes on. */
      readonly idle: number;
    }
  /** More paths to a prefix than `add-path` takes; told once a session. */
  | { readonly type: 'PathsNotKept'; readonly neighbour: string; readonly at: number }
  /** A bug of ours: this session is stopped until its configuration is loaded again. */
  | {
      readonly type: 'InternalError';
      readonly neighbour: string;
      readonly at: number;
      readonly cause: string;
      /** For whoever mends it; several lines. */
      readonly stack: string;
    };
