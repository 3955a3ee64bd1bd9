/** The way of an UPDATE's routes into the table, one prefix after another. */

import type { Family } from '../net/family.ts';
import { firstAs } from '../wire/asPath.ts';
import { AttributeCode } from '../wire/constants.ts';
import { NlriCursor } from '../wire/nlri.ts';
import type { UpdateView } from '../wire/update.ts';
import type { AttributeTable } from './attributeTable.ts';
import { SetContents } from './contents.ts';
import { AttributeClass } from './facts.ts';
import type { ImportJudge } from './importJudge.ts';
import type { Lane } from './lane.ts';
import { Lookahead } from './lookahead.ts';
import { attributesOf, generationOf, isEligible, makePath, NO_PATH } from './path.ts';
import { Reason } from './reason.ts';
import type { RibPeer } from './ribPeer.ts';
import type { RouteTable } from './routeTable.ts';
import { ROOM } from './rowsAhead.ts';

export class Intake {
  readonly #table: RouteTable;
  readonly #attributes: AttributeTable;
  readonly #judge: ImportJudge;
  readonly #cursor = new NlriCursor();
  readonly #contents = new SetContents();
  readonly #lookahead: Lookahead;
  readonly #lane: Lane | undefined;
  /** References to the set at hand that paths have taken. */
  #taken = 0;

  constructor(table: RouteTable, judge: ImportJudge, lane?: Lane) {
    this.#table = table;
    this.#attributes = table.attributes;
    this.#judge = judge;
    this.#lookahead = new Lookahead(table);
    this.#lane = lane;
  }

  /** UPDATEs that the last `takeEasy` took in. */
  get easyTaken(): number {
    return this.#lane?.taken ?? 0;
  }

  /** Messages at `start..end` of the neighbour are going to be fed. */
  lookAhead(peer: RibPeer, bytes: Uint8Array, start: number, end: number): void {
    if (this.#lane?.arrive(peer, bytes, start, end)) return;
    // With path identifiers, prefixes are where a group would not look for them.
    if (peer.description.context.addPath.ipv4) return;
    this.#lookahead.expect(bytes, start, end, peer.attributeClass);
  }

  /** As `RibIn` has it. */
  takeEasy(peer: RibPeer, bytes: Uint8Array, start: number, families: readonly Family[]): number {
    const lane = this.#lane;
    return lane?.has(peer, bytes) ? lane.take(peer, families, start) : start;
  }

  /** The prefixes at `start..end` are withdrawn. */
  withdraw(peer: RibPeer, bytes: Uint8Array, start: number, end: number, family: Family): void {
    const table = this.#table;
    const cursor = this.#cursor;
    const addPath = peer.description.context.addPath[family];
    cursor.reset(bytes, start, end, family, addPath);
    while (cursor.next()) {
      const { word0, word1, word2, word3, length } = cursor;
      const store = table.find(family, word0, word1, word2, word3, length);
      if (!store) continue;
      const column = addPath ? this.#columnOf(peer, cursor.pathId) : peer.columns[0]!;
      if (column < 0) continue;
      table.setPath(store, column, NO_PATH);
      table.sweepRow(store);
    }
  }

  /**
   * The prefixes at `start..end` are announced: in MP_REACH_NLRI or in the NLRI field. Throws
   * RibFullError; those before the one that did not fit are in the table then.
   */
  announce(
    peer: RibPeer,
    bytes: Uint8Array,
    start: number,
    end: number,
    family: Family,
    update: UpdateView,
    multiprotocol: boolean,
  ): void {
    this.#contents.take(bytes, update, multiprotocol);
    if (peer.rules.addsOnlyToCustomer) this.#addOnlyToCustomer(peer, bytes, update);
    this.#attributes.arena.payer = peer.columns[0]!;
    const addPath = peer.description.context.addPath[family];
    this.#cursor.reset(bytes, start, end, family, addPath);
    if (this.#lane?.has(peer, bytes)) {
      this.#announceInLane(this.#lane, peer, start, end, family);
      return;
    }
    if (!addPath) {
      const { attributesStart, attributesEnd } = update;
      const ahead = this.#lookahead.find(bytes, attributesStart, attributesEnd, multiprotocol);
      this.#announceAll(peer, family, ahead);
      return;
    }
    while (this.#cursor.next()) this.#announceWithId(peer, family);
  }

  /** RFC 9234 §5: it names the neighbour's AS, which only an unusual path does not begin with. */
  #addOnlyToCustomer(peer: RibPeer, bytes: Uint8Array, update: UpdateView): void {
    if (update.has(AttributeCode.onlyToCustomer)) return;
    const { peerAs, context } = peer.description;
    const path = update.valueStart(AttributeCode.asPath);
    const end = update.attributeEnd(AttributeCode.asPath);
    if (context.fourOctetAs && firstAs(bytes, path, end, 4) === peerAs) return;
    this.#contents.addOnlyToCustomer(peerAs);
  }

  #announceInLane(lane: Lane, peer: RibPeer, start: number, end: number, family: Family): void {
    const attributes = this.#attributes;
    const { bytes, start: from, end: to } = this.#contents;
    const id = attributes.intern(bytes, from, to, peer.attributeClass, 0);
    try {
      const path = this.#pathOf(peer, family, id);
      lane.announce(family, start, end, path);
    } finally {
      attributes.discard(id);
    }
  }

