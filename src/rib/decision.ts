/**
 * Which of a row's paths is best (RFC 4271 §9.1.2.2). The RFC's list beside ours:
 *
 *   RFC 9494 §4.3   a path that is not long-lived stale          } `compareKeys`: words of the
 *   §9.1.1          higher degree of preference                  } attribute set, no octets read
 *   §9.1.2.2(a)     shorter AS_PATH, a set counting as one       }
 *            (b)    lower ORIGIN                                 }
 *            (c)    lower MULTI_EXIT_DISC, within a neighbour AS   `decide`: over the whole row
 *            (d)    external before internal                     } `compareTies`: one number a
 *            (e)    lower cost of the next hop                   } column, unless a path has
 *            (f)    lower BGP Identifier, or ORIGINATOR_ID       } been reflected
 *   RFC 4456 §9     shorter CLUSTER_LIST                         }
 *            (g)    lower address of the neighbour               }
 *   RFC 7911        lower path identifier                        }
 *
 * MULTI_EXIT_DISC makes "better" intransitive: a is better than b, b than c, c than a. So a row is
 * decided as the RFC words it, by striking out paths from all that are left, and never as a
 * tournament: the order of arrival makes no difference.
 */

import { AttributeCode } from '../wire/constants.ts';
import { uint32 } from '../wire/octets.ts';
import { type AttributeArena, UNIT_WORDS } from './attributeArena.ts';
import { DEFAULT_LOCAL_PREF, findAttribute, lengthAt, valueAt } from './attributeScan.ts';
import { type Blocks, MAX_COLUMNS } from './blocks.ts';
import { type Columns, compareAddresses } from './columns.ts';
import { AttributeClass, Fact } from './facts.ts';
import { attributesOf, isEligible, LLGR_STALE } from './path.ts';

/** The merit of a path that only `compareKeys` can compare; all others are less. */
export const INTRICATE = 0x1_0000;

const NOT_PLAIN = Fact.originatorId | Fact.clusterList | Fact.llgrStale;
const REFLECTED = Fact.originatorId | Fact.clusterList;

export type KeyStep = 'llgr-stale' | 'local-pref' | 'as-path-length' | 'origin';

export class Decision {
  readonly #arena: AttributeArena;
  readonly #blocks: Blocks;
  readonly #columns: Columns;
  /** Paths of the row that are equal up to (b), and their columns. */
  readonly #paths = new Int32Array(MAX_COLUMNS);
  readonly #at = new Int32Array(MAX_COLUMNS);

  constructor(arena: AttributeArena, blocks: Blocks, columns: Columns) {
    this.#arena = arena;
    this.#blocks = blocks;
    this.#columns = columns;
  }

