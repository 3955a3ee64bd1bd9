/** What a state machine asks of its runtime, in the order given. The verbs are RFC 4271 §8.2.2's. */

import type { NotificationMessage } from '../wire/notification.ts';
import type { OpenMessage } from '../wire/open.ts';
import type { Negotiated } from './negotiated.ts';

export type TimerName = 'connectRetry' | 'hold' | 'keepalive' | 'idleHold' | 'sendHold';

export type Action =
  /** Start a TCP connection to the neighbour. */
  | { readonly type: 'connectTcp' }
  /** Close the connection, or stop trying; what was handed to the kernel before still goes out. */
  | { readonly type: 'dropTcp' }
  | { readonly type: 'sendOpen'; readonly open: OpenMessage }
  | { readonly type: 'sendKeepalive' }
  | { readonly type: 'sendNotification'; readonly notification: NotificationMessage }
  /**
   * (Re)start with this many seconds. `jitter`: the runtime multiplies by 0.75..1.0 (RFC 4271 §10).
   * The runtime restarts `sendHold` by itself whenever the kernel takes bytes of ours.
   */
  | {
      readonly type: 'startTimer';
      readonly timer: TimerName;
      readonly seconds: number;
      readonly jitter: boolean;
    }
  | { readonly type: 'stopTimer'; readonly timer: TimerName }
  /** From now on the neighbour may send messages of up to 65535 octets (RFC 8654 §4). */
  | { readonly type: 'allowExtendedMessages' }
  /** Established is entered: initial Adj-RIB-Out, End-of-RIB. */
  | { readonly type: 'establish'; readonly negotiated: Negotiated }
  /**
   * Established is left: forget what the neighbour was sent, and what it sent; `retain`: this may
   * stay for as long as the neighbour may take to restart (RFC 4724 §4.2).
   */
  | { readonly type: 'releaseRoutes'; readonly retain: boolean }
  /** One line for people: the session left OpenSent, OpenConfirm or Established, and why. */
  | { readonly type: 'reportDown'; readonly reason: DownReason };

/** Why a connection ended, as data: shown, logged and counted. */
export type DownReason =
  /** `silent`: without a word, so that the neighbour keeps what it was sent (RFC 4724 §4.1). */
  | { readonly kind: 'stopped'; readonly communication: string; readonly silent?: true }
  | { readonly kind: 'holdTimerExpired' }
  | { readonly kind: 'sendHoldTimerExpired' }
  | { readonly kind: 'tcpFailed'; readonly cause: string }
  | { readonly kind: 'notificationReceived'; readonly notification: NotificationMessage }
  | {
      readonly kind: 'notificationSent';
      readonly notification: NotificationMessage;
      readonly cause: string;
    }
  | { readonly kind: 'collision' };
