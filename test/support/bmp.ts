/** BMP as a station reads it, for tests: it shares no code with the program. */

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { listenOnFree } from './freePort.ts';

export interface BmpMessage {
  readonly type: number;
  /** After the six octets of the common header. */
  readonly body: Uint8Array;
}

export const BMP = {
  routes: 0,
  statistics: 1,
  peerDown: 2,
  peerUp: 3,
  initiation: 4,
  termination: 5,
} as const;

/** The messages of `octets`, which are to be whole. */
export function splitBmp(octets: Uint8Array): BmpMessage[] {
  const { messages, rest } = takeBmp(octets);
  if (rest.length > 0) throw new Error(`${rest.length} octets of a message are left`);
  return messages;
}

function takeBmp(octets: Uint8Array): { messages: BmpMessage[]; rest: Uint8Array } {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const messages: BmpMessage[] = [];
  let at = 0;
  while (octets.length - at >= 6) {
    if (octets[at] !== 3) throw new Error(`version ${octets[at]} at ${at}`);
    const length = view.getUint32(at + 1);
    if (at + length > octets.length) break;
    messages.push({ type: octets[at + 5] ?? -1, body: octets.slice(at + 6, at + length) });
    at += length;
  }
  return { messages, rest: octets.slice(at) };
}

/** A monitoring station on loopback that keeps what it is told. */
export class BmpListener {
  readonly messages: BmpMessage[] = [];
  readonly #server: Server;
  #sockets: Socket[] = [];
  #pending: Uint8Array = new Uint8Array(0);
  #waiting: (() => void)[] = [];
  /** How many have connected. */
  connections = 0;
  /** Whether it reads what comes. */
  reads = true;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async start(port?: number): Promise<BmpListener> {
    const server = createServer();
    if (port === undefined) await listenOnFree(server);
    else {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    }
    return new BmpListener(server);
  }

  get port(): number {
    const bound = this.#server.address();
    if (bound === null || typeof bound === 'string') throw new Error('not listening');
    return bound.port;
  }

  ofType(type: number): BmpMessage[] {
    return this.messages.filter((message) => message.type === type);
  }

  /** Resolves once this holds, looked at after whatever comes. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets = [];
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(socket: Socket): void {
    this.connections++;
    this.#sockets.push(socket);
    this.#pending = new Uint8Array(0);
    socket.on('error', () => {});
    socket.on('close', () => this.#wake());
    if (!this.reads) socket.pause();
    else socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#wake();
  }

  #take(chunk: Buffer): void {
    const { messages, rest } = takeBmp(Buffer.concat([this.#pending, chunk]));
    this.messages.push(...messages);
    this.#pending = rest;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
