/**
 * What the octets of an attribute set say, as one word of bits: whatever a decision or a policy
 * asks of them later, so that they are read once, when the set is first seen. A fact depends on
 * the octets and on who we are, never on the neighbour that sent them.
 *
 *   31        28 27        24 23                     8 7              0
 *   +-----------+------------+------------------------+----------------+
 *   | class (4) | own AS (4) | plain facts            | refusable facts|
 *   +-----------+------------+------------------------+----------------+
 *
 * Bit n of the refusable facts is the refusal reason n + 1 (see `reason.ts`). `own AS` is how often
 * our AS is in the path, saturated. The class says how the octets were to be read.
 */

export const Fact = {
  asPathTooLong: 1 << 0,
  asZero: 1 << 1,
  reservedAs: 1 << 2,
  privateAs: 1 << 3,
  asSet: 1 << 4,
  ownAs: 1 << 5,
  nextHopOurs: 1 << 6,
  onlyToCustomer: 1 << 7,
  llgrStale: 1 << 8,
  noLlgr: 1 << 9,
  gracefulShutdown: 1 << 10,
  blackhole: 1 << 11,
  noExport: 1 << 12,
  noAdvertise: 1 << 13,
  multiExitDisc: 1 << 14,
  originatorId: 1 << 15,
  clusterList: 1 << 16,
  originatorIsUs: 1 << 17,
} as const;

export const REFUSABLE_FACTS = 0xff;

/** How a set's octets are to be read; sets of different classes are never the same set. */
export const AttributeClass = {
  /** AS numbers of two octets (RFC 6793); AS4_PATH may be there. */
  twoOctetAs: 1 << 28,
  /** From a neighbour in our own AS: LOCAL_PREF counts. */
  internal: 1 << 29,
  /** A path identifier of four octets stands before the attributes (RFC 7911). */
  pathId: 1 << 30,
  /**
   * From a provider, a peer or a route server: where there is no OTC, one counts as there that names
   * the AS that the path begins with (RFC 9234 §5).
   */
  onlyToCustomer: 1 << 31,
} as const;

export const CLASS_MASK = 0xf000_0000;

export function ownAsCount(facts: number): number {
  return (facts >>> 24) & 15;
}
