/**
 * One TCP connection to a neighbour: octets in through a `Framer`, octets out, and the end of it
 * told exactly once. It knows messages' boundaries and nothing of their meaning.
 */

import type { Socket } from 'node:net';
import type { IpAddress } from '../net/address.ts';
import { RemoteError } from '../wire/errors.ts';
import { Framer } from '../wire/framer.ts';
import { HeardSocket } from './heardSocket.ts';
import type { ReadBudget } from './readBudget.ts';
import { socketErrorText } from './socketError.ts';
import { loadSockopt } from './sockopt.ts';
import { mustHave, type TcpOptions } from './tcpOptions.ts';

export interface ConnectionEvents {
  /** Our own attempt succeeded. */
  connected(): void;
  /** Messages at `start..end` of `bytes`, the last perhaps cut, are about to be told. */
  arrived(bytes: Uint8Array, start: number, end: number): void;
  /** One whole message at `start..end` of `bytes`, valid during the call; false ends the read. */
  message(bytes: Uint8Array, type: number, start: number, end: number): boolean;
  /** UPDATEs from `start` on may be taken in at once; returns where the first one begins that was not. */
  updates(bytes: Uint8Array, start: number): number;
  /** What arrived is not BGP. */
  protocolError(error: RemoteError): void;
  /** Dealing with what arrived threw something else: a bug of ours, and no fault of the neighbour. */
  broken(error: unknown): void;
  /** All that one socket read brought has been told, whatever came of it. */
  readDone(): void;
  /** The kernel took something of what was written. */
  progressed(): void;
  /** The connection is gone, or never came to be; not told after `close`. */
  failed(cause: string): void;
}

export interface ConnectTarget {
  readonly address: IpAddress;
  readonly port: number;
  readonly localAddress: IpAddress | undefined;
  readonly options: TcpOptions;
}

/** How long what was written last may take to leave before the socket is destroyed, in ms. */
const LINGER = 2000;

/** Of TCP, at our end and at the neighbour's. */
export interface Ports {
  readonly local: number;
  readonly remote: number;
}

export const NO_PORTS: Ports = { local: 0, remote: 0 };

interface OnRead {
  /** What the next read may fill. */
  readonly buffer: () => Uint8Array;
  readonly callback: (count: number) => boolean;
}

export class Connection {
  readonly #events: ConnectionEvents;
  readonly #budget: ReadBudget;
  readonly #framer = new Framer();
  readonly #socket: Socket;
  /** Where the next read goes: the beginning of the framer's window. */
  #window: Uint8Array;
  readonly #resume = () => void this.#socket.resume();
  #localAddress: string | undefined;
  #ports: Ports = NO_PORTS;
  #over = false;

