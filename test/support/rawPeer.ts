/**
 * A BGP neighbour made of octets alone, for tests of what goes over the wire: it shares no code with
 * the program, says exactly what the test says, and hands out what it receives message by message.
 */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOnFree } from './freePort.ts';

const MARKER = 'ff'.repeat(16);

export const TYPE = { open: 1, update: 2, notification: 3, keepalive: 4, routeRefresh: 5 } as const;

export interface RawMessage {
  readonly type: number;
  /** Hex, after the 19 octets of the header. */
  readonly body: string;
}

/** A whole message in hex, with a length that is right. */
export function rawMessage(type: number, body = ''): string {
  const hex = body.replace(/\s+/g, '');
  const length = (19 + hex.length / 2).toString(16).padStart(4, '0');
  return `${MARKER}${length}${type.toString(16).padStart(2, '0')}${hex}`;
}

export interface RawOpen {
  readonly asn: number;
  readonly holdTime?: number;
  readonly identifier?: string;
  /** Hex of capabilities, code and length included. */
  readonly capabilities?: string;
}

/** An OPEN; by default with IPv4 and IPv6 unicast, route refresh and four-octet AS numbers. */
export function rawOpen({ asn, holdTime = 90, identifier = 'c0000263', capabilities }: RawOpen) {
  const hex = (value: number, octets: number) => value.toString(16).padStart(octets * 2, '0');
  const capability = capabilities ?? `010400010001 010400020001 0200 4104${hex(asn, 4)}`;
  const octets = capability.replace(/\s+/g, '');
  const parameter = octets === '' ? '' : `02${hex(octets.length / 2, 1)}${octets}`;
  const my = hex(asn > 0xffff ? 23456 : asn, 2);
  const body = `04${my}${hex(holdTime, 2)}${identifier}${hex(parameter.length / 2, 1)}${parameter}`;
  return rawMessage(TYPE.open, body);
}

export const RAW_KEEPALIVE = rawMessage(TYPE.keepalive);

/** One connection. */
export class RawPeer {
  readonly socket: Socket;
  #pending = Buffer.alloc(0);
  readonly #messages: RawMessage[] = [];
  readonly #waiting: ((message: RawMessage | undefined) => void)[] = [];
  #ended: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message));
    socket.on('end', () => this.#end('FIN'));
    socket.on('close', () => this.#end('closed'));
  }

  static async connect(port: number, host = '127.0.0.1', localAddress?: string): Promise<RawPeer> {
    const socket = connect({ port, host, ...(localAddress !== undefined && { localAddress }) });
    const peer = new RawPeer(socket);
    // A refusal may come as a reset before the connection is told; `end` says so.
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', () => resolve());
    });
    return peer;
  }

  /** How the connection ended: `FIN`, an error's code; undefined: it has not. */
  get ended(): string | undefined {
    return this.#ended;
  }

  send(...hex: readonly string[]): void {
    this.socket.write(Buffer.from(hex.join('').replace(/\s+/g, ''), 'hex'));
  }

  /** The next message; throws when the connection ends before one. */
  async next(): Promise<RawMessage> {
    const message = this.#messages.shift();
    if (message) return message;
    if (this.#ended !== undefined) throw new Error(`the connection ended: ${this.#ended}`);
    const arrived = await new Promise<RawMessage | undefined>((r) => this.#waiting.push(r));
    if (!arrived) throw new Error(`the connection ended: ${this.#ended}`);
    return arrived;
  }

  /** The next message of this type; others are passed over. */
  async nextOf(type: number): Promise<RawMessage> {
    for (;;) {
      const message = await this.next();
      if (message.type === type) return message;
    }
  }

  /** Resolves with how the connection ended. */
  async end(): Promise<string> {
    if (this.#ended === undefined) {
      await new Promise((resolve) => this.socket.once('close', resolve));
    }
    return this.#ended ?? 'closed';
  }

  /** OPEN and KEEPALIVE both ways. */
  async establish(open: RawOpen): Promise<RawMessage> {
    this.send(rawOpen(open));
    const received = await this.nextOf(TYPE.open);
    this.send(RAW_KEEPALIVE);
    await this.nextOf(TYPE.keepalive);
    return received;
  }

  destroy(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 19) {
      const length = this.#pending.readUInt16BE(16);
      if (this.#pending.length < length) return;
      const body = this.#pending.subarray(19, length).toString('hex');
      const message = { type: this.#pending[18] ?? 0, body };
      this.#pending = this.#pending.subarray(length);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.#messages.push(message);
    }
  }

  #end(how: string): void {
    this.#ended ??= how;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }
}

/** Accepts connections and hands them out in their order. */
export class RawListener {
  readonly #server: Server;
  readonly #peers: RawPeer[] = [];
  readonly #waiting: ((peer: RawPeer) => void)[] = [];
  readonly #all: RawPeer[] = [];

  private constructor() {
    this.#server = createServer((socket) => {
      const peer = new RawPeer(socket);
      this.#all.push(peer);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(peer);
      else this.#peers.push(peer);
    });
  }

  static async start(host = '127.0.0.1'): Promise<RawListener> {
    const listener = new RawListener();
    await listenOnFree(listener.#server, host);
    return listener;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** How many connections have come. */
  get count(): number {
    return this.#all.length;
  }

  async next(): Promise<RawPeer> {
    return this.#peers.shift() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    for (const peer of this.#all) peer.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
