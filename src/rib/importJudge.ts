/** Applies import rules to paths: the attribute set and the prefix together, and what the RPKI says. */

import type { Family } from '../net/family.ts';
import type { AttributeArena } from './attributeArena.ts';
import { originAs } from './attributeScan.ts';
import { AttributeClass } from './facts.ts';
import { type ImportRules, judgeIpv4, judgeIpv6, judgeSet } from './importRules.ts';
import { attributesOf } from './path.ts';
import { Reason } from './reason.ts';
import type { Store } from './routeTable.ts';

/** RFC 6811: whether the RPKI has the route as Invalid. The address is four signed numbers. */
export type OriginIsInvalid = (
  family: Family,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  length: number,
  originAs: number,
) => boolean;

export class ImportJudge {
  readonly #arena: AttributeArena;
  readonly #originIsInvalid: OriginIsInvalid | undefined;

  constructor(arena: AttributeArena, originIsInvalid: OriginIsInvalid | undefined) {
    this.#arena = arena;
    this.#originIsInvalid = originIsInvalid;
  }

  /** Whether a prefix with none of the rules' heads is judged by its length alone. */
  isByLength({ accept, rejectInvalid }: ImportRules): boolean {
    return accept === 'full' && !(rejectInvalid && this.#originIsInvalid);
  }

  /** The attribute set alone: once an UPDATE is enough. */
  set(rules: ImportRules, id: number): Reason {
    return judgeSet(rules, this.#arena, id);
  }

  /** The prefix, for a path whose attribute set is accepted. */
  ipv4(rules: ImportRules, path: number, word0: number, length: number): Reason {
    const reason = judgeIpv4(rules, word0, length);
    if (reason !== Reason.accepted || !rules.rejectInvalid) return reason;
    return this.#byOrigin(path, 'ipv4', word0, 0, 0, 0, length);
  }

  ipv6(
    rules: ImportRules,
    path: number,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    length: number,
  ): Reason {
    const reason = judgeIpv6(rules, word0, word1, word2, word3, length);
    if (reason !== Reason.accepted || !rules.rejectInvalid) return reason;
    return this.#byOrigin(path, 'ipv6', word0, word1, word2, word3, length);
  }

  /** The prefix of the row where the store is, in the same way. */
  row(rules: ImportRules, store: Store, path: number): Reason {
    if (store.family === 'ipv4') return this.ipv4(rules, path, store.word0(), store.length());
    const [a, b, c, d] = [store.word(0), store.word(1), store.word(2), store.word(3)];
    return this.ipv6(rules, path, a, b, c, d, store.length());
  }

  #byOrigin(
    path: number,
    family: Family,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    length: number,
  ): Reason {
    const isInvalid = this.#originIsInvalid;
    if (!isInvalid) return Reason.accepted;
    const origin = this.#originAs(attributesOf(path));
    const invalid = isInvalid(family, word0, word1, word2, word3, length, origin);
    return invalid ? Reason.rpkiInvalid : Reason.accepted;
  }

  #originAs(id: number): number {
    const arena = this.#arena;
    const size = (arena.facts(id) & AttributeClass.twoOctetAs) !== 0 ? 2 : 4;
    return originAs(arena.octets, arena.attributesStart(id), arena.attributesEnd(id), size);
  }
}
