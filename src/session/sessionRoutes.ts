/**
 * The routes of one session, both ways: what the neighbour sends goes into the RIB, what it is to
 * hold goes out, each only while the session is Established.
 */

import type { ConnectionEvent } from '../fsm/events.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import { type Family, familyOf } from '../net/family.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import type { RemoteError } from '../wire/errors.ts';
import { type RouteRefreshMessage, RouteRefreshSubtype } from '../wire/routeRefresh.ts';
import type { Clock } from './clock.ts';
import type { Entrance } from './entrance.ts';
import {
  type Established,
  enterRib,
  establishedOn,
  familiesWithoutNextHop,
} from './established.ts';
import type { Exporter, ExportMembership } from './exportMember.ts';
import type { Leg } from './leg.ts';
import type { Outflow } from './outflow.ts';
import { Receiver } from './receiver.ts';
import { Retention, type StaleRoutes } from './retention.ts';
import { RoutesOut } from './routesOut.ts';
import type { SessionConfig } from './sessionConfig.ts';
import type { SessionReport } from './sessionReport.ts';
import type { LearnedCounts } from './snapshot.ts';
import type { SessionTap } from './tap.ts';

export interface RouteEnds {
  /** Where received routes go. */
  readonly rib: RibIn;
  /** Sends what was learned to those who may have it. */
  readonly exporter: Exporter;
  /** Who writes down what is said and heard; undefined: nobody. */
  readonly tap?: SessionTap | undefined;
}

export class SessionRoutes {
  readonly #peer: PeerIndex;
  readonly #rib: RibIn;
  readonly #report: SessionReport;
  readonly #receiver: Receiver;
  readonly #out: RoutesOut;
  readonly #retention: Retention;
  #up: Established | undefined;
  /** Seconds that stale routes may stay beyond the restart time. */
  #longest: number | undefined;

