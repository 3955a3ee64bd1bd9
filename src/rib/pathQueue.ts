/**
 * Changed paths that a reader has yet to be told of, first in first out. What became of one is read
 * from the table in its turn, so that a path that flaps is told as it is then.
 *
 *   ring   a power of two of words, `WIDTH` an entry:
 *          peer | marks (24), length (8) | path identifier | address: 4 words
 *          head ..... tail: the next to come out, and where the next goes in
 */

import type { PeerIndex } from './ribIn.ts';
import { grownRing } from './ring.ts';
import { type PrefixWords, RowPrefix } from './rowPrefix.ts';

const WIDTH = 8;
const FIRST_WORDS = 1 << 13;
/** The ring is given back when it is empty and larger than this. */
const KEPT_WORDS = 1 << 16;

export const ChangeMark = {
  ipv6: 1 << 8,
  /** The path has an identifier (RFC 7911). */
  pathId: 1 << 9,
  /** It took part in decisions before it changed. */
  wasEligible: 1 << 10,
} as const;

export class PathQueue {
  peer = 0 as PeerIndex;
  marks = 0;
  /** As signed. */
  pathId = 0;
  readonly row = new RowPrefix();
  #ring = new Int32Array(FIRST_WORDS);
  #head = 0;
  #tail = 0;

  get size(): number {
    return (this.#tail - this.#head) / WIDTH;
  }

  push(peer: PeerIndex, marks: number, pathId: number, row: PrefixWords): void {
    if (this.#tail - this.#head === this.#ring.length) this.#grow();
    const ring = this.#ring;
    const at = this.#tail & (ring.length - 1);
    ring[at] = peer;
    ring[at + 1] = marks | row.length | (row.family === 'ipv6' ? ChangeMark.ipv6 : 0);
    ring[at + 2] = pathId;
    ring[at + 3] = row.word0;
    ring[at + 4] = row.word1;
    ring[at + 5] = row.word2;
    ring[at + 6] = row.word3;
    this.#tail += WIDTH;
  }

  /** Takes the first out, into the fields; false: there is none. */
  shift(): boolean {
    if (this.#head === this.#tail) return false;
    const ring = this.#ring;
    const at = this.#head & (ring.length - 1);
    const { row } = this;
    this.peer = ring[at]! as PeerIndex;
    this.marks = ring[at + 1]! & ~0xff;
    this.pathId = ring[at + 2]!;
    row.length = ring[at + 1]! & 0xff;
    row.family = (this.marks & ChangeMark.ipv6) !== 0 ? 'ipv6' : 'ipv4';
    row.word0 = ring[at + 3]!;
    row.word1 = ring[at + 4]!;
    row.word2 = ring[at + 5]!;
    row.word3 = ring[at + 6]!;
    this.#head += WIDTH;
    if (this.#head === this.#tail) this.#emptied();
    return true;
  }

  /** Small numbers stay small integers; the queue runs empty all the time. */
  #emptied(): void {
    this.#head = this.#tail = 0;
    if (this.#ring.length > KEPT_WORDS) this.#ring = new Int32Array(FIRST_WORDS);
  }

  #grow(): void {
    const size = this.#tail - this.#head;
    this.#ring = grownRing(this.#ring, this.#head, size);
    this.#head = 0;
    this.#tail = size;
  }
}
