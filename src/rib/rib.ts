/**
 * The routing information base: takes the UPDATEs of all neighbours, keeps every path, knows the
 * best one of each prefix and who has to be told. What takes long is done in slices by `step`.
 *
 *   feed ─► intern attributes ─► import rules ─► Adj-RIB-In ─► decision ─► Loc-RIB ─► drainChanges
 *   peerDown, retain, refreshEnd, setRules ─► sweep, a slice at a time ─┘
 */

import { FAMILIES, type Family, familyOf } from '../net/family.ts';
import { type UpdateView, Verdict } from '../wire/update.ts';
import { AttributeScan, type LocalIdentity } from './attributeScan.ts';
import { AttributeTable, SUB_TABLES, slotRoomOf } from './attributeTable.ts';
import { ImportJudge, type OriginIsInvalid } from './importJudge.ts';
import type { ImportRules } from './importRules.ts';
import { Intake } from './intake.ts';
import { Lane, LaneRoom } from './lane.ts';
import { LongLived } from './longLived.ts';
import { APART } from './memory.ts';
import { attributesOf, GENERATIONS, generationOf, NO_PATH, withReason } from './path.ts';
import { PathFeeds } from './pathFeeds.ts';
import type { PathCounts, PeerIndex } from './ribIn.ts';
import { type PeerDescription, RibPeer } from './ribPeer.ts';
import { RouteReader } from './routeReader.ts';
import { type RouteChange, RouteTable, type Store } from './routeTable.ts';
import { type Revise, Sweep } from './sweep.ts';
import { isOf, type SweepJob, SweepJobs } from './sweepJobs.ts';
import type { LaneModule } from './webAssembly.ts';

export interface RibOptions {
  readonly local: LocalIdentity;
  /** 32 random bits, against neighbours that choose attribute sets whose hashes collide. */
  readonly seed: number;
  /** Whether changes of best paths are kept for `drainChanges`; then somebody must drain them. */
  readonly tracked: boolean;
  readonly originIsInvalid?: OriginIsInvalid;
  /** 32-bit words to reserve for prefixes and paths, and for attribute sets. */
  readonly routeWords?: number;
  readonly attributeWords?: number;
  /** The fast lane's program; without it everything goes the long way. */
  readonly lane?: LaneModule | undefined;
}

const ROUTE_WORDS = 1 << 27;
const ATTRIBUTE_WORDS = 1 << 27;

