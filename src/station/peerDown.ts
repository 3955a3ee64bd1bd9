/** Why a session ended, in the words that stations have for it (RFC 7854 §4.9). */

import type { PeerDown } from '../bmp/peerMessages.ts';
import type { DownReason } from '../fsm/actions.ts';
import { encodeNotification } from '../wire/notification.ts';

/** Numbers of RFC 4271 §8.1 and RFC 9687. */
const Event = { none: 0, manualStop: 2, holdTimerExpires: 10, sendHoldTimerExpires: 29 } as const;

/** `lastWords`: the NOTIFICATION that the neighbour was sent, whole. */
export function peerDownOf(reason: DownReason, lastWords: Uint8Array | undefined): PeerDown {
  if (lastWords) return { kind: 'local-notification', notification: lastWords };
  switch (reason.kind) {
    case 'notificationReceived':
      return {
        kind: 'remote-notification',
        notification: encodeNotification(reason.notification),
      };
    // "any unexpected termination of the transport session" is among these.
    case 'tcpFailed':
      return { kind: 'remote-without-word' };
    case 'stopped':
      return { kind: 'local-event', event: Event.manualStop };
    case 'holdTimerExpired':
      return { kind: 'local-event', event: Event.holdTimerExpires };
    case 'sendHoldTimerExpired':
      return { kind: 'local-event', event: Event.sendHoldTimerExpires };
    case 'notificationSent':
    case 'collision':
      return { kind: 'local-event', event: Event.none };
  }
}

/** A bug of ours ended it. */
export const BROKEN_DOWN: PeerDown = { kind: 'local-event', event: Event.none };
