/** A neighbour that pours octets into the daemon as fast as they are taken, and again when it is let in again. */

import type { Socket } from 'node:net';
import { Peer, type PeerOptions } from '../soak/peer.ts';
import type { Batch } from './octets.ts';

export interface AttackerOptions extends PeerOptions {
  readonly batches: () => Iterable<Batch>;
  /** It reads nothing once the session is up. */
  readonly deaf: boolean;
}

export class Attacker extends Peer {
  /** Sessions that came up. */
  sessions = 0;
  /** Messages of the present session that the kernel was given. */
  messages = 0;
  /** All of it was said in one session. */
  done = false;
  /** What it was told when it was thrown out: `6/8`. */
  readonly notifications: string[] = [];
  readonly #options: AttackerOptions;

  constructor(options: AttackerOptions) {
    super(options);
    this.#options = options;
  }

  protected override established(): void {
    this.sessions++;
    if (this.#options.deaf) this.socket?.pause();
    void this.#pour(this.#options.batches());
  }

  protected override told(notification: Buffer): void {
    this.notifications.push(`${notification[0]}/${notification[1]}`);
  }

  async #pour(batches: Iterable<Batch>): Promise<void> {
    const { socket } = this;
    if (!socket) return;
    this.messages = 0;
    for (const { octets, messages } of batches) {
      if (socket.destroyed || !socket.writable) return;
      this.messages += messages;
      if (!socket.write(octets)) await room(socket);
    }
    this.done = true;
  }
}

/** Until the kernel has taken what waits, or the connection is gone. */
function room(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}
