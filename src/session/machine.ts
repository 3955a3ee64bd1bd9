/**
 * The state machine of `fsm`, run over real connections and timers: what these report goes in, and
 * the actions that come out are carried out in order. Whatever concerns routes is left to the session.
 */

import type { Socket } from 'node:net';
import { match } from 'ts-pattern';
import type { DownReason } from '../fsm/actions.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import {
  acceptsConnection,
  displayState,
  initialNeighbour,
  type NeighbourInput,
  type NeighbourState,
  replaceableSide,
  type Side,
  type SidedAction,
  stepNeighbour,
  withConfig,
} from '../fsm/neighbour.ts';
import { OTHER } from '../fsm/standing.ts';
import type { StateName } from '../fsm/state.ts';
import { MessageType } from '../wire/constants.ts';
import type { Clock } from './clock.ts';
import type { ConnectionEvents } from './connection.ts';
import type { Entrance } from './entrance.ts';
import { Leg } from './leg.ts';
import type { ReadBudget } from './readBudget.ts';
import { errorEvent } from './receiver.ts';
import { type SendAction, sentMessage } from './sentMessage.ts';
import { fsmConfigOf, type SessionConfig, targetOf } from './sessionConfig.ts';
import type { SessionReport } from './sessionReport.ts';
import { SessionTimers } from './sessionTimers.ts';
import { silenceText } from './socketError.ts';
import type { SessionTap } from './tap.ts';

export interface MachineParts {
  readonly entrance: Entrance;
  /** One whose callbacks enter there. */
  readonly clock: Clock;
  readonly budget: ReadBudget;
  readonly report: SessionReport;
  readonly tap: SessionTap;
}

/** What is left to the session: what a connection reads (see `ConnectionEvents`), and the routes. */
export interface MachineEvents extends Pick<ConnectionEvents, 'broken' | 'progressed'> {
  arrived(leg: Leg, bytes: Uint8Array, start: number, end: number): void;
  message(leg: Leg, bytes: Uint8Array, type: number, start: number, end: number): boolean;
  updates(leg: Leg, bytes: Uint8Array, start: number): number;
  readDone(leg: Leg): void;
  established(leg: Leg, negotiated: Negotiated): void;
  /** `retain`: what was received may stay a while. */
  releaseRoutes(retain: boolean): void;
}

export class Machine {
  readonly #parts: MachineParts;
  readonly #events: MachineEvents;
  readonly #legs: Readonly<Record<Side, Leg>>;
  readonly #timers: SessionTimers;
  #config: SessionConfig;
  #state: NeighbourState;