export class Rib {
  readonly table: RouteTable;
  readonly reader: RouteReader;
  readonly feeds: PathFeeds;
  readonly #attributes: AttributeTable;
  readonly #judge: ImportJudge;
  readonly #intake: Intake;
  readonly #longLived: LongLived;
  readonly #peers = new Map<PeerIndex, RibPeer>();
  readonly #jobs = new SweepJobs();
  readonly #change: RouteChange = {
    family: 'ipv4',
    word0: 0,
    word1: 0,
    word2: 0,
    word3: 0,
    length: 0,
    column: -1,
    attributes: 0,
  };

  constructor(options: RibOptions) {
    const scan = new AttributeScan(options.local);
    const attributeWords = options.attributeWords ?? ATTRIBUTE_WORDS;
    const routeWords = options.routeWords ?? ROUTE_WORDS;
    const shared = options.lane && laneRoom(routeWords, attributeWords);
    const room = shared ?? APART;
    this.#attributes = new AttributeTable(attributeWords, scan, options.seed, room);
    this.table = new RouteTable(routeWords, this.#attributes, options.tracked, room);
    this.feeds = new PathFeeds(this.table);
    this.#judge = new ImportJudge(this.#attributes.arena, options.originIsInvalid);
    const lane =
      options.lane &&
      shared &&
      new Lane(options.lane, shared, this.table, this.#judge, options.local);
    this.#intake = new Intake(this.table, this.#judge, lane);
    this.#longLived = new LongLived(this.#attributes);
    this.reader = new RouteReader(
      this.table,
      (peer, family) => this.#known(peer).families[family].generation,
    );
  }

  /** Whether changes of best paths are kept from now on; then somebody must drain them. */
  track(tracked: boolean): void {
    this.table.tracked = tracked;
  }

  /** Says who a neighbour is; must come before each `peerUp`, and is forgotten by `peerDown`. */
  describePeer(peer: PeerIndex, description: PeerDescription): void {
    if (this.#peers.get(peer)?.columns.length) throw new Error('the peer is up');
    this.#peers.set(peer, new RibPeer(description));
  }

  /** Throws RibFullError when there are no columns left for its paths. */
  peerUp(peer: PeerIndex): void {
    const known = this.#known(peer);
    const { description } = known;
    const columns: number[] = [];
    try {
      while (columns.length < known.width) {
        const { internal } = description.context;
        columns.push(this.table.columns.take({ ...description, peer, internal }));
      }
    } catch (error) {
      for (const column of columns) this.table.columns.give(column);
      throw error;
    }
    known.up(columns);
    this.#attributes.arena.openAccount(columns[0]!);
    this.#assureAs(known);
  }

  lookAhead(peer: PeerIndex, bytes: Uint8Array, start: number, end: number): void {
    const known = this.#peers.get(peer);
    if (known && known.columns.length > 0) this.#intake.lookAhead(known, bytes, start, end);
  }

  takeEasy(peer: PeerIndex, bytes: Uint8Array, start: number, families: readonly Family[]): number {
    const known = this.#peers.get(peer);
    if (!known || known.columns.length === 0) return start;
    return this.#intake.takeEasy(known, bytes, start, families);
  }

  /** UPDATEs that the last `takeEasy` took in. */
  get easyTaken(): number {
    return this.#intake.easyTaken;
  }

  /** Throws RibFullError when no more fits; the UPDATE may have been taken in part then. */
  feed(peer: PeerIndex, bytes: Uint8Array, update: UpdateView): void {
    const known = this.#upPeer(peer);
    if (update.endOfRib) known.families[update.endOfRib].endOfRib = true;
    const reach = familyOf(update.mpReachAfi, update.mpReachSafi);
    const unreach = familyOf(update.mpUnreachAfi, update.mpUnreachSafi);
    this.#intake.withdraw(known, bytes, update.withdrawnStart, update.withdrawnEnd, 'ipv4');
    if (unreach) {
      this.#intake.withdraw(
        known,
        bytes,
        update.mpUnreachNlriStart,
        update.mpUnreachNlriEnd,
        unreach,
      );
    }
    const { nlriStart, nlriEnd, mpReachNlriStart, mpReachNlriEnd } = update;
    if (update.verdict === Verdict.treatAsWithdraw) {
      // RFC 7606 §2: as if what it announces had been listed as withdrawn.
      this.#intake.withdraw(known, bytes, nlriStart, nlriEnd, 'ipv4');
      if (reach) this.#intake.withdraw(known, bytes, mpReachNlriStart, mpReachNlriEnd, reach);
      return;
    }
    if (nlriStart < nlriEnd) {
      this.#intake.announce(known, bytes, nlriStart, nlriEnd, 'ipv4', update, false);
    }
    if (reach && mpReachNlriStart < mpReachNlriEnd) {
      this.#intake.announce(known, bytes, mpReachNlriStart, mpReachNlriEnd, reach, update, true);
    }
  }

  refreshBegin(peer: PeerIndex, family: Family): void {
    const known = this.#upPeer(peer);
    this.#postponeSweep(known, family);
    this.#makeStale(known, family);
  }

  /** RFC 7313 §4: what was not announced again since `refreshBegin` goes. */
  refreshEnd(peer: PeerIndex, family: Family): void {
    const known = this.#upPeer(peer);
    const state = known.families[family];
    if (state.refreshing === 0) return;
    state.unswept = state.retained ? 0 : state.refreshing;
    state.refreshing = 0;
    // What traffic may be lost by goes first.
    const urgent = state.retained;
    state.retained = false;
    const { generation } = state;
    this.#jobs.cancel((job) => isOf(job, 'long-lived', known, family));
    const revise = (path: number) => (generationOf(path) === generation ? path : NO_PATH);
    this.#start('refresh', known, family, revise, urgent);
  }

  /**
   * Its session is over, and may come back (RFC 4724 §4.2): paths of these families stay and are
   * stale, the others go. `resume` or `peerDown` is next.
   */
  retain(peer: PeerIndex, families: readonly Family[]): void {
    const known = this.#upPeer(peer);
    for (const family of FAMILIES) {
      const state = known.families[family];
      // "a route (from the peer) previously marked as stale MUST be deleted"; the same when there is
      // no mark left that tells it from those of now.
      if (state.retained || state.refreshing === GENERATIONS - 1) this.refreshEnd(peer, family);
      this.#makeStale(known, family);
      state.retained = true;
      if (!families.includes(family)) this.refreshEnd(peer, family);
    }
  }

  /** Its next session begins. False: what was retained cannot stay, and nothing has changed. */
  resume(peer: PeerIndex, description: PeerDescription): boolean {
    return this.#upPeer(peer).resume(description);
  }

  /** RFC 9494 §4.2: its stale paths are the last choice from now on, or go. */
  longLive(peer: PeerIndex, family: Family): void {
    const known = this.#upPeer(peer);
    const { generation } = known.families[family];
    const revise = (path: number) =>
      generationOf(path) === generation ? path : this.#longLived.mark(path);
    this.#start('long-lived', known, family, revise, false);
  }

  /** It sends all of the family once more, without having been away: what is stale it has not taken back. */
  isRefreshing(peer: PeerIndex, family: Family): boolean {
    const state = this.#peers.get(peer)?.families[family];
    return state !== undefined && state.refreshing > 0 && !state.retained;
  }

  /** At most so many of its paths are stale, or about to go. */
  stale(peer: PeerIndex, family: Family): number {
    const known = this.#peers.get(peer);
    if (!known) return 0;
    const { refreshing, before } = known.families[family];
    const isGoing = () => this.#jobs.has((job) => isOf(job, 'refresh', known, family));
    return refreshing > 0 || isGoing() ? before : 0;
  }

  /** Its paths take part in no decision from now on; `step` takes them away. */
  peerDown(peer: PeerIndex): void {
    const known = this.#upPeer(peer);
    const { columns } = known;
    for (const column of columns) this.table.columns.retire(column);
    this.#jobs.cancel((job) => job.peer === known && job.kind !== 'leave');
    const end = () => {
      for (const column of columns) this.table.columns.give(column);
    };
    // What a lost neighbour leaves behind is what traffic is lost by: nothing else goes before it.
    this.#start('leave', known, undefined, () => NO_PATH, true, end);
    known.columns = [];
    this.#peers.delete(peer);
  }

  /** Changes the import rules of a neighbour that is up; what it sent is judged anew by `step`. */
  setRules(peer: PeerIndex, rules: ImportRules): void {
    const known = this.#upPeer(peer);
    known.rules = rules;
    for (const column of known.columns) this.table.columns.assureAs(column, 0);
    this.rejudge(peer);
  }

  /** The same rules, but something that they ask has other answers now: the RPKI. */
  rejudge(peer: PeerIndex): void {
    const known = this.#upPeer(peer);
    this.#jobs.cancel((job) => job.peer === known && job.kind === 'judge');
    const revise = (path: number, store: Store) => {
      const reason = this.#judge.set(known.rules, attributesOf(path));
      return withReason(path, reason || this.#judge.row(known.rules, store, path));
    };
    this.#start('judge', known, undefined, revise, false, () => this.#assureAs(known));
  }

  /** Does about `budget` rows of what is to be swept; false: there is no more. See `SweepJobs`. */
  step(budget: number): boolean {
    return this.#jobs.step(budget);
  }

  /**
   * Visits up to `budget` prefixes whose best path has changed since they were last visited, those
   * that have none any more first, and each kind in the order in which they changed, the families by
   * turns. `visit` must not change the table, and gets the same object every time. False: there are
   * no more.
   */
  drainChanges(budget: number, visit: (change: Readonly<RouteChange>) => void): boolean {
    for (let left = budget; left > 0 && this.table.queued > 0; left--) {
      if (this.table.nextChange(this.#change)) visit(this.#change);
    }
    return this.table.queued > 0;
  }

  /** All zero while it is down. */
  counts(peer: PeerIndex, family: Family): PathCounts {
    const counts = { received: 0, accepted: 0, best: 0 };
    for (const column of this.#peers.get(peer)?.columns ?? []) {
      counts.received += this.table.columns.received(column, family);
      counts.accepted += this.table.columns.accepted(column, family);
      counts.best += this.table.columns.best(column, family);
    }
    return counts;
  }

  /** Whether its initial routes of the family are complete (RFC 4724 §2). */
  hasEndOfRib(peer: PeerIndex, family: Family): boolean {
    return this.#peers.get(peer)?.families[family].endOfRib ?? false;
  }

  /** Paths that were not kept because the neighbour sent too many for a prefix. */
  overflow(peer: PeerIndex): number {
    return this.#peers.get(peer)?.overflow ?? 0;
  }

  /** All structures held against each other; for tests. */
  checkInvariants(): void {
    this.#attributes.checkInvariants();
    this.table.checkInvariants();
  }

  #known(peer: PeerIndex): RibPeer {
    const known = this.#peers.get(peer);
    if (!known) throw new Error('nobody said who the peer is');
    return known;
  }

  #upPeer(peer: PeerIndex): RibPeer {
    const known = this.#known(peer);
    if (known.columns.length === 0) throw new Error('the peer is not up');
    return known;
  }

  /** What the rules promise of the eligible paths, now that all of them have been judged by these. */
  #assureAs(peer: RibPeer): void {
    for (const column of peer.columns) this.table.columns.assureAs(column, peer.rules.firstAs);
  }

  #start(
    kind: SweepJob['kind'],
    peer: RibPeer,
    family: Family | undefined,
    revise: Revise,
    urgent: boolean,
    end = () => {},
  ): void {
    const { ipv4, ipv6, ipv6Long } = this.table;
    const stores = [ipv4, ipv6, ipv6Long].filter((store) => !family || store.family === family);
    const sweep = new Sweep(this.table, stores, peer.columns, revise, kind === 'leave');
    this.#jobs.add({ kind, peer, family, sweep, end }, urgent);
  }

  /**
   * What the last refresh left goes with what the next one leaves. To finish a walk over the table at
   * every BoRR would let a neighbour that sends markers alone keep us busy with nothing else.
   */
  #postponeSweep(peer: RibPeer, family: Family): void {
    const state = peer.families[family];
    const isGoing = (job: SweepJob) => isOf(job, 'refresh', peer, family);
    if (state.unswept === 0 || !this.#jobs.has(isGoing)) return;
    this.#jobs.cancel(isGoing);
    state.refreshing = state.unswept;
  }

  #makeStale(peer: RibPeer, family: Family): void {
    // A sweep of what the last refresh left must not take what this one makes stale.
    this.#jobs.finish((job) => isOf(job, 'refresh', peer, family));
    peer.families[family].before = this.#received(peer, family);
    peer.beginRefresh(family);
  }

  #received(peer: RibPeer, family: Family): number {
    return peer.columns.reduce((sum, c) => sum + this.table.columns.received(c, family), 0);
  }
}

/** Undefined: there is not that much address space in one piece, and the lane is left out. */
function laneRoom(routeWords: number, attributeWords: number): LaneRoom | undefined {
  const slots = SUB_TABLES * slotRoomOf(attributeWords);
  const payers = attributeWords >>> 5;
  const words = routeWords + (routeWords >>> 6) + attributeWords + payers + slots;
  try {
    return new LaneRoom(words * Int32Array.BYTES_PER_ELEMENT);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