  private constructor(
    events: ConnectionEvents,
    budget: ReadBudget,
    socketOver: (onread: OnRead) => Socket,
  ) {
    this.#events = events;
    this.#budget = budget;
    this.#window = this.#framer.window();
    this.#socket = socketOver({
      buffer: () => this.#nextWindow(),
      callback: (count) => this.#received(count),
    });
    this.#socket.setNoDelay(true);
    this.#socket.on('error', (error) => this.#fail(socketErrorText(error)));
    this.#socket.on('end', () => this.#fail(this.#writeFault ?? 'closed by the neighbour'));
    this.#socket.on('close', () => this.#fail('closed'));
  }

  /** Starts connecting; `connected` or `failed` follows, never before this returns. */
  static connect(target: ConnectTarget, events: ConnectionEvents, budget: ReadBudget): Connection {
    const { address, port, localAddress, options } = target;
    const opened = openSocket(options);
    const connection = new Connection(events, budget, (onread) =>
      readingSocket(opened.fd === undefined ? { onread } : { onread, fd: opened.fd }),
    );
    const socket = connection.#socket;
    if (opened.fault !== undefined) {
      socket.destroy(new Error(opened.fault));
      return connection;
    }
    socket.on('connect', () => {
      // Where the socket could not be made by ourselves, they are set on the way.
      if (opened.fd === undefined) loadSockopt()?.apply(socket, options);
      connection.#note(socket);
      if (!connection.#over) events.connected();
    });
    const local = localAddress && { localAddress: localAddress.text };
    socket.connect({ host: address.text, port, ...local });
    return connection;
  }

  /**
   * Takes over a socket that the listener accepted with `pauseOnConnect`; `failed` follows when it
   * cannot be made what `options` ask for.
   */
  static accept(
    accepted: Socket,
    options: TcpOptions,
    events: ConnectionEvents,
    budget: ReadBudget,
  ): Connection {
    const connection = new Connection(events, budget, (onread) => adopt(accepted, onread));
    const socket = connection.#socket;
    connection.#note(socket);
    const fault = adoptionFault(socket, options);
    if (fault === undefined) socket.resume();
    else socket.destroy(new Error(fault));
    return connection;
  }

  /** Undefined until connected; kept when the socket is gone. */
  get localAddress(): string | undefined {
    return this.#localAddress;
  }

  /** 0 until connected; kept when the socket is gone. */
  get ports(): Ports {
    return this.#ports;
  }

  /** Octets that the kernel has not taken yet. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** Octets may have arrived that we did not read, since others had their turn. */
  get isKeptWaiting(): boolean {
    return this.#budget.owes(this.#resume);
  }

  /** `octets` must not change afterwards: the kernel may take them later. */
  write(octets: Uint8Array): void {
    if (this.#over) return;
    this.#socket.write(octets, (error) => {
      if (!error && !this.#over) this.#events.progressed();
    });
  }

  /** Lets messages of up to 65535 octets in (RFC 8654). */
  allowExtendedMessages(): void {
    this.#framer.allowExtendedMessages();
  }

  /**
   * Ends in order: what was written goes out first, what still arrives is thrown away. Resolves
   * when the socket is closed, at most `LINGER` later.
   */
  close(): Promise<void> {
    const closed = this.#socket.destroyed
      ? Promise.resolve()
      : new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    if (this.#over) return closed;
    this.#over = true;
    if (this.#socket.connecting || this.#writeFault !== undefined) {
      this.#socket.destroy();
      return closed;
    }
    if (this.#socket instanceof HeardSocket) this.#socket.isHeard = false;
    this.#socket.end();
    this.#socket.resume(); // an unread octet would turn our FIN into a reset, and lose what we wrote
    const timer = setTimeout(() => this.#socket.destroy(), LINGER);
    this.#socket.once('close', () => clearTimeout(timer));
    return closed;
  }

  /** Why nothing can be written any more, in words. */
  get #writeFault(): string | undefined {
    const socket = this.#socket;
    const fault = socket instanceof HeardSocket ? socket.fault : undefined;
    return fault && socketErrorText(fault);
  }

  #note({ localAddress, localPort, remotePort }: Socket): void {
    this.#localAddress = localAddress;
    this.#ports = { local: localPort ?? 0, remote: remotePort ?? 0 };
  }

  #nextWindow(): Uint8Array {
    const { window } = this.#budget;
    // Read after read it is the same one.
    if (window !== this.#window.length) this.#window = this.#framer.window().subarray(0, window);
    return this.#window;
  }

  #received(count: number): boolean {
    if (this.#over) return true;
    const begun = this.#budget.begin();
    const { bytes, start: from, pending } = this.#framer;
    try {
      this.#events.arrived(bytes, from, from + pending + count);
      this.#framer.received(
        count,
        (type, start, end) => !this.#over && this.#events.message(bytes, type, start, end),
        (start) => (this.#over ? start : this.#events.updates(bytes, start)),
      );
    } catch (error) {
      if (error instanceof RemoteError) this.#events.protocolError(error);
      else this.#events.broken(error);
    }
    this.#events.readDone();
    return this.#budget.spend(count, begun, this.#resume);
  }

  #fail(cause: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.destroy();
    this.#events.failed(cause);
  }
}

/** A descriptor with the options; or none, and a fault where connecting without them is forbidden. */
function openSocket(options: TcpOptions): { readonly fd?: number; readonly fault?: string } {
  const fd = loadSockopt()?.openTcp(options) ?? 'koffi';
  if (typeof fd === 'number') return { fd };
  return mustHave(options) ? { fault: optionFault(fd) } : {};
}

/**
 * The key is set on the connection once more: one that was made a moment before the listener had
 * the key is then worth nothing to whoever made it.
 */
function adoptionFault(socket: Socket, options: TcpOptions): string | undefined {
  const failed = (loadSockopt() ?? NO_SOCKOPT).apply(socket, options);
  return failed !== undefined && mustHave(options) ? optionFault(failed) : undefined;
}

const NO_SOCKOPT = { apply: () => 'koffi' } as const;

function optionFault(option: string): string {
  return option === 'koffi'
    ? 'the optional package koffi is gone, and no connection is made without what password, ttl-security and bind-to-interface ask for'
    : `the kernel refused ${option} for the connection, and none is made without it`;
}

/**
 * The accepted connection as a socket that reads into our buffer: `onread` can be given only when a
 * Socket is made, so its handle moves to a new one. `_handle` is not documented by Node, hence the
 * fallback, which copies.
 */
function adopt(accepted: Socket, onread: OnRead): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (typeof handle !== 'object' || handle === null) {
    accepted.on('data', (chunk: Buffer) => copyIn(accepted, chunk, onread));
    return accepted;
  }
  Reflect.set(accepted, '_handle', null);
  return readingSocket({ onread, handle });
}

/** `onread` is documented for connecting sockets; the constructor takes it for every kind. */
function readingSocket(options: { onread: OnRead; fd?: number; handle?: object }): Socket {
  return Reflect.construct(HeardSocket, [options]);
}

function copyIn(socket: Socket, chunk: Buffer, { buffer, callback }: OnRead): void {
  for (let at = 0; at < chunk.length; ) {
    const window = buffer();
    const part = chunk.subarray(at, at + window.length);
    window.set(part);
    at += part.length;
    if (!callback(part.length)) socket.pause();
  }
}
