/** The messages that the state machine sends, as octets; UPDATEs are none of them. */

import { match } from 'ts-pattern';
import type { Action } from '../fsm/actions.ts';
import { MessageType } from '../wire/constants.ts';
import { encodeKeepalive } from '../wire/keepalive.ts';
import { encodeNotification } from '../wire/notification.ts';
import { encodeOpen } from '../wire/open.ts';

export type SendAction = Action & { type: 'sendOpen' | 'sendKeepalive' | 'sendNotification' };

export interface SentMessage {
  readonly type: number;
  readonly octets: Uint8Array;
}

export function sentMessage(action: SendAction): SentMessage {
  return match(action)
    .with({ type: 'sendOpen' }, ({ open }) => ({
      type: MessageType.open,
      octets: encodeOpen(open),
    }))
    .with({ type: 'sendKeepalive' }, () => ({
      type: MessageType.keepalive,
      octets: encodeKeepalive(),
    }))
    .with({ type: 'sendNotification' }, ({ notification }) => ({
      type: MessageType.notification,
      octets: encodeNotification(notification),
    }))
    .exhaustive();
}