  /** What each prefix of an UPDATE with this set gets, but for a reason that its own prefix may be. */
  #pathOf(peer: RibPeer, family: Family, id: number): number {
    this.#noteFirstAs(peer, id);
    const reason = this.#judge.set(peer.rules, id);
    return makePath(id, peer.families[family].generation, reason);
  }

  /**
   * `ahead`: the lookahead has found the UPDATE, and its hash is that of the set, unless it lost an
   * attribute or was given one.
   */
  #announceAll(peer: RibPeer, family: Family, ahead: boolean): void {
    const attributes = this.#attributes;
    const { bytes, start, end } = this.#contents;
    const { attributeClass } = peer;
    const id = ahead
      ? attributes.internHashed(this.#lookahead.hash, bytes, start, end, attributeClass)
      : attributes.intern(bytes, start, end, attributeClass, 0);
    const path = this.#pathOf(peer, family, id);
    this.#taken = 0;
    try {
      const first = ahead ? this.#lookahead.first : ROOM;
      if (family === 'ipv4') this.#announceIpv4(peer, path, first);
      else this.#announceIpv6(peer, path, first);
    } finally {
      if (this.#taken > 0) attributes.retain(id, this.#taken);
      else attributes.discard(id);
    }
  }

  /**
   * `path` is what each prefix gets, but for a reason that its own prefix may be. `first`: where the
   * lookahead has the row of the first prefix.
   */
  #announceIpv4(peer: RibPeer, path: number, first: number): void {
    const table = this.#table;
    const store = table.ipv4;
    const column = peer.columns[0]!;
    const refused = !isEligible(path);
    const judge = this.#judge;
    const { rules } = peer;
    const heads = rules.ipv4Heads;
    const longest = judge.isByLength(rules) ? rules.maxLength.ipv4 : -1;
    const cursor = this.#cursor;
    const { rows } = this.#lookahead.ipv4;
    for (let at = first; cursor.next(); at++) {
      const { word0, length } = cursor;
      const guess = at < ROOM ? rows[at]! : 0;
      if (!store.find(word0, length, guess)) store.insert(word0, length);
      // Of nearly every prefix this much says that it is accepted.
      const settled = refused || (length <= longest && heads[word0 >>> 24] === 0);
      const reason = settled ? Reason.accepted : judge.ipv4(rules, path, word0, length);
      this.#taken += table.setPath(store, column, path | reason);
    }
  }

  #announceIpv6(peer: RibPeer, path: number, first: number): void {
    const table = this.#table;
    const judge = this.#judge;
    const cursor = this.#cursor;
    const column = peer.columns[0]!;
    const refused = !isEligible(path);
    const { rows } = this.#lookahead.ipv6;
    for (let at = first; cursor.next(); at++) {
      const { word0, word1, word2, word3, length } = cursor;
      const store = table.ipv6StoreOf(length);
      const guess = at < ROOM ? rows[at]! : 0;
      if (!store.find(word0, word1, word2, word3, length, guess)) store.insert(length);
      const reason = refused
        ? Reason.accepted
        : judge.ipv6(peer.rules, path, word0, word1, word2, word3, length);
      this.#taken += table.setPath(store, column, path | reason);
    }
  }

  /** RFC 7911: the path identifier is part of the attribute set here, and finds the column. */
  #announceWithId(peer: RibPeer, family: Family): void {
    const { word0, word1, word2, word3, length, pathId } = this.#cursor;
    const table = this.#table;
    const attributes = this.#attributes;
    const { bytes, start, end } = this.#contents;
    const id = attributes.intern(
      bytes,
      start,
      end,
      peer.attributeClass | AttributeClass.pathId,
      pathId,
    );
    try {
      const store = table.place(family, word0, word1, word2, word3, length);
      const column = this.#columnFor(peer, family, pathId);
      if (column < 0) {
        peer.overflow++;
        table.sweepRow(store);
        return;
      }
      this.#noteFirstAs(peer, id);
      const { rules } = peer;
      let path = makePath(id, peer.families[family].generation, this.#judge.set(rules, id));
      if (isEligible(path)) path |= this.#judge.row(rules, store, path);
      if (table.setPath(store, column, path) === 1) attributes.retain(id, 1);
    } finally {
      attributes.discard(id);
    }
  }

  /** Before a path with this set is compared: which ASs can be in which columns. */
  #noteFirstAs(peer: RibPeer, id: number): void {
    if (peer.sentAs === 0) return;
    const first = this.#attributes.arena.neighbourAs(id);
    if (first === peer.sentAs || first === 0) return;
    peer.sentAs = 0;
    for (const column of peer.columns) this.#table.columns.distrustAs(column);
  }

  /**
   * The column for a path with this identifier at the found row; -1: all are taken by others. What is
   * stale makes room: a neighbour that has restarted may number its paths anew, and those that were
   * not kept would be missing when the stale ones go (RFC 4724 §4.2).
   */
  #columnFor(peer: RibPeer, family: Family, pathId: number): number {
    const column = this.#columnOf(peer, pathId);
    if (column >= 0) return column;
    const { blocks } = this.#table;
    const free = peer.columns.find((other) => blocks.path(other) === NO_PATH);
    if (free !== undefined) return free;
    const { generation } = peer.families[family];
    return peer.columns.find((other) => generationOf(blocks.path(other)) !== generation) ?? -1;
  }

  /** The column that has a path with this identifier at the found row, or -1. */
  #columnOf(peer: RibPeer, pathId: number): number {
    for (const column of peer.columns) {
      const path = this.#table.blocks.path(column);
      if (path === NO_PATH) continue;
      if (this.#attributes.arena.pathId(attributesOf(path)) === pathId) return column;
    }
    return -1;
  }
}
