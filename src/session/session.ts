/**
 * One neighbour's session: whether it is to be up, and what goes over it when it is. The way up and
 * down is `Machine`'s, the routes are `SessionRoutes`'.
 *
 * What throws in here, a RemoteError aside, is a bug of ours: it stops this session, and neither the
 * daemon nor another session notices. So everything comes in through `#entrance`, but for messages:
 * `Connection` catches what they make throw.
 */

import type { Socket } from 'node:net';
import type { OwnPrefix } from '../config/config.ts';
import type { Cease, NeighbourEvent } from '../fsm/events.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import type { Family } from '../net/family.ts';
import type { OwnRoutes } from '../rib/ownRoute.ts';
import type { PrefixList } from '../rib/prefixList.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import { MessageType } from '../wire/constants.ts';
import { Administration, type Stop } from './administration.ts';
import { Admission } from './admission.ts';
import { Allowance } from './allowance.ts';
import type { Clock } from './clock.ts';
import { Entrance } from './entrance.ts';
import type { SessionEvent } from './events.ts';
import type { Leg } from './leg.ts';
import { Machine } from './machine.ts';
import { type MonitoredSession, monitoredSession } from './monitored.ts';
import type { HeldRoutes } from './outflow.ts';
import type { ReadBudget } from './readBudget.ts';
import { errorEvent } from './receiver.ts';
import type { SessionConfig } from './sessionConfig.ts';
import { SessionReport } from './sessionReport.ts';
import { type RouteEnds, SessionRoutes } from './sessionRoutes.ts';
import { type SessionSnapshot, snapshotOf } from './snapshot.ts';
import { NO_TAP, type SessionTap } from './tap.ts';

export interface SessionOptions extends RouteEnds {
  readonly clock: Clock;
  readonly budget: ReadBudget;
  readonly onEvent: (event: SessionEvent) => void;
}

export class Session {
  readonly peer: PeerIndex;
  readonly #rib: RibIn;
  readonly #tap: SessionTap;
  readonly #entrance: Entrance;
  readonly #report: SessionReport;
  readonly #machine: Machine;
  readonly #routes: SessionRoutes;
  readonly #administration = new Administration();
  readonly #admission: Admission;
  readonly #allowance: Allowance;

