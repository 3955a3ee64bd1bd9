/**
 * An upstream for `flood.ts`: holds one BGP session, answers every KEEPALIVE with one, and notes
 * when what came. It shares no code with the program.
 */

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const MARKER = Buffer.alloc(16, 0xff);
const HEADER = 19;
const Type = { open: 1, update: 2, notification: 3, keepalive: 4 } as const;

function message(type: number, body = Buffer.alloc(0)): Buffer {
  const rest = Buffer.alloc(3);
  rest.writeUInt16BE(HEADER + body.length);
  rest[2] = type;
  return Buffer.concat([MARKER, rest, body]);
}

/** RFC 4271 §4.2: version 4, AS, hold time, BGP Identifier, no optional parameters. */
function open(asn: number, holdTime: number): Buffer {
  const body = Buffer.from([4, 0, 0, 0, 0, 192, 0, 2, asn & 0xff, 0]);
  body.writeUInt16BE(asn, 1);
  body.writeUInt16BE(holdTime, 3);
  return message(Type.open, body);
}

export class FloodNeighbour {
  /** Times of KEEPALIVEs of the session, on the clock of `performance`. */
  keepalives: number[] = [];
  /** Connections that ended. */
  lost = 0;
  readonly #asn: number;
  readonly #holdTime: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #onUpdate: (withdrawal: boolean, at: number) => void = () => {};

  private constructor(asn: number, holdTime: number) {
    this.#asn = asn;
    this.#holdTime = holdTime;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  static async listen(asn: number, address: string, holdTime: number): Promise<FloodNeighbour> {
    const neighbour = new FloodNeighbour(asn, holdTime);
    neighbour.#server.listen(0, address);
    await once(neighbour.#server, 'listening');
    return neighbour;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  /** When the next UPDATE of this kind is read; End-of-RIB is none. */
  next(kind: 'announcement' | 'withdrawal'): Promise<number> {
    return new Promise((resolve) => {
      this.#onUpdate = (withdrawal, at) => {
        if (withdrawal === (kind === 'withdrawal')) resolve(at);
      };
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    let pending: Buffer = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('data', (chunk) => {
      const at = performance.now();
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= HEADER && pending.length >= pending.readUInt16BE(16)) {
        const length = pending.readUInt16BE(16);
        this.#message(socket, pending[18] ?? 0, pending.subarray(HEADER, length), at);
        pending = pending.subarray(length);
      }
    });
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      this.lost++;
      this.#sockets.delete(socket);
    });
  }

  #message(socket: Socket, type: number, body: Buffer, at: number): void {
    if (type === Type.open) {
      socket.write(Buffer.concat([open(this.#asn, this.#holdTime), message(Type.keepalive)]));
    }
    if (type === Type.keepalive) {
      socket.write(message(Type.keepalive));
      this.keepalives.push(at);
    }
    if (type === Type.update && body.length > 4) this.#onUpdate(body.readUInt16BE(0) > 0, at);
  }
}
