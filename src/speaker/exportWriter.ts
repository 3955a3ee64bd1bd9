/**
 * What an export group's receivers are sent, a prefix at a time: compares what they have with what
 * they are to have and gathers the difference as messages. Members and their pace are the group's.
 *
 *   row ─► best path ─► verdict ─► compare with Adj-RIB-Out ─► batch ─► take ─► one chunk for all
 */

import type { Family } from '../net/family.ts';
import { type ExportRefusal, refusalOfLength, refusalOfSet } from '../policy/exportLearned.ts';
import { type AdjRibOutTable, ALONE } from '../rib/adjRibOutTable.ts';
import { bestSetOf, mayLookAlike, preferenceOf } from '../rib/bestSet.ts';
import { MAX_COLUMNS } from '../rib/blocks.ts';
import { EligiblePaths } from '../rib/eligiblePaths.ts';
import { AttributeClass } from '../rib/facts.ts';
import { impliedOnlyToCustomer } from '../rib/onlyToCustomer.ts';
import type { RouteTable } from '../rib/routeTable.ts';
import type { PrefixWords } from '../rib/rowPrefix.ts';
import { OWN_PATH_ID } from '../wire/nlri.ts';
import { OutgoingAttributes } from '../wire/outgoingAttributes.ts';
import { type Chunk, UpdateBatch } from '../wire/updateBatch.ts';
import type { ExportTerms } from './exportTerms.ts';

/** The batch takes no more: `take` it and come again. */
const FULL = 'full';
/** Sets whose verdict is remembered; refused ones take no room in the batch. */
const MAX_VERDICTS = 8192;

export class ExportWriter {
  readonly #table: RouteTable;
  readonly #out: AdjRibOutTable;
  readonly #terms: ExportTerms;
  readonly #isOwn: (row: PrefixWords) => boolean;
  readonly #tooLarge: () => void;
  readonly #outgoing: OutgoingAttributes;
  readonly #batch: UpdateBatch;
  readonly #eligible: EligiblePaths;
  /** Columns that a prefix is advertised in. */
  readonly #columns = new Int32Array(MAX_COLUMNS + 1);
  /** Of this batch: attribute id -> its set in the batch, or why it is not sent. */
  readonly #verdicts = new Map<number, number | ExportRefusal>();

  constructor(
    table: RouteTable,
    out: AdjRibOutTable,
    terms: ExportTerms,
    isOwn: (row: PrefixWords) => boolean,
    tooLarge: () => void,
  ) {
    this.#table = table;
    this.#out = out;
    this.#terms = terms;
    this.#isOwn = isOwn;
    this.#tooLarge = tooLarge;
    this.#outgoing = new OutgoingAttributes(terms.encoding);
    this.#batch = new UpdateBatch(terms.encoding.context);
    this.#eligible = new EligiblePaths(table);
  }

  /** Whether its receivers are sent all paths that there are, and not the best one alone. */
  sendsEveryPath(family: Family): boolean {
    return this.#terms.encoding.context.addPath[family];
  }

