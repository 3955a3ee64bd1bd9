/**
 * The RIB at work: sessions feed it, learned routes leave it by the export groups, and what takes
 * long (a lost neighbour's routes, a changed policy, a table for a new receiver) is done a slice a
 * turn of the loop, so that no keepalive, withdrawal or answer waits for it.
 */

import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import type { LocalIdentity } from '../rib/attributeScan.ts';
import type { ImportRules } from '../rib/importRules.ts';
import { OwnAddresses } from '../rib/ownAddresses.ts';
import { Rib } from '../rib/rib.ts';
import type { PathCounts, PeerIndex, PeerSession, RibIn } from '../rib/ribIn.ts';
import type { RouteChange } from '../rib/routeTable.ts';
import type { Clock } from '../session/clock.ts';
import type {
  ExportEvent,
  Exporter,
  ExportMember,
  ExportMembership,
  ExportOutlet,
} from '../session/exportMember.ts';
import { internalError } from '../session/internalError.ts';
import type { UpdateView } from '../wire/update.ts';
import type { BestPathFollower } from './bestPathFollower.ts';
import { ExportGroups } from './exportGroups.ts';
import { laneModule } from './laneFile.ts';

export interface RibRunnerOptions {
  readonly clock: Clock;
  readonly local: Pick<LocalIdentity, 'asn' | 'bgpIdentifier'>;
  readonly onEvent: (event: RoutingEvent) => void;
  /** Who keeps what we sent before is passed nothing until `release` (RFC 4724 §4.1). */
  readonly held?: boolean;
}

export type RoutingEvent =
  | ExportEvent
  /**
   * A bug of ours that belongs to no session: what was being done is left undone. Told once until
   * another one shows.
   */
  | { readonly type: 'RoutingError'; readonly cause: string; readonly stack: string };

/** How long a slice may take, in ms. */
const SLICE = 1;
/** Rows between two looks at the clock: enough to fill a chunk of UPDATEs. */
const ROWS = 1024;

export class RibRunner implements RibIn, Exporter {
  readonly rib: Rib;
  readonly #clock: Clock;
  readonly #groups: ExportGroups;
  readonly #rules = new Map<PeerIndex, ImportRules>();
  /** Those that are up, or whose paths are retained. */
  readonly #up = new Set<PeerIndex>();
  readonly #ownAddresses = new OwnAddresses();
  #configuredAddresses: readonly IpAddress[] = [];
  /** Ours on the session with each peer; kept when it goes down, as the address is. */
  readonly #sessionAddresses = new Map<PeerIndex, IpAddress>();
  #awake = false;
  /** Whether anybody may be sent what was learned. */
  #exports = false;
  #follower: BestPathFollower | undefined;
  readonly #onEvent: (event: RoutingEvent) => void;
  /** Of the last bug that was told. */
  #toldCause: string | undefined;