  constructor(config: SessionConfig, parts: MachineParts, events: MachineEvents) {
    this.#config = config;
    this.#parts = parts;
    this.#events = events;
    this.#state = initialNeighbour(fsmConfigOf(config));
    this.#legs = { outgoing: this.#makeLeg('outgoing'), incoming: this.#makeLeg('incoming') };
    this.#timers = new SessionTimers(parts.clock, this.#legs, (event) => {
      if (event.type === 'ConnectRetryTimerExpires') this.#reportSilence();
      this.step({ side: 'neighbour', event });
    });
  }

  get config(): SessionConfig {
    return this.#config;
  }

  /** Of whichever connection is ahead. */
  get state(): StateName {
    return displayState(this.#state);
  }

  /** Would a connection of the neighbour's be taken now? */
  get acceptsConnection(): boolean {
    return acceptsConnection(this.#state);
  }

  /** The one that a new connection of the neighbour's would take the place of (RFC 4724 §4.2). */
  get replaceableSide(): Side | undefined {
    return replaceableSide(this.#state);
  }

  step(input: NeighbourInput): void {
    const before = this.state;
    const [state, actions] = stepNeighbour(this.#state, input);
    this.#state = state;
    for (const action of actions) this.#perform(action);
    const after = displayState(state);
    if (after !== before) this.#parts.report.stateChanged(before, after);
  }

  /** `replaces`: the connection whose place it takes. */
  accept(socket: Socket, replaces: Side | undefined): void {
    const event = { type: 'TcpConnectionConfirmed' } as const;
    if (replaces) this.step({ side: replaces, event });
    this.#legs.incoming.accept(socket, targetOf(this.#config).options);
    this.step({ side: 'incoming', event });
  }

  /** Takes a configuration whose OPEN is the same. */
  adjust(config: SessionConfig): void {
    this.#config = config;
    this.#state = withConfig(this.#state, fsmConfigOf(config));
  }

  /** Ends whatever there is without asking the state machine, which is then not started. */
  reset(): void {
    this.#timers.stopAll();
    for (const leg of Object.values(this.#legs)) leg.drop();
    this.#state = initialNeighbour(fsmConfigOf(this.#config));
  }

  /** Resolves when every connection that was dropped is closed. */
  async closed(): Promise<void> {
    await Promise.all([this.#legs.outgoing.closed(), this.#legs.incoming.closed()]);
  }

  #makeLeg(side: Side): Leg {
    const { entrance, clock, budget } = this.#parts;
    const above = this.#events;
    const step = (event: (NeighbourInput & { readonly side: Side })['event']): void =>
      entrance.enter(() => this.step({ side, event }));
    const events: ConnectionEvents = {
      connected: () => step({ type: 'TcpCRAcked' }),
      arrived: (bytes, start, end) => above.arrived(leg, bytes, start, end),
      message: (bytes, type, start, end) => above.message(leg, bytes, type, start, end),
      updates: (bytes, start) => above.updates(leg, bytes, start),
      protocolError: (error) => step(errorEvent(error)),
      broken: (error) => above.broken(error),
      readDone: () => entrance.enter(() => above.readDone(leg)),
      progressed: () => entrance.enter(() => above.progressed()),
      failed: (cause) => entrance.enter(() => this.#failed(side, cause)),
    };
    const leg = new Leg(side, clock, budget, events, (event) => this.step({ side, event }));
    return leg;
  }

  #perform({ side, action }: SidedAction): void {
    const leg = this.#legs[side];
    match(action)
      .with({ type: 'connectTcp' }, () => leg.connect(targetOf(this.#config)))
      .with({ type: 'dropTcp' }, () => leg.drop())
      .with({ type: 'sendOpen' }, (send) => this.#send(leg, send))
      .with({ type: 'sendKeepalive' }, (send) => this.#send(leg, send))
      .with({ type: 'sendNotification' }, (send) => this.#send(leg, send))
      .with({ type: 'startTimer' }, (start) => this.#timers.start(side, start))
      .with({ type: 'stopTimer' }, ({ timer }) => this.#timers.stop(side, timer))
      .with({ type: 'allowExtendedMessages' }, () => leg.connection?.allowExtendedMessages())
      .with({ type: 'establish' }, ({ negotiated }) => this.#events.established(leg, negotiated))
      .with({ type: 'releaseRoutes' }, ({ retain }) => this.#events.releaseRoutes(retain))
      .with({ type: 'reportDown' }, ({ reason }) => this.#reportDown(side, reason))
      .exhaustive();
  }

  #send(leg: Leg, send: SendAction): void {
    const { report, tap } = this.#parts;
    const message = sentMessage(send);
    const { type, octets } = message;
    leg.say(message);
    report.tally.sent.count(type);
    if (type !== MessageType.keepalive) tap.sent(type, octets, leg.connection?.localAddress);
  }

  #reportDown(side: Side, reason: DownReason): void {
    const other = this.#legs[OTHER[side]];
    const { lastWords } = this.#legs[side];
    this.#parts.report.sessionDown(reason, other.connection !== undefined, lastWords);
  }

  /** The time for the next attempt has come, and the last one is still without an answer. */
  #reportSilence(): void {
    if (this.#state.outgoing.name !== 'Connect') return;
    this.#parts.report.connectFailed(silenceText(this.#config.md5 !== undefined));
  }

  #failed(side: Side, cause: string): void {
    const { name } = this.#state[side];
    const connecting = side === 'outgoing' && (name === 'Connect' || name === 'Active');
    if (connecting) this.#parts.report.connectFailed(cause);
    this.step({ side, event: { type: 'TcpConnectionFails', cause } });
  }
}