  /** The column of the best path of the row where `blocks` is, or -1: none is eligible. */
  decide(): number {
    const count = this.#leaders();
    if (count === 0) return -1;
    if (count === 1) return this.#at[0]!;
    let best = -1;
    for (let i = 0; i < count; i++) {
      if (this.#isStruckOut(i, count)) continue;
      if (best < 0 || this.#compare(i, best) < 0) best = i;
    }
    return this.#at[best]!;
  }

  /** Less than 0: `path` is better up to (b); 0: equal that far. */
  compareKeys(path: number, other: number): number {
    const words = this.#arena.words;
    const a = attributesOf(path) * UNIT_WORDS;
    const b = attributesOf(other) * UNIT_WORDS;
    if (a === b && path === other) return 0;
    const stale = this.#isLlgrStale(path, a) - this.#isLlgrStale(other, b);
    if (stale !== 0) return stale;
    const preference = words[a + 2]!;
    const otherPreference = words[b + 2]!;
    if (preference !== otherPreference) return preference >>> 0 > otherPreference >>> 0 ? -1 : 1;
    return (words[a + 3]! & 0xffff) - (words[b + 3]! & 0xffff);
  }

  /** The step up to (b) at which two paths differ; undefined: none. For display. */
  keyStep(path: number, other: number): KeyStep | undefined {
    const words = this.#arena.words;
    const a = attributesOf(path) * UNIT_WORDS;
    const b = attributesOf(other) * UNIT_WORDS;
    if (this.#isLlgrStale(path, a) !== this.#isLlgrStale(other, b)) return 'llgr-stale';
    if (words[a + 2] !== words[b + 2]) return 'local-pref';
    const differ = (words[a + 3]! ^ words[b + 3]!) & 0xffff;
    if (differ > 3) return 'as-path-length';
    return differ > 0 ? 'origin' : undefined;
  }

  /**
   * What `compareKeys` compares, in one number where that is AS_PATH length and ORIGIN alone: the
   * preference is the usual one, nothing is stale or reflected. `INTRICATE` otherwise.
   */
  merit(path: number): number {
    const words = this.#arena.words;
    const at = attributesOf(path) * UNIT_WORDS;
    const plain =
      words[at + 2] === DEFAULT_LOCAL_PREF &&
      (words[at + 5]! & NOT_PLAIN) === 0 &&
      (path & LLGR_STALE) === 0;
    return plain ? words[at + 3]! & 0xffff : INTRICATE;
  }

  /** (d) to (g) and what RFCs put between; less than 0: `path` in `column` is better. */
  compareTies(path: number, column: number, other: number, otherColumn: number): number {
    const arena = this.#arena;
    const [a, b] = [attributesOf(path), attributesOf(other)];
    if (((arena.facts(a) | arena.facts(b)) & REFLECTED) !== 0) {
      const order = this.#compareReflected(a, column, b, otherColumn);
      if (order !== 0) return order;
    } else {
      const order = this.#columns.rank[column]! - this.#columns.rank[otherColumn]!;
      if (order !== 0) return order;
    }
    return this.pathId(a) - this.pathId(b) || column - otherColumn;
  }

  /** The AS whose MULTI_EXIT_DISCs are comparable with this path's. */
  neighbourAs(path: number, column: number): number {
    const first = this.#arena.neighbourAs(attributesOf(path));
    if (first !== 0) return first;
    const owner = this.#columns.owner(column);
    return owner.internal ? 0 : owner.peerAs;
  }

  /** RFC 4271 §9.1.2.2(c): a path without one has the lowest. */
  multiExitDisc(path: number): number {
    const id = attributesOf(path);
    if ((this.#arena.facts(id) & Fact.multiExitDisc) === 0) return 0;
    return this.#word(id, AttributeCode.multiExitDisc) ?? 0;
  }

  /** RFC 4456 §9: ORIGINATOR_ID stands for the identifier of the neighbour. */
  identifier(id: number, column: number): number {
    const reflected = (this.#arena.facts(id) & Fact.originatorId) !== 0;
    const originator = reflected ? this.#word(id, AttributeCode.originatorId) : undefined;
    return originator ?? this.#columns.owner(column).bgpIdentifier;
  }

  /** Octets of CLUSTER_LIST. */
  clusterLength(id: number): number {
    if ((this.#arena.facts(id) & Fact.clusterList) === 0) return 0;
    const header = this.#header(id, AttributeCode.clusterList);
    return header < 0 ? 0 : lengthAt(this.#arena.octets, header);
  }

  /** 0 where the neighbour sends none. */
  pathId(id: number): number {
    if ((this.#arena.facts(id) & AttributeClass.pathId) === 0) return 0;
    return this.#arena.pathId(id);
  }

  /** Collects the eligible paths of the row that are best up to (b). */
  #leaders(): number {
    const blocks = this.#blocks;
    const words = blocks.words;
    const { block } = blocks;
    const columns = blocks.columns(block);
    const paths = blocks.merit() + 1;
    let count = 0;
    for (let slot = 0; slot < columns; slot++) {
      const path = words[paths + slot]!;
      if (!isEligible(path)) continue;
      const column = blocks.columnAt(block, slot);
      if (this.#columns.live[column] === 0) continue;
      const order = count === 0 ? -1 : this.compareKeys(path, this.#paths[0]!);
      if (order > 0) continue;
      if (order < 0) count = 0;
      this.#paths[count] = path;
      this.#at[count++] = column;
    }
    return count;
  }

  /** RFC 4271 §9.1.2.2(c): another path from the same neighbour AS has a lower MULTI_EXIT_DISC. */
  #isStruckOut(i: number, count: number): boolean {
    const path = this.#paths[i]!;
    const neighbourAs = this.neighbourAs(path, this.#at[i]!);
    let med = -1;
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      const other = this.#paths[j]!;
      if (this.neighbourAs(other, this.#at[j]!) !== neighbourAs) continue;
      if (med < 0) med = this.multiExitDisc(path);
      if (med > 0 && this.multiExitDisc(other) < med) return true;
    }
    return false;
  }

  #compare(i: number, j: number): number {
    return this.compareTies(this.#paths[i]!, this.#at[i]!, this.#paths[j]!, this.#at[j]!);
  }

  #compareReflected(a: number, column: number, b: number, otherColumn: number): number {
    const owner = this.#columns.owner(column);
    const other = this.#columns.owner(otherColumn);
    return (
      Number(owner.internal) - Number(other.internal) ||
      owner.nextHopCost - other.nextHopCost ||
      this.identifier(a, column) - this.identifier(b, otherColumn) ||
      this.clusterLength(a) - this.clusterLength(b) ||
      compareAddresses(owner.address, other.address)
    );
  }

  #isLlgrStale(path: number, at: number): number {
    return (path & LLGR_STALE) !== 0 || (this.#arena.words[at + 5]! & Fact.llgrStale) !== 0 ? 1 : 0;
  }

  #word(id: number, code: number): number | undefined {
    const header = this.#header(id, code);
    if (header < 0 || lengthAt(this.#arena.octets, header) !== 4) return undefined;
    return uint32(this.#arena.octets, valueAt(this.#arena.octets, header));
  }

  #header(id: number, code: number): number {
    const start = this.#arena.attributesStart(id);
    return findAttribute(this.#arena.octets, start, this.#arena.attributesEnd(id), code);
  }
}