  constructor({ clock, local, onEvent, held = false }: RibRunnerOptions) {
    this.#clock = clock;
    this.#onEvent = onEvent;
    // A seed that neighbours cannot guess: they choose the octets that are hashed.
    const seed = Math.floor(clock.random() * 2 ** 32);
    const identity = { ...local, addresses: this.#ownAddresses };
    this.rib = new Rib({ local: identity, seed, tracked: false, lane: laneModule() });
    this.#groups = new ExportGroups({ rib: this.rib, onEvent, wake: () => this.#wake(), held });
  }

  /** Before the neighbour's first `peerUp`; later, what it has sent is judged anew. */
  setRules(peer: PeerIndex, rules: ImportRules): void {
    this.#rules.set(peer, rules);
    if (!this.#up.has(peer)) return;
    this.rib.setRules(peer, rules);
    this.#wake();
  }

  /** The neighbour is gone from the configuration, and down. */
  forget(peer: PeerIndex): void {
    this.#rules.delete(peer);
    this.#sessionAddresses.delete(peer);
    this.#gatherAddresses();
  }

  /** Those that the file says are ours; what was judged before stays as it is. */
  setAddresses(addresses: readonly IpAddress[]): void {
    this.#configuredAddresses = addresses;
    this.#gatherAddresses();
  }

  /** These are ours; `exports`: there may be somebody who is sent what was learned. */
  setOwnPrefixes(prefixes: readonly Prefix[], exports: boolean): void {
    this.#exports = exports;
    this.#track();
    this.#groups.setOwnPrefixes(prefixes);
  }

  /** Whom the best paths are told besides the neighbours; undefined: nobody. */
  follow(follower: BestPathFollower | undefined): void {
    if (follower === this.#follower) return;
    this.#follower = follower;
    this.#track();
    follower?.begin(this.rib, () => this.#wake());
    this.#wake();
  }

  /** Whether it has a session, or its paths are retained. */
  isUp(peer: PeerIndex): boolean {
    return this.#up.has(peer);
  }

  /** What was learned may be passed on to everybody from now on. */
  release(): void {
    this.#groups.release();
  }

  peerUp(peer: PeerIndex, session: PeerSession): void {
    const rules = this.#rules.get(peer);
    if (!rules) throw new Error('a neighbour without import rules came up');
    this.#sessionAddresses.set(peer, session.localAddress);
    this.#gatherAddresses();
    const description = { ...session, rules, nextHopCost: 0 };
    if (this.#up.has(peer)) {
      if (this.rib.resume(peer, description)) return;
      this.peerDown(peer);
    }
    this.rib.describePeer(peer, description);
    this.rib.peerUp(peer);
    this.#up.add(peer);
  }

  lookAhead(peer: PeerIndex, bytes: Uint8Array, start: number, end: number): void {
    this.rib.lookAhead(peer, bytes, start, end);
  }

  takeEasy(peer: PeerIndex, bytes: Uint8Array, start: number, families: readonly Family[]): number {
    return this.rib.takeEasy(peer, bytes, start, families);
  }

  get easyTaken(): number {
    return this.rib.easyTaken;
  }

  feed(peer: PeerIndex, bytes: Uint8Array, update: UpdateView): void {
    this.rib.feed(peer, bytes, update);
    if (!this.#awake && this.rib.table.changes > 0) this.#wake();
  }

  peerDown(peer: PeerIndex): void {
    if (!this.#up.delete(peer)) return;
    this.rib.peerDown(peer);
    this.#wake();
  }

  retain(peer: PeerIndex, families: readonly Family[]): void {
    this.rib.retain(peer, families);
    this.#wake();
  }

  refreshBegin(peer: PeerIndex, family: Family): void {
    this.rib.refreshBegin(peer, family);
    this.#wake();
  }

  refreshEnd(peer: PeerIndex, family: Family): void {
    this.rib.refreshEnd(peer, family);
    this.#wake();
  }

  longLive(peer: PeerIndex, family: Family): void {
    this.rib.longLive(peer, family);
    this.#wake();
  }

  stale(peer: PeerIndex, family: Family): number {
    return this.rib.stale(peer, family);
  }

  counts(peer: PeerIndex, family: Family): PathCounts {
    return this.rib.counts(peer, family);
  }

  overflow(peer: PeerIndex): number {
    return this.rib.overflow(peer);
  }

  join(outlet: ExportOutlet, member: ExportMember): ExportMembership {
    return this.#groups.join(outlet, member);
  }

  #gatherAddresses(): void {
    this.#ownAddresses.replace([...this.#configuredAddresses, ...this.#sessionAddresses.values()]);
  }

  #track(): void {
    this.rib.track(this.#exports || this.#follower !== undefined);
  }

  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#clock.afterReads(() => this.#slice());
  }

  #slice(): void {
    const end = this.#clock.monotonic() + SLICE;
    const late = () => this.#clock.monotonic() >= end;
    const tell = (change: Readonly<RouteChange>) => this.#follower?.changed(change);
    let more = true;
    try {
      while (more && !late()) {
        // Who fails there is out of the way: the next one may go on.
        const sweeping = this.#survive(() => this.rib.step(ROWS), true);
        // What fails there would fail again: not before something new wakes us.
        const exporting = this.#survive(() => this.#groups.work(ROWS, late, tell), false);
        const following = this.#survive(() => this.#follower?.work(ROWS) ?? false, false);
        more = exporting || sweeping || following;
      }
    } finally {
      this.#awake = false;
    }
    if (more) this.#wake();
  }

  /** Whatever throws in here is a bug of ours, and no reason to end the daemon. */
  #survive(work: () => boolean, moreAfterError: boolean): boolean {
    try {
      return work();
    } catch (error) {
      const told = internalError(error);
      if (told.cause !== this.#toldCause) this.#onEvent({ type: 'RoutingError', ...told });
      this.#toldCause = told.cause;
      return moreAfterError;
    }
  }
}
