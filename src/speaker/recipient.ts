/**
 * A member as its export group sees it: the chunks that wait for it, how far its own walk over the
 * Adj-RIB-Out has come, and whether End-of-RIB is still due.
 *
 *   in step    it has everything that the group has sent, and is given what the group sends next
 *   walking    it joined late, fell behind or asked for a refresh: it has what is before its walk's
 *              place, and is given changes, but not the table that the group is filling
 */

import type { Family } from '../net/family.ts';
import type { TableWalk } from '../rib/tableWalk.ts';
import type { ExportMember, RoomWanted } from '../session/exportMember.ts';
import { CHUNK_OCTETS, type Chunk } from '../wire/updateBatch.ts';

/** A withdrawal never has more than this before it in the socket. */
const ROOM = 128 * 1024;
/** So much of the table may wait for it before it has to walk by itself. */
const LAG = 256 * 1024;
/** So much may wait in all. */
const MOST_WAITING = 64 * 1024 * 1024;
/** What keeping a chunk costs beside its octets: many small ones must not go uncounted. */
const CHUNK_COST = 256;

export class Recipient {
  readonly name: string;
  /** Undefined: in step. */
  walk: TableWalk | undefined;
  owesEndOfRib = true;
  /** Refreshes whose end it is to be told, once its walk is over. */
  readonly refreshing = new Set<Family>();
  readonly #member: ExportMember;
  /** Chunks that wait, from `#next` on; the ones before are gone. */
  #waiting: Chunk[] = [];
  #next = 0;
  #octets = 0;
  #over = false;
  #repeatsOwn = false;

  constructor(name: string, member: ExportMember, walk: TableWalk | undefined) {
    this.name = name;
    this.#member = member;
    this.walk = walk;
  }

  /** Octets that are kept for it here, beside those that wait in the socket. */
  get waiting(): number {
    return this.#octets;
  }

  /** Whether a chunk of any size may be made for it. */
  get ready(): boolean {
    return !this.#over && this.#octets === 0 && this.#member.unsent <= ROOM - CHUNK_OCTETS;
  }

  /** Whether more of the table than is good for it waits for it already. */
  get lags(): boolean {
    return this.#octets > LAG;
  }

  /** Writes the chunk, or keeps it until there is room; false: it is given up now. */
  give(chunk: Chunk): boolean {
    if (this.#over) return true;
    if (this.#octets === 0 && this.#write(chunk)) return true;
    this.#waiting.push(chunk);
    this.#octets += chunk.octets.length + CHUNK_COST;
    if (this.#octets <= MOST_WAITING) return true;
    this.giveUp('unread');
    return false;
  }

  /** What it asked for again has been given; the end is told when nothing of that waits any more. */
  endRefresh(): void {
    if (this.#over || this.#octets > 0) return;
    for (const family of this.refreshing) this.#member.refreshEnded(family);
    this.refreshing.clear();
  }

  /** Its own routes are to be sent again when nothing waits for it any more. */
  repeatOwn(): void {
    if (this.#octets > 0) this.#repeatsOwn = true;
  }

  /** Its socket has taken something. */
  drained(): void {
    for (let chunk = this.#waiting[this.#next]; chunk; chunk = this.#waiting[this.#next]) {
      if (!this.#write(chunk)) break;
      this.#next++;
      this.#octets -= chunk.octets.length + CHUNK_COST;
    }
    this.#compact();
    if (this.#octets === 0 && !this.walk) this.endRefresh();
    if (this.#octets > 0 || !this.#repeatsOwn) return;
    this.#repeatsOwn = false;
    this.#member.repeatOwn();
  }

  giveUp(want: RoomWanted): void {
    this.close();
    this.#member.overwhelmed(want);
  }

  /** A bug of ours: what it has been sent is not known any more. */
  breakOff(error: unknown): void {
    this.close();
    this.#member.broken(error);
  }

  /** Nothing is written from now on. */
  close(): void {
    this.#over = true;
    this.#waiting = [];
    this.#next = this.#octets = 0;
    this.walk = undefined;
  }

  #write({ octets, messages }: Chunk): boolean {
    if (this.#member.unsent + octets.length > ROOM) return false;
    this.#member.write(octets, messages);
    return true;
  }

  /** Lets go of the chunks that were written: other members may have long been done with them. */
  #compact(): void {
    if (this.#next * 2 < this.#waiting.length) return;
    this.#waiting.splice(0, this.#next);
    this.#next = 0;
  }
}