  /**
   * Brings the prefix to what its best path, or all of its paths, are now; false: the batch is full,
   * and what could not be done is still to be done.
   */
  bring(row: PrefixWords): boolean {
    if (this.sendsEveryPath(row.family)) {
      return this.#withdrawPaths(row) && this.#announcePaths(row);
    }
    const best = bestSetOf(this.#table, row);
    const verdict = best === 0 ? undefined : this.#verdict(row, best);
    if (verdict === FULL) return false;
    if (typeof verdict === 'number') return this.#announce(row, best, verdict);
    if (this.#out.advertised(row) === 0) return true;
    return this.#withdraw(row, ALONE);
  }

  /**
   * The same on a walk over the table, which stands at the row and has `best` there: what is to be
   * withdrawn is left to the queues, because only they are told to everybody.
   */
  fill(row: PrefixWords, best: number): boolean {
    if (this.sendsEveryPath(row.family)) {
      this.#eligible.read(row);
      return this.#announcePaths(row);
    }
    const verdict = best === 0 ? undefined : this.#verdict(row, best);
    if (verdict === FULL) return false;
    return typeof verdict !== 'number' || this.#announce(row, best, verdict);
  }

  /**
   * Announces again what is advertised in the columns from `from` on, for those who do not have it.
   * Returns the column to go on from when the batch has been taken; undefined: that was all.
   */
  repeat(row: PrefixWords, from: number): number | undefined {
    const count = this.#out.columnsOf(row, this.#columns);
    for (let i = 0; i < count; i++) {
      const column = this.#columns[i] ?? ALONE;
      if (column < from) continue;
      const verdict = this.#setVerdict(this.#out.advertised(row, column));
      if (verdict === FULL) return column;
      if (typeof verdict !== 'number') continue;
      if (!this.#batch.announce(verdict, row, pathIdOf(column))) return column;
    }
    return undefined;
  }

  /** Whether the prefix may not be sent with this set, as far as can be told without encoding it. */
  refuses(row: PrefixWords, set: number): boolean {
    return this.#refusal(row) !== undefined || this.#refusalOfSet(set) !== undefined;
  }

  /** Why the prefix is not sent; undefined: it is, or there is no best path. For people. */
  refusal(row: PrefixWords): ExportRefusal | undefined {
    const best = bestSetOf(this.#table, row);
    if (best === 0) return undefined;
    return this.#refusal(row) ?? this.#refusalOfSet(best) ?? this.#refusalOfOctets(best);
  }

  /** What was gathered since; undefined: nothing. */
  take(): Chunk | undefined {
    this.#verdicts.clear();
    if (this.#batch.octets > 0) return this.#batch.encode();
    this.#batch.clear();
    return undefined;
  }

  #announce(row: PrefixWords, best: number, set: number, column = ALONE): boolean {
    const before = this.#out.advertised(row, column);
    if (before === best) return true;
    // RFC 4271 §9.2: what would say the same again is not sent.
    const same = this.#looksLike(before, best, set);
    if (!same && !this.#batch.announce(set, row, pathIdOf(column))) return false;
    this.#out.advertise(row, best, column);
    return true;
  }

  #withdraw(row: PrefixWords, column: number): boolean {
    if (!this.#batch.withdraw(row.family, row, pathIdOf(column))) return false;
    this.#out.advertise(row, 0, column);
    return true;
  }

  /** Withdraws every path that is gone or must not be sent; leaves those there are in `#eligible`. */
  #withdrawPaths(row: PrefixWords): boolean {
    const eligible = this.#eligible;
    eligible.read(row);
    const count = this.#out.columnsOf(row, this.#columns);
    for (let i = 0; i < count; i++) {
      const column = this.#columns[i] ?? ALONE;
      const set = eligible.setOf(column);
      if (set !== 0 && set === this.#out.advertised(row, column) && !this.#refusal(row)) continue;
      const verdict = set === 0 ? undefined : this.#verdict(row, set);
      if (verdict === FULL) return false;
      if (typeof verdict !== 'number' && !this.#withdraw(row, column)) return false;
    }
    return true;
  }

  /** Announces the paths in `#eligible` that receivers do not have so. */
  #announcePaths(row: PrefixWords): boolean {
    const { columns, sets, count } = this.#eligible;
    for (let i = 0; i < count; i++) {
      const [column, set] = [columns[i] ?? ALONE, sets[i] ?? 0];
      if (this.#out.advertised(row, column) === set) continue;
      const verdict = this.#verdict(row, set);
      if (verdict === FULL) return false;
      if (typeof verdict === 'number' && !this.#announce(row, set, verdict, column)) return false;
    }
    return true;
  }

  #looksLike(before: number, best: number, set: number): boolean {
    const { arena } = this.#table.attributes;
    if (before === 0 || !mayLookAlike(arena, before, best) || !this.#convert(before)) return false;
    return this.#batch.isSet(set, this.#outgoing);
  }

  #verdict(row: PrefixWords, set: number): number | ExportRefusal | typeof FULL {
    return this.#refusal(row) ?? this.#setVerdict(set);
  }

  #setVerdict(set: number): number | ExportRefusal | typeof FULL {
    const known = this.#verdicts.get(set);
    if (known !== undefined) return known;
    if (this.#verdicts.size >= MAX_VERDICTS) return FULL;
    const verdict =
      this.#refusalOfSet(set) ?? this.#refusalOfOctets(set) ?? this.#batch.addSet(this.#outgoing);
    if (verdict === -1) return FULL;
    if (verdict === 'too-large') this.#tooLarge();
    this.#verdicts.set(set, verdict);
    return verdict;
  }

  #refusal(row: PrefixWords): ExportRefusal | undefined {
    return (
      refusalOfLength(this.#terms.policy, row.length) ??
      (this.#isOwn(row) ? 'own-prefix' : undefined)
    );
  }

  #refusalOfSet(set: number): ExportRefusal | undefined {
    return refusalOfSet(this.#terms.policy, this.#table.attributes.arena, set);
  }

  /** Leaves the outgoing attributes in `#outgoing` if there is nothing against them. */
  #refusalOfOctets(set: number): ExportRefusal | undefined {
    if (!this.#convert(set)) return 'no-next-hop';
    return this.#batch.fits(this.#outgoing) ? undefined : 'too-large';
  }

  #convert(set: number): boolean {
    const { arena } = this.#table.attributes;
    return this.#outgoing.convert(
      arena.octets,
      arena.attributesStart(set),
      arena.attributesEnd(set),
      (arena.facts(set) & AttributeClass.twoOctetAs) !== 0,
      preferenceOf(arena, set),
      impliedOnlyToCustomer(arena, set),
    );
  }
}

/**
 * RFC 7911 §3: what tells the paths to a prefix apart. A path keeps its column, and with it its
 * identifier, as long as its neighbour announces it; our own route has the first.
 */
function pathIdOf(column: number): number {
  return OWN_PATH_ID + 1 + column;
}
