/**
 * One neighbour's session: runs the pure state machine of `fsm` over real connections and timers
 * and carries out its actions in order. When it is up, `SessionRoutes` moves routes over it.
 *
 * What throws in here, a RemoteError aside, is a bug of ours: it stops this session, and neither the
 * daemon nor another session notices. So everything comes in through `#entrance`, but for messages:
 * `Connection` catches what they make throw.
 */

import type { Socket } from 'node:net';
import { match } from 'ts-pattern';
import type { OwnPrefix } from '../config/config.ts';
import type { DownReason } from '../fsm/actions.ts';
import type { Cease } from '../fsm/events.ts';
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
import type { Family } from '../net/family.ts';
import type { OwnRoutes } from '../rib/ownRoute.ts';
import type { PrefixList } from '../rib/prefixList.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import { CeaseSubcode, MessageType } from '../wire/constants.ts';
import { AcceptBudget } from './acceptBudget.ts';
import { Allowance } from './allowance.ts';
import type { Clock } from './clock.ts';
import type { ConnectionEvents } from './connection.ts';
import { Entrance } from './entrance.ts';
import type { SessionEvent } from './events.ts';
import { Leg } from './leg.ts';
import { type MonitoredSession, monitoredSession } from './monitored.ts';
import type { HeldRoutes } from './outflow.ts';
import type { ReadBudget } from './readBudget.ts';
import { errorEvent } from './receiver.ts';
import { type SendAction, sentMessage } from './sentMessage.ts';
import { fsmConfigOf, type SessionConfig, targetOf } from './sessionConfig.ts';
import { SessionReport } from './sessionReport.ts';
import { type RouteEnds, SessionRoutes } from './sessionRoutes.ts';
import { SessionTimers } from './sessionTimers.ts';
import { type SessionSnapshot, snapshotOf } from './snapshot.ts';
import { silenceText } from './socketError.ts';
import { NO_TAP, type SessionTap } from './tap.ts';

export interface SessionOptions extends RouteEnds {
  readonly clock: Clock;
  readonly budget: ReadBudget;
  readonly onEvent: (event: SessionEvent) => void;
}

export class Session {
  readonly peer: PeerIndex;
  readonly #options: SessionOptions;
  readonly #entrance: Entrance;
  readonly #legs: Readonly<Record<Side, Leg>>;
  readonly #timers: SessionTimers;
  readonly #routes: SessionRoutes;
  readonly #accepts: AcceptBudget;
  readonly #allowance: Allowance;
  readonly #report: SessionReport;
  readonly #tap: SessionTap;
  #config: SessionConfig;
  #state: NeighbourState;
  #started = false;
  /** A bug of ours showed: whoever loads a configuration may try again. */
  #broken = false;
  /** It was ended for good. */
  #over = false;
  /** On the monotonic clock: when it was last Established. */
  #upAt = 0;
  /** The last stop was for a dead link: its return is worth connecting at once. */
  #eager = false;