  /** `clock` and `overwhelmed`: as `RoutesOut` has them. */
  constructor(
    peer: PeerIndex,
    { rib, exporter, tap }: RouteEnds,
    entrance: Entrance,
    clock: Clock,
    report: SessionReport,
    overwhelmed: (leg: Leg, error: RemoteError) => void,
  ) {
    this.#peer = peer;
    this.#rib = rib;
    this.#report = report;
    this.#out = new RoutesOut(entrance, clock, exporter, report, overwhelmed, tap);
    this.#retention = new Retention(peer, rib, clock, report);
    this.#receiver = new Receiver(rib, peer, {
      fault: (verdict, fault) => report.add({ type: 'UpdateFault', verdict, fault }),
      refreshRequested: (message) => this.#refresh(message),
      endOfRib: (family) => this.#endOfRib(family),
    });
  }

  get established(): Established | undefined {
    return this.#up;
  }

  /** Empty while it is not Established. */
  get families(): readonly Family[] {
    return this.#up?.negotiated.families ?? [];
  }

  /** Nothing has to be waited for before what was learned is passed on (RFC 4724 §4.1). */
  get isComplete(): boolean {
    if (!this.#up) return false;
    const { gracefulRestart: terms, families } = this.#up.negotiated;
    if (!terms || terms.restarting) return true;
    const { endOfRib } = this.#receiver.counts();
    return families.every((family) => endOfRib.includes(family));
  }

  /** Whether the neighbour keeps ours when its connection is gone without a word (RFC 4724 §4.1). */
  get outlivesSilence(): boolean {
    return (this.#up?.negotiated.gracefulRestart?.ours.length ?? 0) > 0;
  }

  /** Our own routes; what the neighbour is to hold outlives a session. */
  get own(): Outflow {
    return this.#out.own;
  }

  /** What was learned from others; undefined for an upstream, always, and unless Established. */
  get exported(): Pick<ExportMembership, 'advertised'> | undefined {
    return this.#out.learned;
  }

  /** Of what the neighbour has sent, what is kept and stale. */
  get stale(): readonly StaleRoutes[] {
    return this.#retention.routes;
  }

  learned(): LearnedCounts {
    return {
      ...this.#receiver.counts(),
      ipv4: this.#rib.counts(this.#peer, 'ipv4'),
      ipv6: this.#rib.counts(this.#peer, 'ipv6'),
      overflow: this.#rib.overflow(this.#peer),
    };
  }

  /** The session is Established on this leg. Throws RemoteError when the RIB has no room for it. */
  open(leg: Leg, negotiated: Negotiated, config: SessionConfig): void {
    const up = establishedOn(leg, negotiated, config);
    if (!up) return;
    this.#enterRib(up, config);
    this.#up = up;
    this.#longest = config.neighbour.longLivedStaleTime;
    this.#receiver.begin(negotiated.families);
    this.#report.sessionUp(negotiated, leg.side, familiesWithoutNextHop(up, config));
    this.#retention.resume(negotiated.gracefulRestart);
    this.#out.open(up, config);
  }

  /** The session is over, or never was Established. `retain`: what was received may stay a while. */
  close(retain: boolean): void {
    const up = this.#up;
    if (!up) return;
    this.#up = undefined;
    this.#out.close();
    const { gracefulRestart } = up.negotiated;
    if (retain && gracefulRestart) this.#retention.keep(gracefulRestart, this.#longest);
    else this.#retention.end();
  }

  /** What is kept from a session before goes, too: its neighbour cannot be reached. */
  forget(): void {
    if (!this.#up) this.#retention.drop();
  }

  /** Messages at `start..end` come next. */
  lookAhead(leg: Leg, bytes: Uint8Array, start: number, end: number): void {
    if (this.#up?.leg === leg) this.#rib.lookAhead?.(this.#peer, bytes, start, end);
  }

  /** UPDATEs from `start` on that the RIB takes in at once; returns where it stopped. */
  takeEasy(leg: Leg, bytes: Uint8Array, start: number): number {
    return this.#up?.leg === leg ? this.#receiver.takeEasy(bytes, start) : start;
  }

  /** How many the last `takeEasy` took in. */
  get easyTaken(): number {
    return this.#rib.easyTaken ?? 0;
  }

  /** The event that a message is to the state machine; undefined: an UPDATE that was taken in. */
  event(
    leg: Leg,
    bytes: Uint8Array,
    type: number,
    start: number,
    end: number,
  ): ConnectionEvent | undefined {
    const context = this.#up?.leg === leg ? this.#up.context : undefined;
    return this.#receiver.event(bytes, type, start, end, context);
  }

  /** The kernel took something of what was written. */
  progressed(): void {
    this.#out.progressed();
  }

  /** One more neighbour than the RIB has room for leaves no trace, nothing of an earlier session either. */
  #enterRib(up: Established, config: SessionConfig): void {
    try {
      enterRib(this.#rib, this.#peer, up, config);
    } catch (error) {
      this.#retention.end();
      throw error;
    }
  }

  #endOfRib(family: Family): void {
    this.#report.add({ type: 'EndOfRib', family });
    this.#retention.endOfRib(family);
  }

  /** RFC 7313 §4, §5: only where it was negotiated is there another kind than a request. */
  #refresh(message: RouteRefreshMessage): void {
    const { enhancedRouteRefresh, families } = this.#up?.negotiated ?? {};
    const family = familyOf(message.afi, message.safi);
    if (!family || !families?.includes(family)) return;
    if (message.subtype === RouteRefreshSubtype.request) this.#out.refresh(family);
    else if (!enhancedRouteRefresh) return;
    else if (message.subtype === RouteRefreshSubtype.begin) this.#refreshBegins(family);
    else if (message.subtype === RouteRefreshSubtype.end) this.#retention.refreshEnds(family);
  }

  #refreshBegins(family: Family): void {
    // RFC 7313 §4: "MUST ignore any BoRRs" that come before End-of-RIB, from those who send that.
    const saysEndOfRib = this.#up?.negotiated.gracefulRestart !== undefined;
    if (saysEndOfRib && !this.#receiver.counts().endOfRib.includes(family)) return;
    this.#retention.refreshBegins(family);
  }
}
