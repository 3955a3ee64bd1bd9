/**
 * ONLY_TO_CUSTOMER (RFC 9234 §5) of stored attribute sets. It has to be added to nearly everything
 * that an upstream sends. Where it would name the AS that the path begins with, which is the
 * neighbour's, the set's class says so, and the octets stay as they came.
 */

import { AttributeCode } from '../wire/constants.ts';
import { uint32 } from '../wire/octets.ts';
import type { AttributeArena } from './attributeArena.ts';
import { findAttribute, valueAt } from './attributeScan.ts';
import { AttributeClass, Fact } from './facts.ts';

/** Whether the set has one, in its octets or by its class. */
export function isOnlyToCustomer(facts: number): boolean {
  return (facts & (Fact.onlyToCustomer | AttributeClass.onlyToCustomer)) !== 0;
}

/** The AS that it names; 0: the set has none. */
export function onlyToCustomerAs(arena: AttributeArena, id: number): number {
  const facts = arena.facts(id);
  if ((facts & Fact.onlyToCustomer) === 0) return impliedOnlyToCustomer(arena, id);
  const start = arena.attributesStart(id);
  const code = AttributeCode.onlyToCustomer;
  const header = findAttribute(arena.octets, start, arena.attributesEnd(id), code);
  return header < 0 ? 0 : uint32(arena.octets, valueAt(arena.octets, header));
}

/** The AS that it names by its class alone; 0: the octets have it, or there is none. */
export function impliedOnlyToCustomer(arena: AttributeArena, id: number): number {
  const facts = arena.facts(id);
  const implied = (facts & AttributeClass.onlyToCustomer) !== 0;
  return implied && (facts & Fact.onlyToCustomer) === 0 ? arena.neighbourAs(id) : 0;
}