  constructor(config: SessionConfig, peer: PeerIndex, options: SessionOptions) {
    const { rib, budget, onEvent, tap = NO_TAP } = options;
    const { name, maxPrefixes } = config.neighbour;
    this.peer = peer;
    this.#rib = rib;
    this.#tap = tap;
    const entrance = new Entrance(
      (error) => this.#breakDown(error),
      () => report.tell(),
    );
    this.#entrance = entrance;
    const clock = entrance.clock(options.clock);
    const report = new SessionReport(name, clock, onEvent);
    this.#report = report;
    this.#admission = new Admission(clock);
    this.#allowance = new Allowance(maxPrefixes, clock, rib, peer, report, () => this.#rested());
    this.#routes = new SessionRoutes(peer, options, entrance, clock, report, (leg, error) =>
      this.#machine.step({ side: leg.side, event: errorEvent(error) }),
    );
    const parts = { entrance, clock, budget, report, tap };
    this.#machine = new Machine(config, parts, {
      arrived: (leg, bytes, start, end) => this.#routes.lookAhead(leg, bytes, start, end),
      message: (leg, bytes, type, start, end) => this.#message(leg, bytes, type, start, end),
      updates: (leg, bytes, start) => this.#takeEasy(leg, bytes, start),
      readDone: (leg) => this.#readDone(leg),
      progressed: () => this.#routes.progressed(),
      broken: (error) => this.#breakDown(error),
      established: (leg, negotiated) => this.#establish(leg, negotiated),
      releaseRoutes: (retain) => this.#routes.close(retain),
    });
  }

  /** Where its routes go. */
  get ribIn(): RibIn {
    return this.#rib;
  }

  get config(): SessionConfig {
    return this.#machine.config;
  }

  /** Lets the session come up; after `drop` it connects at once. Nothing when it is started. */
  start(): void {
    const event = this.#administration.start(this.#allowance.restingUntil !== undefined);
    if (event) this.#entrance.enter(() => this.#step(event));
  }

  /** The path to the neighbour is dead: ends the session until `start`, and this is no fault of it. */
  drop(cease: Cease): void {
    const event = this.#administration.drop(cease);
    if (event) this.#halt(event);
  }

  /** For good: withdraws everything, says why, resolves when the connections are closed. */
  async end(cease: Cease): Promise<void> {
    this.#tap.cleared();
    this.setRoutes([]);
    await this.#close(this.#administration.end(cease));
  }

  /**
   * For good, and without a word: the neighbour is to keep what it was sent (RFC 4724 §4.1). False:
   * it would not, and nothing was done.
   */
  async suspend(): Promise<boolean> {
    if (!this.#routes.outlivesSilence) return false;
    await this.#close(this.#administration.suspend());
    return true;
  }

  /** Takes a connection that the listener accepted; false: it is not wanted now. */
  accept(socket: Socket): boolean {
    const admitted = this.#admission.judge(this.#machine);
    if (!admitted) return false;
    this.#entrance.enter(() => this.#machine.accept(socket, admitted.replaces));
    return !this.#administration.isBroken;
  }

  /**
   * The whole set that the neighbour is to hold; only the difference is sent. `partial`: whether more
   * will be is not known yet.
   */
  setRoutes(routes: readonly OwnRoutes[], partial = false): void {
    this.#entrance.enter(() => this.#routes.own.setDesired(routes, partial));
  }

  /** Our own restart is over: later OPENs say nothing of it, and End-of-RIB waits no longer. */
  endRestart(): void {
    this.#entrance.enter(() => {
      this.#machine.adjust({ ...this.config, restarted: undefined });
      this.#routes.own.endInitial();
    });
  }

  /** Empty while it is not Established. */
  get negotiatedFamilies(): readonly Family[] {
    return this.#routes.families;
  }

  /** Nothing has to be waited for before what was learned is passed on (RFC 4724 §4.1). */
  get isComplete(): boolean {
    return this.#routes.isComplete;
  }

  /** Takes a configuration that needs no new session; its next hops may differ. */
  adjust(config: SessionConfig, nextHopsChanged: boolean): void {
    this.#administration.forgive();
    this.#entrance.enter(() => {
      this.#machine.adjust(config);
      const limited = this.#allowance.adjust(config.neighbour.maxPrefixes);
      this.#routes.own.adjust(config, nextHopsChanged);
      // One that was lowered does not wait for the next UPDATE.
      if (limited) this.#checkLimits();
    });
  }

  snapshot(): SessionSnapshot {
    return snapshotOf({
      config: this.config,
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
      established && monitoredSession(this.peer, this.config, established, since, treatAsWithdraw)
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

  /** For good; resolves when the connections are closed. */
  async #close(event: Stop): Promise<void> {
    this.#allowance.end();
    this.#halt(event);
    await this.#machine.closed();
  }

  #message(leg: Leg, bytes: Uint8Array, type: number, start: number, end: number): boolean {
    this.#report.tally.received.count(type);
    this.#tap.received(type, bytes, start, end);
    if (type === MessageType.open) leg.openReceived = bytes.slice(start, end);
    const event = this.#routes.event(leg, bytes, type, start, end);
    if (event) this.#machine.step({ side: leg.side, event });
    else leg.updates++;
    return leg.connection !== undefined;
  }

  /** Those that the RIB takes in at once. */
  #takeEasy(leg: Leg, bytes: Uint8Array, start: number): number {
    if (this.#tap.hearsUpdates()) return start;
    const end = this.#routes.takeEasy(leg, bytes, start);
    if (end === start) return start;
    const count = this.#routes.easyTaken;
    this.#report.tally.received.count(MessageType.update, count);
    leg.updates += count;
    return end;
  }

  /** One event for all the UPDATEs of a read: the hold timer does not care how many they were. */
  #readDone(leg: Leg): void {
    const { side, updates } = leg;
    leg.updates = 0;
    if (updates > 0) this.#machine.step({ side, event: { type: 'UpdateMsg' } });
    // Also with nothing new: what did not count as long as it might go may have stayed.
    this.#checkLimits();
  }

  #checkLimits(): void {
    const cease = this.#allowance.judge(this.#routes.families);
    if (cease) this.#step({ type: 'AutomaticStop', cease });
  }

  #rested(): void {
    if (this.#administration.isStarted) this.#step({ type: 'AutomaticStart', eager: false });
  }

  /** Nothing that was learned outlives a stop, which is no restart. */
  #halt(event: Stop): void {
    this.#entrance.enter(() => {
      this.#step(event);
      this.#routes.forget();
    });
  }

  /** A bug of ours: stops the session, in order where that is still possible. */
  #breakDown(error: unknown): void {
    const event = this.#administration.breakDown();
    try {
      this.#step(event);
    } catch {
      // What is broken is what would stop it; the following needs none of that.
    }
    this.#machine.reset();
    this.#routes.close(false);
    this.#routes.forget();
    this.#report.brokenDown(this.#machine.state, error);
  }

  #step(event: NeighbourEvent): void {
    this.#machine.step({ side: 'neighbour', event });
  }

  #establish(leg: Leg, negotiated: Negotiated): void {
    this.#admission.established();
    this.#allowance.begin();
    this.#routes.open(leg, negotiated, this.config);
  }
}
