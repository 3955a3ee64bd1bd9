/**
 * Our routes on their way to one neighbour: when what its Advertiser has ready is written.
 *
 * As long as the kernel has not taken what was written before, nothing is added. What changes
 * meanwhile is found by the next difference, so a neighbour that does not read costs no memory, and
 * once it does read it is told how things are, not how they came to be.
 */

import type { OwnPrefix } from '../config/config.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import type { Held } from '../rib/adjRibOut.ts';
import type { OwnRoutes } from '../rib/ownRoute.ts';
import type { PrefixList } from '../rib/prefixList.ts';
import { type Advertisement, Advertiser, type Outlet } from './advertiser.ts';
import type { Clock } from './clock.ts';
import { RefreshRequests } from './refreshRequests.ts';
import type { SessionConfig } from './sessionConfig.ts';
import { NO_TAP, type OutletFacts, type SessionTap } from './tap.ts';

/** The connection that the routes leave by. */
export interface OutflowWire {
  /** Octets that the kernel has not taken yet. */
  unsent(): number;
  write(advertisement: Advertisement): void;
  /** These routes were written. `asked`: the neighbour wanted all of them again. */
  told(advertisement: Advertisement, asked: boolean): void;
  /** All of these families comes next, as the neighbour asked. */
  refreshing(families: readonly Family[]): void;
  /** That was all of it: whoever else sends over the connection answers now, too. */
  refreshed(families: readonly Family[]): void;
}

/**
 * Octets that may wait for the kernel before our routes wait, too, where learned routes leave by the
 * same connection: more than these let wait, or they would never leave room for ours.
 */
const HELD_BACK = 256 * 1024;

/** Our routes at one neighbour. */
export interface HeldRoutes {
  readonly outlet: OutletFacts;
  readonly routes: readonly Held[];
}

export class Outflow {
  readonly #clock: Clock;
  readonly #wire: OutflowWire;
  readonly #tap: SessionTap;
  readonly #advertiser = new Advertiser();
  readonly #requests: RefreshRequests;
  #outlet: Outlet | undefined;
  /** What may wait for the kernel before anything is held back. */
  #heldBack = 0;
  /** Something waits for the kernel to take what was written. */
  #behind = false;
  readonly #again = new Set<Family>();
  /** What is desired is not all of what will be: see `setDesired`. */
  #partial = false;
  #owesEndOfRib = false;

  constructor(clock: Clock, wire: OutflowWire, tap: SessionTap = NO_TAP) {
    this.#clock = clock;
    this.#wire = wire;
    this.#tap = tap;
    this.#requests = new RefreshRequests(clock, (families) => this.#repeat(families));
  }

  /** `partial`: whether more is to be announced is not known yet, so that End-of-RIB has to wait. */
  setDesired(routes: readonly OwnRoutes[], partial = false): void {
    this.#advertiser.setDesired(routes);
    this.#partial = partial;
    this.#advance();
  }

  /**
   * The session is Established: the initial routes, then End-of-RIB. `shared`: learned routes leave
   * by the same connection; then End-of-RIB is theirs to send.
   */
  open(outlet: Outlet, shared: boolean): void {
    this.#outlet = outlet;
    this.#heldBack = shared ? HELD_BACK : 0;
    this.#owesEndOfRib = !shared;
    this.#tap.opened(factsOf(outlet));
    // Not held back by our own OPEN: End-of-RIB must not come before the routes.
    this.#send(outlet);
  }

  /** Everything again: it may have been overtaken. */
  repeat(): void {
    if (!this.#outlet) return;
    this.#sendAgain(FAMILIES);
    this.#advance();
  }

  /** What is desired now counts as all of it. */
  endInitial(): void {
    this.#partial = false;
    this.#advance();
  }

  /**
   * Takes a configuration that needs no new session. Other next hops go out with what is desired next,
   * which comes of the same configuration: one change for each route, and none of what is to go.
   */
  adjust(config: SessionConfig, nextHopsChanged: boolean): void {
    if (!this.#outlet) return;
    this.#outlet = { ...this.#outlet, config };
    this.#tap.adjusted();
    if (nextHopsChanged) this.#sendAgain(FAMILIES);
  }

  /** The neighbour holds nothing of ours any more. */
  close(): void {
    if (this.#outlet) this.#tap.closed();
    this.#outlet = undefined;
    this.#behind = false;
    this.#owesEndOfRib = false;
    this.#again.clear();
    this.#requests.stop();
    this.#advertiser.forget(FAMILIES);
  }

  /** RFC 2918 §4: the neighbour asks for everything of a family again. */
  refresh(family: Family): void {
    if (this.#outlet?.families.includes(family)) this.#requests.ask(family);
  }

  /** The kernel took something of what was written. */
  progressed(): void {
    if (!this.#behind || this.#wire.unsent() > this.#heldBack) return;
    this.#behind = false;
    this.#advance();
  }

  /** End-of-RIB, for whose sake a refresh is answered without its markers (RFC 7313 §4). */
  get owesEndOfRib(): boolean {
    return this.#owesEndOfRib;
  }

  /** Milliseconds since the epoch; undefined: the neighbour has not been sent it. */
  advertisedSince(prefix: OwnPrefix, among?: PrefixList): number | undefined {
    return this.#advertiser.advertisedSince(prefix, among);
  }

  count(family: Family): number {
    return this.#advertiser.count(family);
  }

  /** What the neighbour was sent and by what; undefined unless Established. */
  get held(): HeldRoutes | undefined {
    if (!this.#outlet) return undefined;
    return { outlet: factsOf(this.#outlet), routes: this.#advertiser.held() };
  }

  #repeat(families: readonly Family[]): void {
    for (const family of families) this.#again.add(family);
    this.#advance();
  }

  #advance(): void {
    if (!this.#outlet) return;
    if (this.#wire.unsent() > this.#heldBack) this.#behind = true;
    else this.#send(this.#outlet);
  }

  /** What changed comes by itself, so that what was only asked for again can be told apart. */
  #send(outlet: Outlet): void {
    this.#sendDifference(outlet, false);
    this.#endInitial(outlet);
    if (this.#again.size === 0) return;
    const families = [...this.#again];
    this.#again.clear();
    this.#wire.refreshing(families);
    this.#sendAgain(families);
    this.#sendDifference(outlet, true);
    this.#wire.refreshed(families);
  }

  /** RFC 4724 §4.1: a restarted speaker says it when all is announced that was before. */
  #endInitial(outlet: Outlet): void {
    if (!this.#owesEndOfRib || this.#partial) return;
    this.#owesEndOfRib = false;
    const advertisement = this.#advertiser.endOfRib(outlet);
    this.#tap.endOfRib(advertisement.octets);
    this.#wire.write(advertisement);
  }

  #sendAgain(families: readonly Family[]): void {
    this.#tap.repeated(families);
    this.#advertiser.repeat(families);
  }

  #sendDifference(outlet: Outlet, asked: boolean): void {
    const advertisement = this.#advertiser.advertise(outlet, this.#clock.wall());
    if (!advertisement) return;
    this.#tap.routes(advertisement.octets, asked);
    this.#wire.write(advertisement);
    this.#wire.told(advertisement, asked);
  }
}

function factsOf({ localAddress, families, context }: Outlet): OutletFacts {
  return { localAddress: localAddress.text, families, context };
}
