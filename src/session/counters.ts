/** Messages counted by type; the numbers that `show sessions` prints. */

import { MessageType } from '../wire/constants.ts';
import type { MessageCounts } from './snapshot.ts';

export class MessageCounter {
  readonly #byType = new Float64Array(8);

  count(type: number, messages = 1): void {
    this.#byType[type] = (this.#byType[type] ?? 0) + messages;
  }

  counts(): MessageCounts {
    const of = (type: number) => this.#byType[type] ?? 0;
    return {
      open: of(MessageType.open),
      update: of(MessageType.update),
      notification: of(MessageType.notification),
      keepalive: of(MessageType.keepalive),
      routeRefresh: of(MessageType.routeRefresh),
    };
  }
}
