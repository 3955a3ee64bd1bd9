/**
 * One of a neighbour's two possible connections (during a collision both exist): its socket, its
 * timers, and what was read from it since the loop last turned.
 */

import type { Socket } from 'node:net';
import type { ConnectionEvent } from '../fsm/events.ts';
import type { Side } from '../fsm/neighbour.ts';
import { MessageType } from '../wire/constants.ts';
import type { Clock } from './clock.ts';
import {
  Connection,
  type ConnectionEvents,
  type ConnectTarget,
  NO_PORTS,
  type Ports,
} from './connection.ts';
import type { ReadBudget } from './readBudget.ts';
import type { SentMessage } from './sentMessage.ts';
import type { TcpOptions } from './tcpOptions.ts';
import { Timer } from './timer.ts';

const NOTHING = new Uint8Array(0);

type LegTimer = 'hold' | 'keepalive' | 'sendHold';

export class Leg {
  readonly side: Side;
  readonly timers: Readonly<Record<LegTimer, Timer>>;
  /** UPDATEs taken since the read began: told to the state machine as one event. */
  updates = 0;
  /** Of the last connection, as they were on the wire; empty: there was none. */
  openSent: Uint8Array = NOTHING;
  openReceived: Uint8Array = NOTHING;
  /** The NOTIFICATION that we ended the last connection with; undefined: it had none. */
  lastWords: Uint8Array | undefined;
  readonly #events: ConnectionEvents;
  readonly #budget: ReadBudget;
  #connection: Connection | undefined;
  /** Connections that still say their last words. */
  readonly #closing = new Set<Promise<void>>();
  /** Milliseconds; what `sendHold` restarts with when the kernel takes our octets. */
  #sendHold = 0;

  constructor(
    side: Side,
    clock: Clock,
    budget: ReadBudget,
    events: ConnectionEvents,
    expired: (event: ConnectionEvent) => void,
  ) {
    this.side = side;
    this.#budget = budget;
    const progressed = () => {
      if (this.timers.sendHold.running) this.timers.sendHold.start(this.#sendHold);
      events.progressed();
    };
    this.#events = { ...events, progressed };
    this.timers = {
      hold: new Timer(clock, () => this.#judgeHoldTimer(clock, expired)),
      keepalive: new Timer(clock, () => expired({ type: 'KeepaliveTimerExpires' })),
      sendHold: new Timer(clock, () => expired({ type: 'SendHoldTimerExpires' })),
    };
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  get ports(): Ports {
    return this.#connection?.ports ?? NO_PORTS;
  }

  /** Octets that the kernel has not taken yet. */
  get unsent(): number {
    return this.#connection?.unsent ?? 0;
  }

  connect(target: ConnectTarget): void {
    this.#begin();
    this.#connection = Connection.connect(target, this.#events, this.#budget);
  }

  accept(socket: Socket, options: TcpOptions): void {
    this.#begin();
    this.#connection = Connection.accept(socket, options, this.#events, this.#budget);
  }

  write(octets: Uint8Array): void {
    this.#connection?.write(octets);
  }

  /** What the state machine says; routes go by `write`. */
  say({ octets, type }: SentMessage): void {
    this.write(octets);
    if (type === MessageType.open) this.openSent = octets;
    if (type === MessageType.notification) this.lastWords = octets;
  }

  startTimer(timer: LegTimer, milliseconds: number): void {
    if (timer === 'sendHold') this.#sendHold = milliseconds;
    this.timers[timer].start(milliseconds);
  }

  /** Closes in order; what was written before still goes out. */
  drop(): void {
    this.updates = 0;
    const connection = this.#connection;
    if (!connection) return;
    this.#connection = undefined;
    const closed = connection.close().then(() => {
      this.#closing.delete(closed);
    });
    this.#closing.add(closed);
  }

  /** Resolves when every connection that was dropped is closed. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  #begin(): void {
    this.drop();
    this.openSent = this.openReceived = NOTHING;
    this.lastWords = undefined;
  }

  /** What has arrived and was not read yet may have kept it running. */
  #judgeHoldTimer(clock: Clock, expired: (event: ConnectionEvent) => void): void {
    const connection = this.#connection;
    clock.afterReads(() => {
      if (this.#connection !== connection || this.timers.hold.running) return;
      if (connection?.isKeptWaiting) this.#judgeHoldTimer(clock, expired);
      else expired({ type: 'HoldTimerExpires' });
    });
  }
}
