/**
 * A link: a TCP relay on loopback that passes octets both ways and can be cut. A cut is a dead
 * wire: nothing passes, nothing is closed, and neither end is told by TCP. What was on its way
 * waits, as it would be retransmitted, and passes when the link is whole again.
 *
 *   near socket <-> [ accepted | relay | onward ] <-> far socket
 */

import { createServer, type Server, Socket } from 'node:net';
import { LOOPBACK, listenOnLoopback } from './loopback.ts';

export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Accepted by the kernel while the wire was dead; they go on when it is whole again. */
  readonly #waiting: Socket[] = [];
  #port = 0;
  #farPort: number;
  #cut = false;

  private constructor(farPort: number) {
    this.#farPort = farPort;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      if (this.#cut) this.#waiting.push(near);
      else this.#join(near);
    });
  }

  /** `farPort`: where the far end listens. */
  static async open(farPort: number): Promise<Relay> {
    const relay = new Relay(farPort);
    relay.#port = await listenOnLoopback(relay.#server);
    return relay;
  }

  /** Where the near end connects to. */
  get port(): number {
    return this.#port;
  }

  /** The far end listens somewhere else now; connections that are there stay. */
  leadTo(farPort: number): void {
    this.#farPort = farPort;
  }

  /** From here on no octet passes, and no FIN, reset or new connection either. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.pause();
  }

  mend(): void {
    this.#cut = false;
    for (const socket of this.#sockets) socket.resume();
    for (const near of this.#waiting.splice(0)) this.#join(near);
  }

  /** Takes the relay away: what is still connected over it is reset. */
  close(): void {
    this.#server.close();
    for (const socket of [...this.#sockets, ...this.#waiting]) socket.destroy();
  }

  #join(near: Socket): void {
    const far = new Socket({ allowHalfOpen: true });
    far.setNoDelay(true);
    this.#pass(near, far);
    this.#pass(far, near);
    far.connect(this.#farPort, LOOPBACK);
  }

  /** Everything that happens to `from` happens to `to`: octets, the end of them, a reset. */
  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (octets) => {
      if (to.write(octets)) return;
      from.pause();
      to.once('drain', () => {
        if (!this.#cut) from.resume();
      });
    });
    from.on('end', () => to.end());
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => this.#sockets.delete(from));
  }
}
