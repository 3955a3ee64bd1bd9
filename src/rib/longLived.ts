/** Makes paths long-lived stale (RFC 9494 §4.2): their sets get LLGR_STALE, which goes out with them. */

import { AttributeCode, AttributeFlag } from '../wire/constants.ts';
import { octets16, putUint32 } from '../wire/octets.ts';
import { NOBODY } from './attributeArena.ts';
import { findAttribute, LLGR_STALE_COMMUNITY, lengthAt, valueAt } from './attributeScan.ts';
import type { AttributeTable } from './attributeTable.ts';
import { CLASS_MASK, Fact } from './facts.ts';
import { RibFullError } from './memory.ts';
import { attributesOf, LLGR_STALE, NO_PATH, withAttributes } from './path.ts';

/** What the community may add: itself, and the header of an attribute of its own. */
const ROOM = 8;
/** What `AttributeTable.intern` takes. */
const MAX_OCTETS = 65531;

export class LongLived {
  readonly #attributes: AttributeTable;
  #octets = new Uint8Array(4096);

  constructor(attributes: AttributeTable) {
    this.#attributes = attributes;
  }

  /**
   * The path as it is when it is long-lived stale; `NO_PATH`: it must not be, or there is no room.
   * A reference to its set is still to be taken.
   */
  mark(path: number): number {
    const { arena } = this.#attributes;
    const id = attributesOf(path);
    const facts = arena.facts(id);
    // RFC 9494 §4.2: with NO_LLGR it goes when the restart time is over.
    if ((facts & Fact.noLlgr) !== 0) return NO_PATH;
    if ((facts & Fact.llgrStale) !== 0) return path | LLGR_STALE;
    const end = this.#withCommunity(
      arena.octets,
      arena.attributesStart(id),
      arena.attributesEnd(id),
    );
    if (end > MAX_OCTETS) return NO_PATH;
    // Its neighbour has paid for what it is made from; who was fed last has nothing to do with it.
    arena.payer = NOBODY;
    try {
      const marked = this.#attributes.intern(
        this.#octets,
        0,
        end,
        facts & CLASS_MASK,
        arena.pathId(id),
      );
      return withAttributes(path, marked) | LLGR_STALE;
    } catch (error) {
      if (error instanceof RibFullError) return NO_PATH;
      throw error;
    }
  }

  /** Copies the set at `start..end` with LLGR_STALE; returns where the copy ends. */
  #withCommunity(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start + ROOM;
    if (this.#octets.length < length) this.#octets = new Uint8Array(length);
    const octets = this.#octets;
    const header = findAttribute(bytes, start, end, AttributeCode.communities);
    if (header < 0) {
      octets.set(bytes.subarray(start, end));
      return this.#append(end - start, OPTIONAL_TRANSITIVE, 4);
    }
    const value = valueAt(bytes, header);
    const after = value + lengthAt(bytes, header);
    // The attribute moves to the end, where it may grow.
    octets.set(bytes.subarray(start, header));
    octets.set(bytes.subarray(after, end), header - start);
    const at = end - start - (after - header);
    const flags = bytes[header]! | AttributeFlag.extendedLength;
    octets.set([flags, AttributeCode.communities, ...octets16(after - value + 4)], at);
    octets.set(bytes.subarray(value, after), at + 4);
    putUint32(octets, at + 4 + after - value, LLGR_STALE_COMMUNITY);
    return at + 8 + after - value;
  }

  #append(at: number, flags: number, length: number): number {
    this.#octets.set([flags, AttributeCode.communities, length], at);
    putUint32(this.#octets, at + 3, LLGR_STALE_COMMUNITY);
    return at + 3 + length;
  }
}

const OPTIONAL_TRANSITIVE = AttributeFlag.optional | AttributeFlag.transitive;