  constructor(config: SessionConfig, peer: PeerIndex, options: SessionOptions) {
    this.peer = peer;
    this.#config = config;
    this.#options = options;
    this.#tap = options.tap ?? NO_TAP;
    this.#state = initialNeighbour(fsmConfigOf(config));
    this.#entrance = new Entrance(
      (error) => this.#breakDown(error),
      () => this.#report.tell(),
    );
    const clock = this.#entrance.clock(options.clock);
    this.#report = new SessionReport(config.neighbour.name, clock, options.onEvent);
    this.#legs = {
      outgoing: this.#makeLeg('outgoing', clock),
      incoming: this.#makeLeg('incoming', clock),
    };
    this.#timers = new SessionTimers(clock, this.#legs, (event) => {
      if (event.type === 'ConnectRetryTimerExpires') this.#reportSilence();
      this.#step({ side: 'neighbour', event });
    });
    this.#accepts = new AcceptBudget(clock);
    const report = this.#report;
    this.#allowance = new Allowance(
      config.neighbour.maxPrefixes,
      clock,
      options.rib,
      peer,
      report,
      () => this.#rested(),
    );
    this.#routes = new SessionRoutes(peer, options, this.#entrance, clock, report, (leg, error) =>
      this.#step({ side: leg.side, event: errorEvent(error) }),
    );
  }

  /** Where its routes go. */
  get ribIn(): RibIn {
    return this.#options.rib;
  }

  get config(): SessionConfig {
    return this.#config;
  }

  /** Lets the session come up; after `drop` it connects at once. Nothing when it is started. */
  start(): void {
    if (this.#started || this.#broken || this.#over) return;
    this.#started = true;
    if (this.#allowance.restingUntil !== undefined) return;
    this.#enterStep({ side: 'neighbour', event: { type: 'AutomaticStart', eager: this.#eager } });
  }

  /** The path to the neighbour is dead: ends the session until `start`, and this is no fault of it. */
  drop(cease: Cease): void {
    if (!this.#started) return;
    this.#started = false;
    this.#eager = true;
    this.#halt({ type: 'AutomaticStop', cease });
  }

  /** For good: withdraws everything, says why, resolves when the connections are closed. */
  async end(cease: Cease): Promise<void> {
    this.#tap.cleared();
    this.setRoutes([]);
    this.#over = true;
    this.#allowance.end();
    this.#started = false;
    this.#eager = false;
    this.#halt({ type: 'ManualStop', cease });
    await this.#closed();
  }

  /**
   * For good, and without a word: the neighbour is to keep what it was sent (RFC 4724 §4.1). False:
   * it would not, and nothing was done.
   */
  async suspend(): Promise<boolean> {
    const terms = this.#routes.established?.negotiated.gracefulRestart;
    if (!terms || terms.ours.length === 0) return false;
    // Who hears that it is down may want it up.
    this.#over = true;
    this.#allowance.end();
    this.#started = false;
    this.#halt({ type: 'ManualStop', cease: SUSPENSION, silent: true });
    await this.#closed();
    return true;
  }

  /** Takes a connection that the listener accepted; false: it is not wanted now. */
  accept(socket: Socket): boolean {
    const replaced = this.#hasLasted() ? replaceableSide(this.#state) : undefined;
    if (!replaced && !acceptsConnection(this.#state)) return false;
    if (!this.#accepts.spend()) return false;
    this.#enter(() => {
      if (replaced) this.#step({ side: replaced, event: { type: 'TcpConnectionConfirmed' } });
      this.#legs.incoming.accept(socket, targetOf(this.#config).options);
      this.#step({ side: 'incoming', event: { type: 'TcpConnectionConfirmed' } });
    });
    return !this.#broken;
  }

  /**
   * The whole set that the neighbour is to hold; only the difference is sent. `partial`: whether more
   * will be is not known yet.
   */
  setRoutes(routes: readonly OwnRoutes[], partial = false): void {
    this.#enter(() => this.#routes.own.setDesired(routes, partial));
  }

  /** Our own restart is over: later OPENs say nothing of it, and End-of-RIB waits no longer. */
  endRestart(): void {
    this.#enter(() => {
      this.#config = { ...this.#config, restarted: undefined };
      this.#state = withConfig(this.#state, fsmConfigOf(this.#config));
      this.#routes.own.endInitial();
    });
  }

  /** Empty while it is not Established. */
  get negotiatedFamilies(): readonly Family[] {
    return this.#routes.established?.negotiated.families ?? [];
  }

  /** Nothing has to be waited for before what was learned is passed on (RFC 4724 §4.1). */
  get isComplete(): boolean {
    const negotiated = this.#routes.established?.negotiated;
    if (!negotiated) return false;
    const { gracefulRestart: terms, families } = negotiated;
    if (!terms || terms.restarting) return true;
    const { endOfRib } = this.#routes.learned();
    return families.every((family) => endOfRib.includes(family));
  }

  /** Takes a configuration that needs no new session; its next hops may differ. */
  adjust(config: SessionConfig, nextHopsChanged: boolean): void {
    this.#broken = false;
    this.#enter(() => {
      this.#config = config;
      this.#state = withConfig(this.#state, fsmConfigOf(config));
      const limited = this.#allowance.adjust(config.neighbour.maxPrefixes);
      this.#routes.own.adjust(config, nextHopsChanged);
      // One that was lowered does not wait for the next UPDATE.
      if (limited) this.#checkLimits();
    });
  }

  snapshot(): SessionSnapshot {
    return snapshotOf({
      config: this.#config,
      established: this.#routes.established,
      tally: this.#report.tally,
      outflow: this.#routes.own,
      stale: this.#routes.stale,
      learned: this.#routes.learned(),
      exported: this.#routes.exported,
      resting: this.#allowance.restingUntil,
    });
  }

  /** Undefined unless Established. */
  monitored(): MonitoredSession | undefined {
    const { established } = this.#routes;
    const { since } = this.#report.tally;
    const { treatAsWithdraw } = this.#routes.learned();
    return (
      established && monitoredSession(this.peer, this.#config, established, since, treatAsWithdraw)
    );
  }

  /** Milliseconds since the epoch; undefined: the neighbour has not been sent it. */
  advertisedSince(prefix: OwnPrefix, among?: PrefixList): number | undefined {
    return this.#routes.own.advertisedSince(prefix, among);
  }

  /** Our routes that the neighbour was sent; undefined unless Established. */
  get held(): HeldRoutes | undefined {
    return this.#routes.own.held;
  }

  async #closed(): Promise<void> {
    await Promise.all([this.#legs.outgoing.closed(), this.#legs.incoming.closed()]);
  }

  #makeLeg(side: Side, clock: Clock): Leg {
    const events: ConnectionEvents = {
      connected: () => this.#enterStep({ side, event: { type: 'TcpCRAcked' } }),
      arrived: (bytes, start, end) => this.#routes.lookAhead(this.#legs[side], bytes, start, end),
      message: (bytes, type, start, end) => this.#message(side, bytes, type, start, end),
      updates: (bytes, start) => this.#takeEasy(side, bytes, start),
      protocolError: (error) => this.#enterStep({ side, event: errorEvent(error) }),
      broken: (error) => this.#breakDown(error),
      readDone: () => this.#enter(() => this.#readDone(side)),
      progressed: () => this.#enter(() => this.#routes.progressed()),
      failed: (cause) => this.#enter(() => this.#failed(side, cause)),
    };
    const { budget } = this.#options;
    return new Leg(side, clock, budget, events, (event) => this.#step({ side, event }));
  }

  #message(side: Side, bytes: Uint8Array, type: number, start: number, end: number): boolean {
    this.#report.tally.received.count(type);
    this.#tap.received(type, bytes, start, end);
    const leg = this.#legs[side];
    if (type === MessageType.open) leg.openReceived = bytes.slice(start, end);
    const event = this.#routes.event(leg, bytes, type, start, end);
    if (event) this.#step({ side, event });
    else leg.updates++;
    return leg.connection !== undefined;
  }

  /** Those that the RIB takes in at once. */
  #takeEasy(side: Side, bytes: Uint8Array, start: number): number {
    const leg = this.#legs[side];
    if (this.#tap.hearsUpdates()) return start;
    const end = this.#routes.takeEasy(leg, bytes, start);
    if (end === start) return start;
    const count = this.#routes.easyTaken;
    this.#report.tally.received.count(MessageType.update, count);
    leg.updates += count;
    return end;
  }

  /** One event for all the UPDATEs of a read: the hold timer does not care how many they were. */
  #readDone(side: Side): void {
    const hasUpdates = this.#legs[side].updates > 0;
    this.#legs[side].updates = 0;
    if (hasUpdates) this.#step({ side, event: { type: 'UpdateMsg' } });
    // Also with nothing new: what did not count as long as it might go may have stayed.
    this.#checkLimits();
  }

  #checkLimits(): void {
    const families = this.#routes.established?.negotiated.families ?? [];
    const cease = this.#allowance.judge(families);
    if (cease) this.#step({ side: 'neighbour', event: { type: 'AutomaticStop', cease } });
  }

  #rested(): void {
    if (this.#started) this.#step({ side: 'neighbour', event: AUTOMATIC_START });
  }

  /** The time for the next attempt has come, and the last one is still without an answer. */
  #reportSilence(): void {
    if (this.#state.outgoing.name !== 'Connect') return;
    this.#report.connectFailed(silenceText(this.#config.md5 !== undefined));
  }

  #failed(side: Side, cause: string): void {
    const { name } = this.#state[side];
    const connecting = side === 'outgoing' && (name === 'Connect' || name === 'Active');
    if (connecting) this.#report.connectFailed(cause);
    this.#step({ side, event: { type: 'TcpConnectionFails', cause } });
  }

  #enterStep(input: NeighbourInput): void {
    this.#enter(() => this.#step(input));
  }

  /** Nothing that was learned outlives a stop, which is no restart. */
  #halt(event: Extract<NeighbourInput, { side: 'neighbour' }>['event']): void {
    this.#enter(() => {
      this.#step({ side: 'neighbour', event });
      this.#routes.forget();
    });
  }

  #enter(work: () => void): void {
    this.#entrance.enter(work);
  }

  /**
   * Stops the session for good, in order where that is still possible. Whoever starts it again by
   * itself would let a bug that one UPDATE wakes flap our prefixes all over the net.
   */
  #breakDown(error: unknown): void {
    this.#broken = true;
    this.#started = false;
    const cease = { subcode: CeaseSubcode.administrativeShutdown, communication: INTERNAL_ERROR };
    try {
      this.#step({ side: 'neighbour', event: { type: 'ManualStop', cease } });
    } catch {
      // What is broken is what would stop it; the following needs none of that.
    }
    this.#timers.stopAll();
    for (const leg of Object.values(this.#legs)) leg.drop();
    this.#routes.close(false);
    this.#routes.forget();
    this.#state = initialNeighbour(fsmConfigOf(this.#config));
    this.#report.brokenDown(displayState(this.#state), error);
  }

  #step(input: NeighbourInput): void {
    const before = displayState(this.#state);
    const [state, actions] = stepNeighbour(this.#state, input);
    this.#state = state;
    for (const action of actions) this.#perform(action);
    const after = displayState(state);
    if (after !== before) this.#report.stateChanged(before, after);
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
      .with({ type: 'establish' }, ({ negotiated }) => this.#establish(leg, negotiated))
      .with({ type: 'releaseRoutes' }, ({ retain }) => this.#routes.close(retain))
      .with({ type: 'reportDown' }, ({ reason }) => this.#reportDown(side, reason))
      .exhaustive();
  }

  #send(leg: Leg, send: SendAction): void {
    const { octets, type } = sentMessage(send);
    leg.write(octets);
    if (type === MessageType.open) leg.openSent = octets;
    if (type === MessageType.notification) leg.lastWords = octets;
    this.#report.tally.sent.count(type);
    if (type !== MessageType.keepalive) this.#tap.sent(type, octets, leg.connection?.localAddress);
  }

  #establish(leg: Leg, negotiated: Negotiated): void {
    this.#upAt = this.#options.clock.monotonic();
    this.#allowance.begin();
    this.#routes.open(leg, negotiated, this.#config);
  }

  /** What connects now is no connection that crossed ours on the way. */
  #hasLasted(): boolean {
    return this.#options.clock.monotonic() - this.#upAt >= CROSSING;
  }

  #reportDown(side: Side, reason: DownReason): void {
    const other = this.#legs[OTHER[side]];
    const { lastWords } = this.#legs[side];
    this.#report.sessionDown(reason, other.connection !== undefined, lastWords);
  }
}

const OTHER = { outgoing: 'incoming', incoming: 'outgoing' } as const;

/** Milliseconds from Established on in which a connection may come that was opened before. */
const CROSSING = 5000;

/** What the neighbour is told of a bug of ours (RFC 9003). */
const INTERNAL_ERROR = 'internal error, not yours';

/** Of which the neighbour hears nothing; our own people do. */
const SUSPENSION: Cease = {
  subcode: CeaseSubcode.administrativeShutdown,
  communication: 'the neighbour is to keep what it was sent (RFC 4724)',
};

const AUTOMATIC_START = { type: 'AutomaticStart', eager: false } as const;
