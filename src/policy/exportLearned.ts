/**
 * Whether a best path may be passed on to a kind of neighbour, and if not, why: safe by default, and
 * only for neighbours that are not upstreams.
 */

import type { LearnedReceiver } from '../config/config.ts';
import { counterpartOf, isUpOrAcross, type Role } from '../net/role.ts';
import type { AttributeArena } from '../rib/attributeArena.ts';
import { findAttribute, lengthAt, valueAt } from '../rib/attributeScan.ts';
import { AttributeClass, Fact } from '../rib/facts.ts';
import { isOnlyToCustomer } from '../rib/onlyToCustomer.ts';
import { pathContains } from '../wire/asPath.ts';
import { AttributeCode } from '../wire/constants.ts';
import { uint32 } from '../wire/octets.ts';

/** What of a receiver's configuration decides what it is sent. */
export interface ExportPolicy {
  readonly export: 'all' | 'default' | 'own';
  /** In our own AS. */
  readonly internal: boolean;
  readonly peerAs: number;
  /** RFC 9234: what the receiver is; undefined: no role is said. */
  readonly role: Role | undefined;
  /** It has said that it knows of long-lived stale routes (RFC 9494). */
  readonly longLived: boolean;
}

export type ExportRefusal =
  | 'own-prefix'
  | 'export-own'
  | 'not-default'
  | 'as-set'
  | 'no-advertise'
  | 'no-export'
  | 'blackhole'
  | 'nopeer'
  | 'from-internal'
  | 'only-to-customer'
  | 'receiver-in-path'
  | 'llgr-stale'
  | 'no-next-hop'
  | 'too-large';

/** In words: what `show` prints. */
export const EXPORT_REFUSAL_TEXTS: Readonly<Record<ExportRefusal, string>> = {
  'own-prefix': 'the prefix is ours: our own route is sent, never a learned one',
  'export-own': 'this neighbour is sent our own prefixes alone',
  'not-default': 'of what was learned, this neighbour is sent the default route alone',
  'as-set': 'the path has an AS_SET in it: it goes to nobody (RFC 9774)',
  'no-advertise': 'NO_ADVERTISE: it goes to nobody (RFC 1997)',
  'no-export': 'NO_EXPORT or NO_EXPORT_SUBCONFED: it stays inside of our AS (RFC 1997)',
  blackhole: 'BLACKHOLE: it stays inside of our AS (RFC 7999)',
  nopeer: 'NOPEER: it does not go to peers (RFC 3765)',
  'from-internal': 'it came from inside of our AS, and this neighbour is there too (RFC 4271 §9.2)',
  'only-to-customer':
    'ONLY_TO_CUSTOMER: it came from a provider or a peer, and goes to no other (RFC 9234)',
  'receiver-in-path': "the neighbour's AS is in the path: it would drop it as a loop",
  'llgr-stale':
    'it is long-lived stale, and this neighbour has not said that it knows what that is (RFC 9494)',
  'no-next-hop': 'there is no next hop that this neighbour could be told',
  'too-large': 'its attributes leave no room for a prefix in a message to this neighbour',
};

const NO_EXPORT_SUBCONFED = 0xffffff03;
const NOPEER = 0xffffff04;

export function exportPolicy(receiver: LearnedReceiver, longLived: boolean): ExportPolicy {
  const internal = receiver.kind === 'internal';
  const sent = internal ? 'all' : receiver.export;
  const role = receiver.role && counterpartOf(receiver.role.is);
  return { export: sent, internal, peerAs: receiver.asn, role, longLived };
}

/** What the length of a prefix says; `undefined` here and below: nothing against it. */
export function refusalOfLength(policy: ExportPolicy, length: number): ExportRefusal | undefined {
  if (policy.export === 'own') return 'export-own';
  return policy.export === 'default' && length > 0 ? 'not-default' : undefined;
}

/** What an attribute set says, for any prefix. */
export function refusalOfSet(
  { internal, peerAs, role, longLived }: ExportPolicy,
  arena: AttributeArena,
  id: number,
): ExportRefusal | undefined {
  const facts = arena.facts(id);
  // RFC 9774 §3, wherever it was let in.
  if ((facts & Fact.asSet) !== 0) return 'as-set';
  if ((facts & Fact.noAdvertise) !== 0) return 'no-advertise';
  // RFC 9494 §4.3: to nobody who would take it for any other route.
  if (!longLived && (facts & Fact.llgrStale) !== 0) return 'llgr-stale';
  if (internal) return (facts & AttributeClass.internal) !== 0 ? 'from-internal' : undefined;
  if ((facts & Fact.noExport) !== 0) return 'no-export';
  if (hasCommunity(arena, id, NO_EXPORT_SUBCONFED)) return 'no-export';
  // RFC 7999 §3.2: as if NO_EXPORT were beside it.
  if ((facts & Fact.blackhole) !== 0) return 'blackhole';
  if (role === 'peer' && hasCommunity(arena, id, NOPEER)) return 'nopeer';
  // RFC 9234 §5.
  if (isUpOrAcross(role) && isOnlyToCustomer(facts)) return 'only-to-customer';
  return passedBy(arena, id, peerAs) ? 'receiver-in-path' : undefined;
}

function hasCommunity(arena: AttributeArena, id: number, community: number): boolean {
  const { octets } = arena;
  const header = attributeOf(arena, id, AttributeCode.communities);
  if (header < 0) return false;
  const end = valueAt(octets, header) + lengthAt(octets, header);
  for (let at = valueAt(octets, header); at < end; at += 4) {
    if (uint32(octets, at) === community) return true;
  }
  return false;
}

/** Whether the AS is in the path; one of more than two octets may be in AS4_PATH alone. */
function passedBy(arena: AttributeArena, id: number, asn: number): boolean {
  const twoOctet = (arena.facts(id) & AttributeClass.twoOctetAs) !== 0;
  if (pathHas(arena, id, AttributeCode.asPath, twoOctet ? 2 : 4, asn)) return true;
  return twoOctet && pathHas(arena, id, AttributeCode.as4Path, 4, asn);
}

function pathHas(
  arena: AttributeArena,
  id: number,
  code: number,
  width: 2 | 4,
  asn: number,
): boolean {
  const { octets } = arena;
  const header = attributeOf(arena, id, code);
  if (header < 0) return false;
  const start = valueAt(octets, header);
  return pathContains(octets, start, start + lengthAt(octets, header), width, asn);
}

function attributeOf(arena: AttributeArena, id: number, code: number): number {
  return findAttribute(arena.octets, arena.attributesStart(id), arena.attributesEnd(id), code);
}
