/**
 * One connection to a monitoring station: octets out, as many at a time as it takes, and the end of
 * it told exactly once. Nothing is ever read but the end: stations have nothing to say (RFC 7854 §3).
 */

import { Socket } from 'node:net';
import type { ListenAddress } from '../config/config.ts';
import type { Clock } from '../session/clock.ts';
import { socketErrorText } from '../session/socketError.ts';
import { Timer } from '../session/timer.ts';

export interface LinkEvents {
  connected(): void;
  /** It has taken all that it was given. */
  drained(): void;
  /** It is gone, or never came to be; not told after `close`. */
  failed(cause: string): void;
}

/** How long a connection may take, in ms. */
const CONNECT_LIMIT = 10_000;
/** How long a station may take nothing of what waits for it, in ms. */
const STALL_LIMIT = 60_000;
/** Octets that may wait: more than ever do for one that reads. */
const WAITING_LIMIT = 8 * 1024 * 1024;
/** How long the last words may take to leave, in ms. */
const LINGER = 1000;
const KEEPALIVE = 30_000;

export class Link {
  readonly #events: LinkEvents;
  readonly #socket = new Socket();
  readonly #clock: Clock;
  readonly #stall: Timer;
  readonly #connecting: Timer;
  #over = false;
  #sent = 0;

  constructor(target: ListenAddress, clock: Clock, events: LinkEvents) {
    this.#events = events;
    this.#clock = clock;
    this.#stall = new Timer(clock, () => this.#fail(stalledText(this.unsent)));
    this.#connecting = new Timer(clock, () => this.#fail('no answer'));
    this.#connecting.start(CONNECT_LIMIT);
    const socket = this.#socket;
    socket.setKeepAlive(true, KEEPALIVE);
    socket.on('error', (error) => this.#fail(socketErrorText(error)));
    socket.on('end', () => this.#fail('closed by the station'));
    socket.on('close', () => this.#fail('closed'));
    socket.on('connect', () => {
      if (this.#over) return;
      this.#connecting.stop();
      socket.resume();
      events.connected();
    });
    socket.connect({ host: target.address.text, port: target.port });
  }

  /** Octets that the kernel has not taken yet. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** Octets that the kernel has taken. */
  get sent(): number {
    return this.#sent;
  }

  /** `octets` must not change afterwards. */
  write(octets: Uint8Array): void {
    if (this.#over || octets.length === 0) return;
    if (!this.#stall.running) this.#stall.start(STALL_LIMIT);
    this.#socket.write(octets, (error) => {
      if (!error) this.#taken(octets.length);
    });
    if (this.unsent > WAITING_LIMIT) this.#fail(stalledText(this.unsent));
  }

  /** Ends in order, with these last words; resolves when the socket is closed, soon in any case. */
  close(lastWords: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (this.#over || socket.destroyed) return Promise.resolve();
    this.#end();
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    if (socket.connecting) socket.destroy();
    else socket.end(lastWords);
    const cancel = this.#clock.after(LINGER, () => socket.destroy());
    return closed.then(cancel);
  }

  #taken(octets: number): void {
    this.#sent += octets;
    if (this.#over) return;
    if (this.unsent > 0) {
      this.#stall.start(STALL_LIMIT);
      return;
    }
    this.#stall.stop();
    this.#events.drained();
  }

  #fail(cause: string): void {
    if (this.#over) return;
    this.#end();
    this.#socket.destroy();
    this.#events.failed(cause);
  }

  #end(): void {
    this.#over = true;
    this.#stall.stop();
    this.#connecting.stop();
  }
}

function stalledText(waiting: number): string {
  return `does not read: ${Math.ceil(waiting / 1024)} KiB wait for it`;
}
