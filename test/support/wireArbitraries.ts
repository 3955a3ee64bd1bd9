/** Messages as fast-check draws them: everything that the encoders take. */

import fc from 'fast-check';
import type { Capability } from '../../src/wire/capability.ts';
import { CapabilityCode } from '../../src/wire/constants.ts';
import type { NotificationMessage } from '../../src/wire/notification.ts';
import type { OpenMessage } from '../../src/wire/open.ts';

const uint8 = fc.nat(0xff);
const uint16 = fc.nat(0xffff);
const uint32 = fc.nat(0xffff_ffff);
const afiSafi = { afi: uint16, safi: uint8 };
const known: readonly number[] = Object.values(CapabilityCode);

function list<T>(entry: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(entry, { maxLength: 20 });
}

/** Text that decoding leaves as it is, at most 60 octets. */
const name = fc.string({ unit: fc.constantFrom(...'abcz019-._é日🚀'), maxLength: 15 });

export const capability: fc.Arbitrary<Capability> = fc.oneof(
  fc.record({ kind: fc.constant('multiprotocol' as const), ...afiSafi }),
  fc.constantFrom<Capability>(
    { kind: 'routeRefresh' },
    { kind: 'enhancedRouteRefresh' },
    { kind: 'extendedMessage' },
  ),
  fc.record({ kind: fc.constant('fourOctetAs' as const), asn: uint32 }),
  fc.record({
    kind: fc.constant('extendedNextHop' as const),
    entries: list(fc.record({ afi: uint16, safi: uint16, nextHopAfi: uint16 })),
  }),
  fc.record({ kind: fc.constant('role' as const), role: uint8 }),
  fc.record({
    kind: fc.constant('gracefulRestart' as const),
    restarting: fc.boolean(),
    notification: fc.boolean(),
    restartTime: fc.nat(4095),
    entries: list(fc.record({ ...afiSafi, forwarding: fc.boolean() })),
  }),
  fc.record({
    kind: fc.constant('longLivedGracefulRestart' as const),
    entries: list(fc.record({ ...afiSafi, forwarding: fc.boolean(), staleTime: fc.nat(0xffffff) })),
  }),
  fc.record({
    kind: fc.constant('addPath' as const),
    entries: list(fc.record({ ...afiSafi, sendReceive: fc.integer({ min: 1, max: 3 }) })),
  }),
  fc.record({ kind: fc.constant('fqdn' as const), host: name, domain: name }),
  fc.record({ kind: fc.constant('softwareVersion' as const), version: name }),
  fc.record({
    kind: fc.constant('unknown' as const),
    code: uint8.filter((code) => !known.includes(code)),
    value: fc.uint8Array({ maxLength: 255 }),
  }),
);

/** One that `decodeOpen` accepts. */
export const openMessage: fc.Arbitrary<OpenMessage> = fc.record({
  version: fc.constant(4),
  myAs: fc.integer({ min: 1, max: 0xffff }),
  holdTime: fc.oneof(fc.constant(0), fc.integer({ min: 3, max: 0xffff })),
  bgpIdentifier: fc.integer({ min: 1, max: 0xffff_ffff }),
  capabilities: fc.array(
    capability.filter((c) => c.kind !== 'fourOctetAs' || c.asn !== 0),
    { maxLength: 15 },
  ),
});

export const notificationMessage: fc.Arbitrary<NotificationMessage> = fc.record({
  code: fc.oneof(fc.integer({ min: 1, max: 8 }), uint8),
  subcode: fc.oneof(fc.integer({ min: 0, max: 11 }), uint8),
  data: fc.uint8Array({ maxLength: 4075 }),
});

/** `octets` with some of them changed, cut off or added: near misses find more than noise. */
export function mutated(octets: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(), uint8);
  const edits = fc.record({
    changes: fc.array(change, { maxLength: 4 }),
    cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(20)),
    extra: fc.oneof({ weight: 3, arbitrary: fc.constant(new Uint8Array(0)) }, fc.uint8Array()),
  });
  return fc.tuple(octets, edits).map(([original, { changes, cut, extra }]) => {
    const kept = original.slice(0, Math.max(0, original.length - cut));
    for (const [at, value] of changes) if (kept.length > 0) kept[at % kept.length] = value;
    return Uint8Array.of(...kept, ...extra);
  });
}
