/**
 * All routes that leave over one session: our own, and what was learned where the neighbour is no
 * upstream. Both leave by the same connection and are counted here.
 *
 *   setRoutes ──► Outflow ──────────┐
 *                                   ├──► leg
 *   ExportGroups ──► ExportMember ──┘
 */

import { afiSafiOf, type Family } from '../net/family.ts';
import { MessageType } from '../wire/constants.ts';
import type { RemoteError } from '../wire/errors.ts';
import { encodeRouteRefresh, RouteRefreshSubtype } from '../wire/routeRefresh.ts';
import type { Clock } from './clock.ts';
import type { Entrance } from './entrance.ts';
import type { Established } from './established.ts';
import type { Exporter, ExportMember, ExportMembership, RoomWanted } from './exportMember.ts';
import type { Leg } from './leg.ts';
import { Outflow, type OutflowWire } from './outflow.ts';
import { outOfResources } from './receiver.ts';
import type { SessionConfig } from './sessionConfig.ts';
import type { SessionReport } from './sessionReport.ts';
import type { SessionTap } from './tap.ts';

const ROOM_WANTED: Readonly<Record<RoomWanted, string>> = {
  unread: 'it does not read, and too much waits for it',
  memory: 'there is no room for more routes that are sent to it',
};

export class RoutesOut {
  /** Ours; what the neighbour is to hold outlives a session. */
  readonly own: Outflow;
  readonly #entrance: Entrance;
  readonly #clock: Clock;
  readonly #exporter: Exporter;
  readonly #report: SessionReport;
  readonly #overwhelmed: (leg: Leg, error: RemoteError) => void;
  /** What they leave by; undefined unless Established. */
  #leg: Leg | undefined;
  #learned: ExportMembership | undefined;
  /** RFC 7313: whether a refresh is answered between two markers. */
  #enhanced = false;
  /** Families whose answer has begun with one. */
  readonly #marked = new Set<Family>();

  /**
   * `clock` enters by `entrance`. `overwhelmed`: there is no room for what this neighbour is to be
   * sent, and its session is to be ended with the error.
   */
  constructor(
    entrance: Entrance,
    clock: Clock,
    exporter: Exporter,
    report: SessionReport,
    overwhelmed: (leg: Leg, error: RemoteError) => void,
    tap: SessionTap | undefined,
  ) {
    this.#entrance = entrance;
    this.#clock = clock;
    this.#exporter = exporter;
    this.#report = report;
    this.#overwhelmed = overwhelmed;
    const wire: OutflowWire = {
      unsent: () => this.#leg?.unsent ?? 0,
      write: ({ octets, messages }) => this.#write(octets, messages),
      told: ({ announced, withdrawn, difference }, asked) =>
        report.add({ type: 'RoutesSent', announced, withdrawn, difference, asked }),
      refreshing: (families) => this.#beginRefresh(families),
      refreshed: (families) => this.#endRefresh(families),
    };
    this.own = new Outflow(clock, wire, tap);
  }

  /** Undefined for an upstream, always, and unless Established. */
  get learned(): Pick<ExportMembership, 'advertised'> | undefined {
    return this.#learned;
  }

  /** The session is Established. Our own routes go first; End-of-RIB comes from whoever sends last. */
  open(
    { leg, negotiated, localAddress, sending: context }: Established,
    config: SessionConfig,
  ): void {
    this.#leg = leg;
    const { families, gracefulRestart } = negotiated;
    const { neighbour, localAs } = config;
    this.#enhanced = negotiated.enhancedRouteRefresh;
    const learns = neighbour.kind !== 'upstream';
    this.own.open({ config, localAddress, families, context }, learns);
    if (!learns) return;
    const outlet = {
      receiver: neighbour,
      localAs,
      localAddress,
      families,
      keepsOurs: (gracefulRestart?.ours.length ?? 0) > 0,
      longLived: gracefulRestart?.longLived !== undefined,
      context,
    };
    this.#learned = this.#exporter.join(outlet, this.#member(leg));
  }

  /** The session is over: nothing is written afterwards. */
  close(): void {
    this.#leg = undefined;
    this.#learned?.leave();
    this.#learned = undefined;
    this.#marked.clear();
    this.own.close();
  }

  /** The kernel took something of what was written. */
  progressed(): void {
    this.own.progressed();
    this.#learned?.drained();
  }

  /** RFC 2918: the neighbour wants all of the family again. */
  refresh(family: Family): void {
    this.own.refresh(family);
  }

  #beginRefresh(families: readonly Family[]): void {
    // RFC 7313 §4: not before End-of-RIB; what comes with the initial routes leaves nothing stale.
    const owes = this.own.owesEndOfRib || this.#learned?.owesEndOfRib === true;
    if (!this.#enhanced || owes) return;
    for (const family of families) {
      this.#marked.add(family);
      this.#mark(family, RouteRefreshSubtype.begin);
    }
  }

  #endRefresh(families: readonly Family[]): void {
    for (const family of families) {
      const marked = this.#marked.delete(family);
      if (this.#learned) this.#learned.refresh(family, marked);
      else if (marked) this.#mark(family, RouteRefreshSubtype.end);
    }
  }

  #mark(family: Family, subtype: number): void {
    this.#leg?.write(encodeRouteRefresh({ ...afiSafiOf(family), subtype }));
    this.#report.tally.sent.count(MessageType.routeRefresh);
  }

  #member(leg: Leg): ExportMember {
    const { connection } = leg;
    return {
      get unsent() {
        return connection?.unsent ?? 0;
      },
      write: (chunk, messages) => this.#write(chunk, messages),
      refreshEnded: (family) => this.#mark(family, RouteRefreshSubtype.end),
      // Not while the group is at work.
      overwhelmed: (want) =>
        this.#clock.afterReads(() => {
          if (leg.connection !== connection) return;
          this.#overwhelmed(leg, outOfResources(ROOM_WANTED[want]));
        }),
      broken: (error) =>
        this.#clock.afterReads(() => {
          if (leg.connection === connection) throw error;
        }),
      repeatOwn: () => this.#entrance.enter(() => this.own.repeat()),
    };
  }

  #write(octets: Uint8Array, messages: number): void {
    if (!this.#leg) return;
    this.#leg.write(octets);
    this.#report.tally.sent.count(MessageType.update, messages);
  }
}
