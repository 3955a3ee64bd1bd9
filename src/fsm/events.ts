/**
 * Everything that can happen to one connection's state machine: RFC 4271 §8.1, under the RFC's
 * names and numbers. Left out, because the optional attributes behind them are not offered:
 * DelayOpen (events 12 and 20) and TrackTcpState (14 and 15; the kernel accepts, and the listener
 * refuses unknown addresses before a state machine is asked). The passive starts (4 and 5) and the
 * damped ones (6 and 7) are no events of their own either: `FsmConfig.passive` says the one, and
 * every automatic start is damped.
 */

import type { RemoteError } from '../wire/errors.ts';
import type { NotificationMessage } from '../wire/notification.ts';
import type { OpenMessage } from '../wire/open.ts';

export type FsmEvent =
  | { readonly type: 'ManualStart' } // 1
  /** `silent`: a neighbour that is to keep what it was sent is told nothing (RFC 4724 §4.1). */
  | { readonly type: 'ManualStop'; readonly cease: Cease; readonly silent?: boolean } // 2
  /** `eager`: connect at once and retry after 1, 2, 4, 8 s before ConnectRetryTime rules (a link came back). */
  | { readonly type: 'AutomaticStart'; readonly eager: boolean } // 3
  /** A dead link, or more prefixes than allowed: who stops it knows when to start it, so no hold follows. */
  | { readonly type: 'AutomaticStop'; readonly cease: Cease } // 8
  | { readonly type: 'ConnectRetryTimerExpires' } // 9
  | { readonly type: 'HoldTimerExpires' } // 10
  | { readonly type: 'KeepaliveTimerExpires' } // 11
  /** In Established, where nothing is held, it says that the session has proved stable. */
  | { readonly type: 'IdleHoldTimerExpires' } // 13
  | { readonly type: 'TcpCRAcked' } // 16: our own connection succeeded
  | { readonly type: 'TcpConnectionConfirmed' } // 17: the neighbour's connection was accepted
  | { readonly type: 'TcpConnectionFails'; readonly cause: string } // 18
  | { readonly type: 'BGPOpen'; readonly open: OpenMessage } // 19
  | { readonly type: 'BGPHeaderErr'; readonly error: RemoteError } // 21
  | { readonly type: 'BGPOpenMsgErr'; readonly error: RemoteError } // 22
  | { readonly type: 'OpenCollisionDump' } // 23
  | { readonly type: 'NotifMsgVerErr'; readonly notification: NotificationMessage } // 24
  | { readonly type: 'NotifMsg'; readonly notification: NotificationMessage } // 25
  | { readonly type: 'KeepAliveMsg' } // 26
  /** All the UPDATEs of one socket read. */
  | { readonly type: 'UpdateMsg' } // 27
  | { readonly type: 'UpdateMsgErr'; readonly error: RemoteError } // 28
  /** ROUTE-REFRESH (RFC 2918) is not in RFC 4271's list; it is legal in Established only. */
  | { readonly type: 'RouteRefreshMsg' }
  | { readonly type: 'SendHoldTimerExpires' }; // 29, RFC 9687

export type FsmEventType = FsmEvent['type'];
export type EventOf<T extends FsmEventType> = Extract<FsmEvent, { readonly type: T }>;

/** What concerns a neighbour as a whole; `stepNeighbour` tells the connections that it is for. */
export type NeighbourEvent = EventOf<
  | 'ManualStart'
  | 'ManualStop'
  | 'AutomaticStart'
  | 'AutomaticStop'
  | 'ConnectRetryTimerExpires'
  | 'IdleHoldTimerExpires'
>;

/** What happens to one connection. Collisions are found by `stepNeighbour`, never told to it. */
export type ConnectionEvent = Exclude<FsmEvent, NeighbourEvent | EventOf<'OpenCollisionDump'>>;

/** What the NOTIFICATION of a stop says. */
export interface Cease {
  /** RFC 4486. */
  readonly subcode: number;
  /** RFC 9003; may be empty. With a subcode that carries no text it is for our own people alone. */
  readonly communication: string;
  /** Octets that RFC 4486 §4 lets Maximum Number of Prefixes Reached carry. */
  readonly limit?: Uint8Array;
}
