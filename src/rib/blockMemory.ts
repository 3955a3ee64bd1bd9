/**
 * One flat memory for the blocks of both families and for the directories that point to them, given
 * out in pieces of a size class each.
 *
 *   word 0, 1   never given out, so that 0 is no piece
 *   .. top      pieces, in use and free ones (`freePieces.ts`)
 *   top ..      not in use
 */

import { FreePieces, UNIT_WORDS } from './freePieces.ts';
import { APART, RibFullError, type Room } from './memory.ts';
import { sizeClassOf, unitsOf } from './sizeClass.ts';

/** Free pieces are joined only when they are this part of all. */
const FREE_SHARE = 8;
/** By what factor the top must have risen since they were joined last: rare enough to be cheap. */
const JOIN_GROWTH = 1.2;
/** Words; of less memory joining is not worth it. */
const JOIN_FROM = 1 << 16;

/** Where in `state` each of its words is. */
const [TOP, PEAK, JOIN_AT, IN_USE, STATE_WORDS] = [0, 1, 2, 3, 4] as const;

export class BlockMemory {
  readonly room: Room;
  readonly words: Int32Array;
  readonly free: FreePieces;
  /**
   * The top; the highest that it ever was; how high it is when free pieces are joined the next time;
   * words in use.
   */
  readonly state: Int32Array;

  constructor(words: number, room: Room = APART) {
    this.room = room;
    this.words = room.words(words);
    this.free = new FreePieces(this.words, room);
    this.state = room.words(STATE_WORDS);
    this.state[TOP] = this.state[PEAK] = UNIT_WORDS;
    this.state[JOIN_AT] = JOIN_FROM;
  }

  get wordsInUse(): number {
    return this.state[IN_USE]!;
  }

  /** What the memory costs the process. */
  get octetsTouched(): number {
    return this.state[PEAK]! * 4;
  }

  /** At least `count` words, not cleared. Throws RibFullError. */
  allocate(count: number): number {
    const sizeClass = classOfWords(count);
    const size = wordsOf(sizeClass);
    const at = this.free.take(sizeClass) || this.#beyondFree(sizeClass, size);
    this.state[IN_USE]! += size;
    return at;
  }

  /** Takes back what `allocate` gave for a count of this class. */
  release(at: number, sizeClass: number): void {
    this.free.put(at, unitsOf(sizeClass));
    this.state[IN_USE]! -= wordsOf(sizeClass);
  }

  checkInvariants(): void {
    const top = this.state[TOP]!;
    const free = this.free.checkInvariants(top);
    if (top > this.state[PEAK]!) throw new Error('the top is higher than it ever was');
    if (free + this.wordsInUse + UNIT_WORDS !== top) {
      throw new Error(`${top} words, but ${free} free and ${this.wordsInUse} in use`);
    }
  }

  /** No free piece is large enough: from what joining them makes, or from above the top. */
  #beyondFree(sizeClass: number, size: number): number {
    const { state } = this;
    const top = state[TOP]!;
    const full = top + size > this.words.length;
    if (full || (top >= state[JOIN_AT]! && this.free.size * FREE_SHARE >= top)) {
      const joined = this.free.join(top);
      state[TOP] = joined;
      state[JOIN_AT] = Math.max(JOIN_FROM, joined * JOIN_GROWTH);
      const piece = this.free.take(sizeClass);
      if (piece !== 0) return piece;
    }
    const at = state[TOP]!;
    if (at + size > this.words.length) throw new RibFullError('no room for more routes');
    state[TOP] = at + size;
    state[PEAK] = Math.max(state[PEAK]!, at + size);
    return at;
  }
}

export function classOfWords(count: number): number {
  return sizeClassOf((count + UNIT_WORDS - 1) >>> 1);
}

/** The words of a piece of this class. */
export function wordsOf(sizeClass: number): number {
  return unitsOf(sizeClass) * UNIT_WORDS;
}
