/**
 * A neighbour of the daemon, made of octets: keeps its session up, and up again after whatever
 * happened to it, and counts the ends that it did not bring about itself.
 */

import { connect, createServer, type Server, type Socket } from 'node:net';
import { RAW_KEEPALIVE, type RawOpen, rawMessage, rawOpen } from '../support/rawPeer.ts';

const HEADER = 19;
const TYPE = { open: 1, update: 2, notification: 3 } as const;
export const HOLD_TIME = 30;
const KEEPALIVE_INTERVAL = 5000;
const RETRY = 500;

export interface PeerOptions {
  readonly name: string;
  readonly asn: number;
  readonly address: string;
  /** Hex, eight digits. */
  readonly identifier: string;
  /** The daemon's port, which it connects to; undefined: it listens, and the daemon connects. */
  readonly daemonPort: number | undefined;
  /** Seconds. */
  readonly holdTime?: number;
  /** Hex of what the OPEN offers; undefined: as `rawOpen` has it. */
  readonly capabilities?: string;
}

export class Peer {
  readonly name: string;
  readonly asn: number;
  readonly address: string;
  /** What happened that should not have. */
  readonly faults: string[] = [];
  /** Ends of an established session, all of which it meant. */
  ended = 0;
  readonly #options: PeerOptions;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #pending = Buffer.alloc(0);
  #up = false;
  #meant = false;
  #stopped = false;
  readonly #keepalive: NodeJS.Timeout;

  constructor(options: PeerOptions) {
    this.name = options.name;
    this.asn = options.asn;
    this.address = options.address;
    this.#options = options;
    const interval = Math.min(KEEPALIVE_INTERVAL, ((options.holdTime ?? HOLD_TIME) * 1000) / 3);
    this.#keepalive = setInterval(() => this.send(KEEPALIVE), interval);
  }

  get up(): boolean {
    return this.#up;
  }

  /** Octets that the daemon has not taken yet. */
  get unsent(): number {
    return this.#socket?.writableLength ?? 0;
  }

  get port(): number {
    const at = this.#server?.address();
    return at && typeof at === 'object' ? at.port : 0;
  }

  async start(): Promise<void> {
    if (this.#options.daemonPort !== undefined) return this.#connect();
    const server = createServer((socket) => this.#adopt(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, this.address, resolve));
  }

  send(octets: Uint8Array): void {
    if (this.#up) this.#socket?.write(octets);
  }

  /** Reads nothing for a while. */
  pause(milliseconds: number): void {
    const socket = this.#socket;
    socket?.pause();
    setTimeout(() => socket?.resume(), milliseconds);
  }

  /** Ends an established session on purpose: `how` makes it end. False: there is none. */
  end(how: (socket: Socket) => void): boolean {
    if (!this.#up || !this.#socket || this.#meant) return false;
    this.#meant = true;
    how(this.#socket);
    return true;
  }

  /** Says Cease/Administrative Shutdown, and stays away. */
  leave(): void {
    this.end((socket) => socket.end(Buffer.from(rawMessage(TYPE.notification, '0602'), 'hex')));
    this.stop();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#keepalive);
    this.#server?.close();
    this.#socket?.destroy();
  }

  /** The session is up: nothing has been sent yet. */
  protected established(): void {}

  protected received(_update: Uint8Array): void {}

  protected lost(): void {}

  /** A NOTIFICATION: code, subcode, and what is behind them. */
  protected told(notification: Buffer): void {
    if (this.#up) this.faults.push(`${this.name}: the daemon said ${notification.toString('hex')}`);
  }

  /** Any message, a KEEPALIVE too. */
  protected heard(): void {}

  /** For who writes faster than the daemon reads. */
  protected get socket(): Socket | undefined {
    return this.#up ? this.#socket : undefined;
  }

  #connect(): void {
    const { address: localAddress, daemonPort: port = 0 } = this.#options;
    this.#adopt(connect({ host: '127.0.0.1', port, localAddress }));
  }

  #adopt(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket.setNoDelay(true);
    this.#pending = Buffer.alloc(0);
    socket.on('data', (chunk) => this.#take(socket, chunk));
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => this.#closed(socket));
  }

  #closed(socket: Socket): void {
    if (socket !== this.#socket || this.#stopped) return;
    if (this.#up) this.#down('closed by the daemon');
    this.#socket = undefined;
    if (this.#options.daemonPort !== undefined) setTimeout(() => this.#retry(), RETRY);
  }

  #retry(): void {
    if (!this.#stopped && !this.#socket) this.#connect();
  }

  #down(how: string): void {
    this.#up = false;
    this.ended++;
    if (!this.#meant) this.faults.push(`${this.name}: its session was ${how}`);
    this.#meant = false;
    this.lost();
  }

  #take(socket: Socket, chunk: Buffer): void {
    if (socket !== this.#socket) return;
    this.#pending = Buffer.concat([this.#pending, chunk]);
    let at = 0;
    while (at + HEADER <= this.#pending.length) {
      const end = at + this.#pending.readUInt16BE(at + 16);
      if (end > this.#pending.length) break;
      this.#message(socket, this.#pending.subarray(at, end));
      at = end;
    }
    this.#pending = this.#pending.subarray(at);
  }

  #message(socket: Socket, message: Buffer): void {
    const { asn, identifier, holdTime = HOLD_TIME, capabilities } = this.#options;
    this.heard();
    switch (message[18]) {
      case TYPE.open:
        socket.write(open({ asn, identifier, holdTime, ...(capabilities && { capabilities }) }));
        socket.write(KEEPALIVE);
        break;
      case TYPE.update:
        // The first that comes says that the daemon, too, is Established: a KEEPALIVE does not.
        if (!this.#up) {
          this.#up = true;
          this.established();
        }
        this.received(Uint8Array.from(message));
        break;
      case TYPE.notification:
        if (!this.#meant) this.told(message.subarray(HEADER));
        break;
    }
  }
}

function open(open: RawOpen): Buffer {
  return Buffer.from(rawOpen(open), 'hex');
}

const KEEPALIVE = Uint8Array.from(Buffer.from(RAW_KEEPALIVE, 'hex'));
