/** Prefixes of both families that wait their turn, those of one kind first in first out. */

import { PrefixQueue } from './prefixQueue.ts';
import { type PrefixWords, RowPrefix } from './rowPrefix.ts';

const NARROW_LENGTH = 64;

export class PendingPrefixes {
  /** The queues by width of the address, and which is asked next: none starves the others. */
  readonly #queues = [new PrefixQueue(1), new PrefixQueue(2), new PrefixQueue(4)] as const;
  #turn = 0;
  readonly #head = new RowPrefix();
  /** Whether `#head` has been taken out of its queue and not been dropped. */
  #headed = false;

  get size(): number {
    const [ipv4, ipv6, ipv6Long] = this.#queues;
    return ipv4.size + ipv6.size + ipv6Long.size + (this.#headed ? 1 : 0);
  }

  push({ family, word0, word1, word2, word3, length }: PrefixWords): void {
    const [ipv4, ipv6, ipv6Long] = this.#queues;
    if (family === 'ipv4') ipv4.push(word0, 0, 0, 0, length);
    else if (length <= NARROW_LENGTH) ipv6.push(word0, word1, 0, 0, length);
    else ipv6Long.push(word0, word1, word2, word3, length);
  }

  /** The first prefix, valid until `drop`; undefined: there is none. */
  first(): PrefixWords | undefined {
    for (let i = 0; i < this.#queues.length && !this.#headed; i++) {
      this.#headed = this.#shift(this.#turn);
      this.#turn = (this.#turn + 1) % this.#queues.length;
    }
    return this.#headed ? this.#head : undefined;
  }

  /** Takes the first prefix out. */
  drop(): void {
    this.#headed = false;
  }

  #shift(index: number): boolean {
    const queue = this.#queues[index];
    if (!queue?.shift()) return false;
    const head = this.#head;
    head.family = index === 0 ? 'ipv4' : 'ipv6';
    // A queue of short addresses never writes the words that it has none of.
    head.word0 = queue.word0;
    head.word1 = queue.word1;
    head.word2 = queue.word2;
    head.word3 = queue.word3;
    head.length = queue.length;
    return true;
  }
}
