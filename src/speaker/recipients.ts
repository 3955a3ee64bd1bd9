/** The members of an export group: who has room, and what all or some of them are given. */

import type { ExportEvent, ExportMember, RoomWanted } from '../session/exportMember.ts';
import type { Chunk } from '../wire/updateBatch.ts';
import { Recipient } from './recipient.ts';

export interface RecipientSnapshot {
  readonly name: string;
  /** Octets that are kept for it beside those in its socket. */
  readonly waiting: number;
  /** It is given all that the group sends; otherwise it is still coming up by itself. */
  readonly inStep: boolean;
}

export class Recipients {
  readonly #all = new Set<Recipient>();
  readonly #onEvent: (event: ExportEvent) => void;

  constructor(onEvent: (event: ExportEvent) => void) {
    this.#onEvent = onEvent;
  }

  get size(): number {
    return this.#all.size;
  }

  get names(): readonly string[] {
    return [...this.#all].map(({ name }) => name);
  }

  /** Safe while members leave. */
  [Symbol.iterator](): Iterator<Recipient> {
    return this.#all.values();
  }

  add(name: string, member: ExportMember, walk: Recipient['walk']): Recipient {
    const recipient = new Recipient(name, member, walk);
    this.#all.add(recipient);
    return recipient;
  }

  remove(recipient: Recipient): void {
    recipient.close();
    this.#all.delete(recipient);
  }

  /** Whether a chunk that is for everybody may be made now. */
  get anyReady(): boolean {
    for (const { ready } of this.#all) if (ready) return true;
    return false;
  }

  /** Whether a chunk that is for those in step may be made now. */
  get anyReadyInStep(): boolean {
    for (const { ready, walk } of this.#all) if (ready && !walk) return true;
    return false;
  }

  give(recipient: Recipient, chunk: Chunk | undefined): void {
    if (!chunk) return;
    const waiting = recipient.waiting + chunk.octets.length;
    if (!recipient.give(chunk)) this.#tellGivenUp(recipient, 'unread', waiting);
  }

  giveToAll(chunk: Chunk | undefined): void {
    for (const recipient of this.#all) this.give(recipient, chunk);
  }

  /** For want of memory. */
  giveUpAll(): void {
    for (const recipient of this.#all) {
      this.#tellGivenUp(recipient, 'memory', recipient.waiting);
      recipient.giveUp('memory');
    }
  }

  /** For a bug of ours. */
  breakOffAll(error: unknown): void {
    for (const recipient of this.#all) recipient.breakOff(error);
  }

  snapshots(): readonly RecipientSnapshot[] {
    return [...this.#all].map(({ name, waiting, walk }) => {
      return { name, waiting, inStep: walk === undefined };
    });
  }

  #tellGivenUp({ name }: Recipient, want: RoomWanted, waiting: number): void {
    this.#onEvent({ type: 'ReceiverOverwhelmed', receiver: name, want, waiting });
  }
}
