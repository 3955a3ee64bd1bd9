/**
 * The fast lane: a small WebAssembly program (`src/rib/lane`) that takes in UPDATEs which announce routes with
 * attribute sets that are known or plain, and prefixes of all others, in the very arrays that this folder
 * keeps. It takes what is easy and leaves the rest to us; whether it is there or not makes no other difference.
 *
 *   octets of a read ─► window ─► take ─► (an UPDATE that is not easy) ─► feed ─► announce ─► take ..
 */

import type { Family } from '../net/family.ts';
import { MAX_EXTENDED_MESSAGE_LENGTH, MAX_MESSAGE_LENGTH } from '../wire/constants.ts';
import type { LocalIdentity } from './attributeScan.ts';
import type { AttributeTable } from './attributeTable.ts';
import { Fact, REFUSABLE_FACTS } from './facts.ts';
import type { ImportJudge } from './importJudge.ts';
import type { ImportRules } from './importRules.ts';
import type { Room } from './memory.ts';
import { attributesOf, makePath } from './path.ts';
import { Reason } from './reason.ts';
import type { RibPeer } from './ribPeer.ts';
import type { RouteTable } from './routeTable.ts';
import { instantiate, type LaneModule, type LaneProgram, sharedMemory } from './webAssembly.ts';

/** The octets that a connection has at once, and some more that are read and not used. */
const WINDOW = 128 * 1024;
const WINDOW_SLACK = 64;
/** Attributes of a group that have to be put together take no more than the octets that they are in. */
const SCRATCH = WINDOW;
/** Of a group: see `lane/group.ts`. */
const GROUP_WORDS = 64 * 9 + 512 * 6;
const PEER_WORDS = 16;
const IPV4_HEADS = 256;
const IPV6_HEADS = 4096;
const OWN_ENDS = 256;
/** For all small arrays. */
const SMALL_OCTETS = 1 << 20;

const FAMILY_NUMBER = { ipv4: 0, ipv6: 1 } as const;

/** One memory for the arrays of a RIB and for the lane. */
export class LaneRoom implements Room {
  readonly memory: { readonly buffer: SharedArrayBuffer };
  #end = 64;

  /** `octets` of large arrays. Throws RangeError when there is no address space. */
  constructor(octets: number) {
    this.memory = sharedMemory(octets + SMALL_OCTETS);
  }

  words(count: number): Int32Array {
    return new Int32Array(this.memory.buffer, this.#take(count * 4), count);
  }

  octets(count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.#take(count), count);
  }

  /** Each array begins a cache line. */
  #take(octets: number): number {
    const start = this.#end;
    this.#end = (start + octets + 63) & ~63;
    return start;
  }
}

export class Lane {
  /** UPDATEs that the last `take` took in. */
  taken = 0;
  readonly #table: RouteTable;
  readonly #judge: ImportJudge;
  readonly #program: LaneProgram;
  readonly #window: Uint8Array;
  readonly #peerWords: Int32Array;
  readonly #ipv4Heads: Uint8Array;
  readonly #ipv6Heads: Uint8Array;
  readonly #ownEnds: Uint8Array;
  readonly #local: LocalIdentity;
  /** Whose octets are in the window, where they are otherwise, and the rules that were written down for them. */
  #peer: RibPeer | undefined;
  #bytes: Uint8Array | undefined;
  #rules: ImportRules | undefined;

