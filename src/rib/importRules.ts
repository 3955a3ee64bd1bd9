/**
 * A neighbour's import policy as numbers, and the verdict on one path by it. `policy/import.ts`
 * makes the numbers from the configuration; here they meet octets. A verdict has two parts: one on
 * the attribute set as it comes from this neighbour, once an UPDATE, and one on the prefix.
 *
 *   ipv4Ranges   address, length, reason      three words a range
 *   ipv4Heads    [first octet]                 1: some range or own prefix begins with it
 *   ipv6Ranges   address (4 words), length, reason
 *   ipv6Heads    [first twelve bits]
 *
 * What is ours is refused; else every prefix within a range, for its reason, the first range that
 * has it deciding. The heads spare nearly all prefixes the search. The ranges are few.
 */

import type { AttributeArena } from './attributeArena.ts';
import { Fact, ownAsCount } from './facts.ts';
import { onlyToCustomerAs } from './onlyToCustomer.ts';
import { agree, coversIpv4, coversIpv6, type OwnPrefixes } from './ownPrefixes.ts';
import { Reason } from './reason.ts';

export interface ImportRules {
  /** Refusable facts that refuse: see `facts.ts`. Our own AS and OTC have their own rules below. */
  readonly refusedFacts: number;
  /** How often our own AS may be in the path. */
  readonly allowOwnAs: number;
  /** The path must begin with this AS; 0: with any. */
  readonly firstAs: number;
  /** RFC 9234 §5: what OTC may say here. A number: this AS alone. */
  readonly onlyToCustomer: 'anything' | 'nothing' | number;
  /** RFC 9234 §5: where OTC is not there, it is added. The same as long as the session lives. */
  readonly addsOnlyToCustomer: boolean;
  /** RFC 6811: whether the RPKI may refuse it. */
  readonly rejectInvalid: boolean;
  readonly accept: 'full' | 'default' | 'none';
  readonly maxLength: { readonly ipv4: number; readonly ipv6: number };
  /** Refused, with all parts of them; undefined: taken from this neighbour. */
  readonly ownPrefixes: OwnPrefixes | undefined;
  readonly ipv4Ranges: Int32Array;
  readonly ipv4Heads: Uint8Array;
  readonly ipv6Ranges: Int32Array;
  readonly ipv6Heads: Uint8Array;
}

export const IPV4_RANGE_WORDS = 3;
export const IPV6_RANGE_WORDS = 6;

/** Whether and why an attribute set is refused, from this neighbour and for any prefix. */
export function judgeSet(rules: ImportRules, arena: AttributeArena, id: number): Reason {
  const facts = arena.facts(id);
  const refused = facts & rules.refusedFacts;
  // The lowest bit is the first reason.
  if (refused !== 0) return (32 - Math.clz32(refused & -refused)) as Reason;
  if (ownAsCount(facts) > rules.allowOwnAs) return Reason.ownAs;
  if ((facts & Fact.originatorIsUs) !== 0) return Reason.originatorLoop;
  if (rules.firstAs !== 0 && arena.neighbourAs(id) !== rules.firstAs) return Reason.firstAs;
  if ((facts & Fact.onlyToCustomer) !== 0 && isLeak(rules, arena, id)) return Reason.routeLeak;
  return Reason.accepted;
}

/** RFC 9234 §5, what is received with OTC. */
function isLeak(rules: ImportRules, arena: AttributeArena, id: number): boolean {
  if (typeof rules.onlyToCustomer === 'string') return rules.onlyToCustomer === 'nothing';
  return onlyToCustomerAs(arena, id) !== rules.onlyToCustomer;
}

/** Whether and why an IPv4 prefix is refused; the address as a signed number. */
export function judgeIpv4(rules: ImportRules, address: number, length: number): Reason {
  if (rules.accept !== 'full') return judgeDefault(rules, length);
  if (rules.ipv4Heads[address >>> 24] !== 0) {
    const { ownPrefixes: own, ipv4Ranges: ranges } = rules;
    if (own && coversIpv4(own, address, length)) return Reason.ownPrefix;
    for (let at = 0; at < ranges.length; at += IPV4_RANGE_WORDS) {
      const bits = ranges[at + 1]!;
      if (bits <= length && agree(ranges[at]!, address, bits)) return ranges[at + 2]! as Reason;
    }
  }
  return length > rules.maxLength.ipv4 ? Reason.tooSpecific : Reason.accepted;
}

/** Whether and why an IPv6 prefix is refused; the address as four signed numbers. */
export function judgeIpv6(
  rules: ImportRules,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  length: number,
): Reason {
  if (rules.accept !== 'full') return judgeDefault(rules, length);
  if (rules.ipv6Heads[word0 >>> 20] !== 0) {
    const { ownPrefixes: own, ipv6Ranges: ranges } = rules;
    if (own && coversIpv6(own, word0, word1, word2, word3, length)) return Reason.ownPrefix;
    for (let at = 0; at < ranges.length; at += IPV6_RANGE_WORDS) {
      const bits = ranges[at + 4]!;
      const within =
        bits <= length &&
        agree(ranges[at]!, word0, bits) &&
        agree(ranges[at + 1]!, word1, bits - 32) &&
        agree(ranges[at + 2]!, word2, bits - 64) &&
        agree(ranges[at + 3]!, word3, bits - 96);
      if (within) return ranges[at + 5]! as Reason;
    }
  }
  return length > rules.maxLength.ipv6 ? Reason.tooSpecific : Reason.accepted;
}

function judgeDefault(rules: ImportRules, length: number): Reason {
  if (rules.accept === 'none') return Reason.acceptNone;
  return length === 0 ? Reason.accepted : Reason.notDefault;
}
