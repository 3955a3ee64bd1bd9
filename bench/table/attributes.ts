/** Attribute sets (RFC 4271 §4.3) drawn from a seed in the proportions of a profile. */

import type { FamilyProfile } from './profile.ts';
import { drawFrom, type Random } from './random.ts';

/** Path attribute type codes. */
export const Attribute = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  med: 4,
  atomicAggregate: 6,
  aggregator: 7,
  communities: 8,
  mpReach: 14,
  largeCommunities: 32,
} as const;

const WELL_KNOWN = 0x40;
const OPTIONAL = 0x80;
const OPTIONAL_TRANSITIVE = 0xc0;
const EXTENDED_LENGTH = 0x10;

const AS_SEQUENCE = 2;
/** Means "a number of four octets" to speakers of two (RFC 6793); nobody's own. */
const AS_TRANS = 23456;

/** One attribute with its header. */
export function attribute(flags: number, type: number, value: readonly number[]): number[] {
  const { length } = value;
  if (length < 256) return [flags, type, length, ...value];
  return [flags | EXTENDED_LENGTH, type, length >>> 8, length & 255, ...value];
}

/** `nextHop`: four octets for a NEXT_HOP in the sets; empty for IPv6, where MP_REACH_NLRI has it. */
export function attributeSets(
  count: number,
  peerAs: number,
  nextHop: readonly number[],
  profile: FamilyProfile,
  random: Random,
): Uint8Array[] {
  const share = (of: number) => random.bits() < of * 2 ** 32;
  const pathLength = drawFrom(profile.pathLengths, random);
  const communities = drawFrom(profile.communities, random);
  const largeCommunities = drawFrom(profile.largeCommunities, random);
  const values = (many: number, value: () => number[]) =>
    Array.from({ length: many }, value).flat();
  return Array.from({ length: count }, () => {
    const path = asPath(peerAs, pathLength(), random);
    const origin = path.slice(-4);
    const set = [
      ...attribute(WELL_KNOWN, Attribute.origin, [share(profile.incomplete) ? 2 : 0]),
      ...attribute(WELL_KNOWN, Attribute.asPath, [AS_SEQUENCE, path.length / 4, ...path]),
    ];
    if (nextHop.length > 0) set.push(...attribute(WELL_KNOWN, Attribute.nextHop, nextHop));
    if (share(profile.med)) {
      set.push(...attribute(OPTIONAL, Attribute.med, four(random.below(200))));
    }
    if (share(profile.atomicAggregate)) {
      set.push(...attribute(WELL_KNOWN, Attribute.atomicAggregate, []));
    }
    if (share(profile.aggregator)) {
      const by = [...origin, ...four(random.bits())];
      set.push(...attribute(OPTIONAL_TRANSITIVE, Attribute.aggregator, by));
    }
    const tags = values(communities(), () => four((peerAs << 16) | random.below(5000)));
    if (tags.length > 0) set.push(...attribute(OPTIONAL_TRANSITIVE, Attribute.communities, tags));
    const large = values(largeCommunities(), () => [
      ...[...four(peerAs), ...four(random.below(100)), ...four(random.below(100_000))],
    ]);
    if (large.length > 0) {
      set.push(...attribute(OPTIONAL_TRANSITIVE, Attribute.largeCommunities, large));
    }
    return Uint8Array.from(set);
  });
}

/** The neighbour first. Every fifth path or so repeats a hop, as prepending does. */
function asPath(peerAs: number, hops: number, random: Random): number[] {
  const path = [peerAs];
  while (path.length < hops) {
    const last = path[path.length - 1]!;
    path.push(path.length > 1 && random.below(20) === 0 ? last : hop(random));
  }
  return path.flatMap(four);
}

function hop(random: Random): number {
  const asn = 1000 + random.below(60_000);
  return asn === AS_TRANS ? AS_TRANS + 1 : asn;
}

export function four(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
