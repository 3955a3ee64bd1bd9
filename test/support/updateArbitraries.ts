/** Routes and path attributes as fast-check draws them: everything that the encoders take. */

import fc from 'fast-check';
import { addressFromOctets, type IpAddress } from '../../src/net/address.ts';
import { type Community, collectCommunities } from '../../src/net/community.ts';
import type { Family } from '../../src/net/family.ts';
import type { PathAttributes } from '../../src/wire/attributeEncode.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { prefixFromBits, type Route } from './routes.ts';

const uint32 = fc.nat(0xffff_ffff);
const asn = fc.oneof(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff_ffff }));

export const family: fc.Arbitrary<Family> = fc.constantFrom('ipv4', 'ipv6');

export function routeOf(family: Family, addPath: boolean): fc.Arbitrary<Route> {
  const size = family === 'ipv4' ? 32 : 128;
  const bits = fc.string({ unit: fc.constantFrom('0', '1'), minLength: size, maxLength: size });
  return fc
    .record({ bits, length: fc.nat(size), pathId: uint32 })
    .map(({ bits, length, pathId }) => {
      const prefix = prefixFromBits(family, bits, length);
      return addPath ? { prefix, pathId } : { prefix };
    });
}

/** Any routes of one family. */
export const routes = fc
  .record({ family, addPath: fc.boolean() })
  .chain(({ family, addPath }) =>
    fc
      .array(routeOf(family, addPath), { maxLength: 20 })
      .map((list) => ({ family, addPath, list })),
  );

export const context: fc.Arbitrary<CodecContext> = fc.record({
  fourOctetAs: fc.boolean(),
  addPath: fc.record({ ipv4: fc.boolean(), ipv6: fc.boolean() }),
  extendedMessages: fc.boolean(),
  extendedNextHop: fc.constant(false),
  internal: fc.boolean(),
});

/** The address of a host. */
export function nextHopOf(family: Family): fc.Arbitrary<IpAddress> {
  const size = family === 'ipv4' ? 4 : 16;
  return fc
    .tuple(fc.integer({ min: 1, max: 223 }), fc.uint8Array({ minLength: size, maxLength: size }))
    .map(([first, octets]) => addressFromOctets(Uint8Array.of(first, ...octets.slice(1))));
}

const community: fc.Arbitrary<Community> = fc.oneof(
  fc.record({ kind: fc.constant('standard' as const), value: uint32 }),
  fc.record({ kind: fc.constant('extended' as const), value: fc.bigInt(0n, (1n << 64n) - 1n) }),
  fc.record({ kind: fc.constant('large' as const), value: fc.tuple(uint32, uint32, uint32) }),
);

/** LOCAL_PREF exactly where the session is internal, or a neighbour would discard it. */
export function attributesOf(family: Family, internal: boolean): fc.Arbitrary<PathAttributes> {
  return fc.record({
    origin: fc.nat(2),
    asPath: fc.oneof(
      { weight: 4, arbitrary: fc.array(asn, { maxLength: 6 }) },
      fc.array(asn, { minLength: 250, maxLength: 520 }),
    ),
    nextHop: nextHopOf(family),
    med: fc.option(uint32, { nil: undefined }),
    localPref: internal ? uint32 : fc.constant(undefined),
    communities: fc.array(community, { maxLength: 40 }).map(collectCommunities),
    onlyToCustomer: fc.option(uint32, { nil: undefined }),
  });
}
