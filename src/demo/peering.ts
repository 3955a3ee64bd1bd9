/**
 * One session of a router of the demo: the program's own state machine, codecs and timers over one
 * socket. It is less than `session/session.ts`, which sends what the announcer and the RIB decide:
 * here there is neither, and the router says itself what is sent.
 */

import { connect, type Socket } from 'node:net';
import { match } from 'ts-pattern';
import type { Action, DownReason, TimerName } from '../fsm/actions.ts';
import type { Cease, ConnectionEvent } from '../fsm/events.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import {
  acceptsConnection,
  displayState,
  initialNeighbour,
  type NeighbourInput,
  type NeighbourState,
  type Side,
  stepNeighbour,
} from '../fsm/neighbour.ts';
import type { FsmConfig } from '../fsm/state.ts';
import type { IpAddress } from '../net/address.ts';
import { parseAddress } from '../net/text.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import { systemClock } from '../session/clock.ts';
import { errorEvent, Receiver } from '../session/receiver.ts';
import { socketErrorText } from '../session/socketError.ts';
import { Timer } from '../session/timer.ts';
import type { CodecContext } from '../wire/context.ts';
import { RemoteError } from '../wire/errors.ts';
import { Framer } from '../wire/framer.ts';
import { encodeKeepalive } from '../wire/keepalive.ts';
import { encodeNotification } from '../wire/notification.ts';
import { encodeOpen } from '../wire/open.ts';
import type { LearnedRoutes } from './learnedRoutes.ts';
import { LOOPBACK } from './loopback.ts';

export interface PeeringOptions {
  /** `passive` decides who connects: the neighbour, or we. */
  readonly fsm: FsmConfig;
  /** Where the neighbour listens; asked only when not passive. */
  readonly port: () => number;
  readonly peer: PeerIndex;
  /** Gets what the neighbour sends; `Peering.at` tells when it was read. */
  readonly rib: LearnedRoutes;
  readonly onUp: () => void;
  /** After an error: the idle hold is over, the neighbour may connect again. */
  readonly onReady: () => void;
  /** It was up, and its routes are gone from the RIB. */
  readonly onDown: (reason: DownReason) => void;
}

/** What exists only while the session is Established. */
interface Outlet {
  readonly localAddress: IpAddress;
  readonly context: CodecContext;
}

export class Peering {
  readonly #options: PeeringOptions;
  /** The only side that ever has a connection. */
  readonly #side: Side;
  readonly #receiver: Receiver;
  readonly #timers: Readonly<Record<TimerName, Timer>>;
  #state: NeighbourState;
  #socket: Socket | undefined;
  #outlet: Outlet | undefined;
  #readAt: number | undefined;
  /** Milliseconds; what `sendHold` restarts with when the kernel takes our octets. */
  #sendHold = 0;