  constructor(
    module: LaneModule,
    room: LaneRoom,
    table: RouteTable,
    judge: ImportJudge,
    local: LocalIdentity,
  ) {
    this.#table = table;
    this.#judge = judge;
    this.#local = local;
    this.#window = room.octets(WINDOW);
    const peer = room.octets(PEER_WORDS * 4 + IPV4_HEADS + IPV6_HEADS + OWN_ENDS);
    this.#peerWords = new Int32Array(peer.buffer, peer.byteOffset, PEER_WORDS);
    const heads = PEER_WORDS * 4;
    this.#ipv4Heads = peer.subarray(heads, heads + IPV4_HEADS);
    this.#ipv6Heads = peer.subarray(heads + IPV4_HEADS, heads + IPV4_HEADS + IPV6_HEADS);
    this.#ownEnds = peer.subarray(heads + IPV4_HEADS + IPV6_HEADS);
    const scratch = room.octets(SCRATCH);
    const group = room.words(GROUP_WORDS);
    this.#program = instantiate(module, room.memory, {
      settle: (family, word0, word1, word2, word3, length, path) =>
        this.#settle(nameOf(family), word0, word1, word2, word3, length, path),
      judge: (family, word0, word1, word2, word3, length, path) =>
        this.#reason(nameOf(family), word0, word1, word2, word3, length, path),
    });
    const places = placesOf(table, table.attributes);
    const own = [peer.byteOffset, scratch.byteOffset, group.byteOffset];
    const bound = room.words(places.length + own.length);
    bound.set([...places, ...own]);
    this.#program.bind(bound.byteOffset);
  }

  /** Octets at `start..end` have come from the neighbour. False: the lane is not for them. */
  arrive(peer: RibPeer, bytes: Uint8Array, start: number, end: number): boolean {
    this.#peer = this.#bytes = undefined;
    if (this.#isHeard || !isEasy(peer) || end > WINDOW - WINDOW_SLACK) return false;
    this.#peer = peer;
    this.#bytes = bytes;
    this.#rules = peer.rules;
    this.#window.set(bytes.subarray(start, end), start);
    this.#describe(peer);
    this.#program.arrive(this.#window.byteOffset + end);
    return true;
  }

  /** Whether the window has what is in `bytes`, and what was written down of the neighbour still counts. */
  has(peer: RibPeer, bytes: Uint8Array): boolean {
    const isIts = this.#bytes === bytes && this.#peer === peer && this.#rules === peer.rules;
    return isIts && !this.#isHeard;
  }

  /** Somebody wants to be told of changes, which the lane does not do. */
  get #isHeard(): boolean {
    return this.#table.tracked || this.#table.observer !== undefined;
  }

  /**
   * Takes in UPDATEs from `start` on, of octets that have arrived; returns where the first one begins
   * that it did not take. `families`: those that the session carries. Throws RibFullError.
   */
  take(peer: RibPeer, families: readonly Family[], start: number): number {
    const words = this.#peerWords;
    words[2] = families.reduce((bits, family) => bits | (1 << FAMILY_NUMBER[family]), 0);
    // What was left to us may have begun a refresh, or have brought a path that begins elsewhere.
    words[3] = makePath(0, peer.families.ipv4.generation, Reason.accepted);
    words[4] = makePath(0, peer.families.ipv6.generation, Reason.accepted);
    words[6] = peer.sentAs;
    const base = this.#window.byteOffset;
    try {
      return this.#program.take(base + start) - base;
    } catch (error) {
      // A set that it has just put in, of whose prefixes none found room.
      this.#table.attributes.discard(this.#program.lastSet());
      throw error;
    } finally {
      this.taken = this.#program.taken();
    }
  }

  /**
   * The prefixes at `start..end` of what has arrived get this path, but for a reason that its own prefix
   * may be. They are well formed. Throws RibFullError; those before the one that did not fit are in
   * the table then.
   */
  announce(family: Family, start: number, end: number, path: number): void {
    const base = this.#window.byteOffset;
    this.#program.announce(FAMILY_NUMBER[family], base + start, base + end, path);
  }

  /** The words of `lane/peer.ts`. */
  #describe(peer: RibPeer): void {
    const { rules, description } = peer;
    const { context, peerAs } = description;
    const words = this.#peerWords;
    words[0] = peer.attributeClass;
    words[1] = peer.columns[0]!;
    // Where OTC is added it names the AS that the path begins with: nothing to add if that is the peer's.
    words[5] = rules.firstAs || (rules.addsOnlyToCustomer ? peerAs : 0);
    words[7] = (rules.refusedFacts & REFUSABLE_FACTS) | Fact.originatorIsUs | Fact.onlyToCustomer;
    words[8] = rules.allowOwnAs;
    const settled = this.#judge.isByLength(rules);
    words[9] = settled ? rules.maxLength.ipv4 : -1;
    words[10] = settled ? rules.maxLength.ipv6 : -1;
    words[11] = context.extendedMessages ? MAX_EXTENDED_MESSAGE_LENGTH : MAX_MESSAGE_LENGTH;
    words[12] = this.#local.asn;
    this.#ownEnds.set(this.#local.addresses.ends);
    this.#ipv4Heads.set(rules.ipv4Heads);
    this.#ipv6Heads.set(rules.ipv6Heads);
  }

  #settle(
    family: Family,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    length: number,
    path: number,
  ): void {
    const table = this.#table;
    const store = table.place(family, word0, word1, word2, word3, length);
    if (table.setPath(store, this.#peer!.columns[0]!, path) === 1) {
      table.attributes.retain(attributesOf(path), 1);
    }
  }

  #reason(
    family: Family,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    length: number,
    path: number,
  ): Reason {
    const { rules } = this.#peer!;
    if (family === 'ipv4') return this.#judge.ipv4(rules, path, word0, length);
    return this.#judge.ipv6(rules, path, word0, word1, word2, word3, length);
  }
}

/**
 * Path identifiers are none of the lane's. Nor are AS numbers of two octets: an AS4_PATH may be kept as it
 * is and count as a fault all the same (RFC 6793 §6), so that each one has to be judged.
 */
function isEasy({ columns, description: { context } }: RibPeer): boolean {
  return (
    columns.length === 1 && context.fourOctetAs && !context.addPath.ipv4 && !context.addPath.ipv6
  );
}

function nameOf(family: number): Family {
  return family === FAMILY_NUMBER.ipv4 ? 'ipv4' : 'ipv6';
}

/** What `lane/memory.ts` binds, up to the lane's own arrays. */
function placesOf(
  { blocks, ipv4, ipv6, columns }: RouteTable,
  attributes: AttributeTable,
): number[] {
  const { memory } = blocks;
  const { free } = memory;
  const { arena } = attributes;
  return [
    ...[memory.words.byteOffset, memory.words.length, memory.state.byteOffset],
    ...[free.first.byteOffset, free.filled.byteOffset],
    ...[free.starts.byteOffset, free.units.byteOffset],
    ...[ipv4.top, ipv4.counted.byteOffset, ipv6.counted.byteOffset, ipv6.fences.state.byteOffset],
    ...[columns.live.byteOffset, columns.rank.byteOffset],
    ...[columns.alone.byteOffset, columns.counts.byteOffset],
    ...[arena.words.byteOffset, attributes.slots.byteOffset],
    ...[attributes.slotCounts.byteOffset, attributes.slotRoom, attributes.slotsUsed.byteOffset],
    ...[attributes.factorA, attributes.factorB, arena.state.byteOffset, arena.units],
    ...[arena.payers.byteOffset, arena.paid.byteOffset],
    ...[arena.freeEntries.first.byteOffset, arena.freeEntries.filled.byteOffset],
  ];
}
