/**
 * Reads ahead of the UPDATEs that are about to be fed: what they will need of attribute sets and of
 * routes is brought from memory into the caches, for many of them at once. An UPDATE that is fed
 * alone waits for memory four times in a row, and that takes longer than all the work on it.
 *
 *   starts, ends, hashes, firsts, families   [update]   its attributes, their hash, its first prefix
 *                                            families   0: its routes are IPv4, 1: IPv6
 *
 * Nothing is changed here, and nothing that is found is believed: the octets are not judged yet and
 * may be no UPDATEs at all. It is where the intake looks first.
 */

import { HEADER_LENGTH } from '../wire/constants.ts';
import { MIN_UPDATE_LENGTH, messageLength } from '../wire/header.ts';
import { uint16 } from '../wire/octets.ts';
import type { AttributeTable } from './attributeTable.ts';
import { ReachAhead } from './reachAhead.ts';
import type { RouteTable } from './routeTable.ts';
import { Ipv4RowsAhead, Ipv6RowsAhead } from './rowsAhead.ts';

/** A group is so large that its waiting is shared by many, and so small that it stays in a cache. */
const UPDATES = 64;
const PREFIXES = 256;

const NOTHING = new Uint8Array(0);

export class Lookahead {
  /** Of the UPDATE that `find` found: the hash of its attributes. */
  hash = 0;
  /** Of the same: the row of its n-th prefix is to be looked for at `rows[first + n]`. */
  first = 0;
  readonly ipv4: Ipv4RowsAhead;
  readonly ipv6: Ipv6RowsAhead;
  readonly #attributes: AttributeTable;
  readonly #reach = new ReachAhead();
  readonly #starts = new Int32Array(UPDATES);
  readonly #ends = new Int32Array(UPDATES);
  readonly #hashes = new Int32Array(UPDATES);
  readonly #firsts = new Int32Array(UPDATES);
  readonly #families = new Uint8Array(UPDATES);
  #updates = 0;
  /** The UPDATE of the group that is expected next. */
  #next = 0;
  /** The messages that are not in the group yet, of a neighbour of this class. */
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  #end = 0;
  #attributeClass = 0;
  /** What was read, kept so that no compiler finds the reads useless. */
  #read = 0;

  constructor({ attributes, ipv4, ipv6 }: Pick<RouteTable, 'attributes' | 'ipv4' | 'ipv6'>) {
    this.#attributes = attributes;
    this.ipv4 = new Ipv4RowsAhead(ipv4);
    this.ipv6 = new Ipv6RowsAhead(ipv6);
  }

  /** Messages at `start..end` are going to be fed in their order. */
  expect(bytes: Uint8Array, start: number, end: number, attributeClass: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#attributeClass = attributeClass;
    this.#updates = this.#next = 0;
  }

  /**
   * Finds the UPDATE with attributes at `start..end` and routes in MP_REACH_NLRI or in the NLRI
   * field; false: nothing is known of it.
   */
  find(bytes: Uint8Array, start: number, end: number, multiprotocol: boolean): boolean {
    if (bytes !== this.#bytes) return false;
    if (this.#next === this.#updates && this.#at < start) this.#readGroup();
    while (this.#next < this.#updates && this.#starts[this.#next]! < start) this.#next++;
    const next = this.#next;
    if (next === this.#updates || this.#starts[next] !== start) return false;
    if (this.#ends[next] !== end || this.#families[next] !== Number(multiprotocol)) return false;
    this.hash = this.#hashes[next]!;
    this.first = this.#firsts[next]!;
    this.#next++;
    return true;
  }

  /** Each line is short loops of their own: a processor waits for as many reads as it can foresee. */
  #readGroup(): void {
    this.#collect();
    this.#read ^= this.#attributes.fetchSlots(this.#hashes, this.#updates);
    this.#read ^= this.ipv4.fetchBlocks() ^ this.ipv6.fetchBlocks();
    this.#read ^= this.#attributes.fetchSets(this.#hashes, this.#updates);
    this.#read ^= this.ipv4.seek() ^ this.ipv6.seek();
  }

  #collect(): void {
    const bytes = this.#bytes;
    const { ipv4, ipv6 } = this;
    this.#updates = this.#next = ipv4.count = ipv6.count = 0;
    let at = this.#at;
    while (at + HEADER_LENGTH <= this.#end && this.#updates < UPDATES) {
      const next = at + messageLength(bytes, at);
      if (next < at + HEADER_LENGTH || next > this.#end) break;
      if (ipv4.count + ipv6.count >= PREFIXES) break;
      this.#collectUpdate(at, next);
      at = next;
    }
    // Where nothing can be made of the octets, nothing more is expected of them.
    this.#at = at > this.#at ? at : this.#end;
  }

  #collectUpdate(messageStart: number, messageEnd: number): void {
    const bytes = this.#bytes;
    const start = messageStart + MIN_UPDATE_LENGTH + uint16(bytes, messageStart + HEADER_LENGTH);
    if (start >= messageEnd) return;
    const end = start + uint16(bytes, start - 2);
    if (end < messageEnd) {
      this.#file(start, end, 0, this.ipv4.count, bytes, start, end);
      this.ipv4.collect(bytes, end, messageEnd);
      return;
    }
    const reach = this.#reach;
    if (end > messageEnd || !reach.read(bytes, start, end)) return;
    this.#file(start, end, 1, this.ipv6.count, reach.set, 0, reach.setEnd);
    this.ipv6.collect(bytes, reach.nlriStart, reach.nlriEnd);
  }

  /** `first`: its first prefix; the set to be hashed is at `from..to` of `set`. */
  #file(
    start: number,
    end: number,
    family: 0 | 1,
    first: number,
    set: Uint8Array,
    from: number,
    to: number,
  ): void {
    const update = this.#updates++;
    this.#starts[update] = start;
    this.#ends[update] = end;
    this.#families[update] = family;
    this.#firsts[update] = first;
    this.#hashes[update] = this.#attributes.hashOf(set, from, to, this.#attributeClass);
  }
}