  constructor(options: PeeringOptions) {
    this.#options = options;
    this.#side = options.fsm.passive ? 'incoming' : 'outgoing';
    this.#state = initialNeighbour(options.fsm);
    this.#receiver = new Receiver(options.rib, options.peer, {
      fault: () => {},
      refreshRequested: () => {},
      endOfRib: () => {},
    });
    const timer = (type: 'ConnectRetryTimerExpires' | 'IdleHoldTimerExpires') =>
      new Timer(systemClock, () => this.#step({ side: 'neighbour', event: { type } }));
    const sided = (type: 'HoldTimerExpires' | 'KeepaliveTimerExpires' | 'SendHoldTimerExpires') =>
      new Timer(systemClock, () => this.#tell({ type }));
    this.#timers = {
      connectRetry: timer('ConnectRetryTimerExpires'),
      idleHold: timer('IdleHoldTimerExpires'),
      hold: sided('HoldTimerExpires'),
      keepalive: sided('KeepaliveTimerExpires'),
      sendHold: sided('SendHoldTimerExpires'),
    };
  }

  /** On the `performance.now` clock: when the octets that are being dealt with were read, else now. */
  get at(): number {
    return this.#readAt ?? performance.now();
  }

  /** Undefined unless Established. */
  get outlet(): Outlet | undefined {
    return this.#outlet;
  }

  start(): void {
    this.#step({ side: 'neighbour', event: { type: 'AutomaticStart', eager: true } });
  }

  /** Ends the session until `start`, as for a dead link. */
  drop(cease: Cease): void {
    this.#step({ side: 'neighbour', event: { type: 'AutomaticStop', cease } });
  }

  /** Takes a connection of the neighbour's, or refuses it. */
  accept(socket: Socket): void {
    if (!acceptsConnection(this.#state)) {
      socket.resetAndDestroy();
      return;
    }
    this.#use(socket);
    this.#tell({ type: 'TcpConnectionConfirmed' });
  }

  /** Whole messages, Established only. */
  send(octets: Uint8Array): void {
    this.#write(octets);
  }

  /** The process dies: the kernel resets its connection, and nobody is told anything. */
  crash(): void {
    for (const timer of Object.values(this.#timers)) timer.stop();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#outlet = undefined;
    socket?.resetAndDestroy();
  }

  #use(socket: Socket): void {
    const framer = new Framer();
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (octets) => this.#read(socket, framer, octets));
    const over = (cause: string) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      socket.destroy();
      this.#tell({ type: 'TcpConnectionFails', cause });
    };
    socket.on('error', (error) => over(socketErrorText(error)));
    socket.on('end', () => over('closed by the neighbour'));
  }

  #read(socket: Socket, framer: Framer, octets: Uint8Array): void {
    if (this.#socket !== socket) return;
    this.#readAt = performance.now();
    try {
      framer.push(octets, (type, start, end) => {
        const context = this.#outlet?.context;
        const event = this.#receiver.event(framer.bytes, type, start, end, context);
        this.#tell(event ?? { type: 'UpdateMsg' });
        return this.#socket === socket;
      });
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      this.#tell(errorEvent(error));
    } finally {
      this.#readAt = undefined;
    }
  }

  #tell(event: ConnectionEvent): void {
    this.#step({ side: this.#side, event });
  }

  #step(input: NeighbourInput): void {
    const before = this.#state;
    const wasUp = displayState(before) === 'Established';
    const [state, actions] = stepNeighbour(before, input);
    this.#state = state;
    for (const { action } of actions) this.#perform(action, wasUp);
    const held = input.event.type === 'IdleHoldTimerExpires' && !acceptsConnection(before);
    if (held && acceptsConnection(state)) this.#options.onReady();
  }

  #perform(action: Action, wasUp: boolean): void {
    match(action)
      .with({ type: 'connectTcp' }, () => this.#connect())
      .with({ type: 'dropTcp' }, () => this.#dropTcp())
      .with({ type: 'sendOpen' }, ({ open }) => this.#write(encodeOpen(open)))
      .with({ type: 'sendKeepalive' }, () => this.#write(encodeKeepalive()))
      .with({ type: 'sendNotification' }, ({ notification }) =>
        this.#write(encodeNotification(notification)),
      )
      .with({ type: 'startTimer' }, (start) => this.#startTimer(start))
      .with({ type: 'stopTimer' }, ({ timer }) => this.#timers[timer].stop())
      // Not offered here, and so never agreed on.
      .with({ type: 'allowExtendedMessages' }, () => {})
      .with({ type: 'establish' }, ({ negotiated }) => this.#establish(negotiated))
      .with({ type: 'releaseRoutes' }, () => this.#releaseRoutes())
      .with({ type: 'reportDown' }, ({ reason }) => {
        if (wasUp) this.#options.onDown(reason);
      })
      .exhaustive();
  }

  #connect(): void {
    const socket = connect(this.#options.port(), LOOPBACK);
    this.#use(socket);
    socket.on('connect', () => {
      if (this.#socket === socket) this.#tell({ type: 'TcpCRAcked' });
    });
  }

  /** In order: what was written goes out first, and what still comes is thrown away. */
  #dropTcp(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.end();
  }

  #write(octets: Uint8Array): void {
    this.#socket?.write(octets, (error) => {
      if (!error && this.#timers.sendHold.running) this.#timers.sendHold.start(this.#sendHold);
    });
  }

  #startTimer({ timer, seconds, jitter }: Action & { type: 'startTimer' }): void {
    // RFC 4271 §10: a factor between 0.75 and 1.0.
    const milliseconds = seconds * 1000 * (jitter ? 0.75 + 0.25 * systemClock.random() : 1);
    if (timer === 'sendHold') this.#sendHold = milliseconds;
    this.#timers[timer].start(milliseconds);
  }

  #establish({ families, fourOctetAs }: Negotiated): void {
    const localAddress = parseAddress(this.#socket?.localAddress ?? '');
    if (!localAddress) return; // the connection died, and that is still to be told
    const addPath = { ipv4: false, ipv6: false };
    const capabilities = { extendedMessages: false, extendedNextHop: false };
    const context = { fourOctetAs, addPath, ...capabilities, internal: false };
    this.#outlet = { localAddress, context };
    this.#receiver.begin(families);
    this.#options.rib.peerUp(this.#options.peer);
    this.#options.onUp();
  }

  #releaseRoutes(): void {
    if (!this.#outlet) return;
    this.#outlet = undefined;
    this.#options.rib.peerDown(this.#options.peer);
  }
}
