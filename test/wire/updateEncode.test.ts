import fc from 'fast-check';
import t from 'tap';
import { collectCommunities, NO_COMMUNITIES, parseCommunity } from '../../src/net/community.ts';
import type { Family } from '../../src/net/family.ts';
import { parseAddress } from '../../src/net/text.ts';
import { effectiveAsPath } from '../../src/wire/as4.ts';
import { readAsPath } from '../../src/wire/asPathText.ts';
import { encodePathAttributes, type PathAttributes } from '../../src/wire/attributeEncode.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { describeUpdate } from '../../src/wire/describeUpdate.ts';
import { encodePrefixes } from '../../src/wire/nlri.ts';
import { Verdict } from '../../src/wire/update.ts';
import { encodeEndOfRib, packUpdates, packWithdrawals } from '../../src/wire/updateEncode.ts';
import { message, octets } from '../support/octets.ts';
import { prefix } from '../support/routes.ts';
import * as arbitrary from '../support/updateArbitraries.ts';
import { SESSION, viewOf } from '../support/updateBytes.ts';

function address(text: string) {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`not an address: ${text}`);
  return parsed;
}

const communities = collectCommunities(
  ['64496:100', 'graceful-shutdown', 'rt:64496:7', '64496:1:2'].flatMap(
    (text) => parseCommunity(text) ?? [],
  ),
);

const full: PathAttributes = {
  origin: 0,
  asPath: [64500, 64500],
  nextHop: address('198.51.100.2'),
  med: 100,
  localPref: 200,
  communities,
  onlyToCustomer: undefined,
};

const plain: PathAttributes = {
  ...full,
  asPath: [64500],
  med: undefined,
  localPref: undefined,
  communities: NO_COMMUNITIES,
};

const ATTRIBUTES: readonly [title: string, PathAttributes, CodecContext, hex: string][] = [
  [
    'RFC 4271 §5: all of them, in the order of their codes',
    full,
    SESSION.internal,
    `40 01 01 00                          # ORIGIN igp
     40 02 0a 02 02 0000fbf4 0000fbf4     # AS_PATH 64500 64500
     40 03 04 c6336402                    # NEXT_HOP
     80 04 04 00000064                    # MULTI_EXIT_DISC 100
     40 05 04 000000c8                    # LOCAL_PREF 200
     c0 08 08 fbf00064 ffff0000           # COMMUNITIES
     c0 10 08 0002fbf000000007            # EXTENDED_COMMUNITIES
     c0 20 0c 0000fbf0 00000001 00000002  # LARGE_COMMUNITIES`,
  ],
  [
    'RFC 9234 §5: ONLY_TO_CUSTOMER, the last of them',
    { ...plain, onlyToCustomer: 64500 },
    SESSION.external,
    '40 01 01 00  40 02 06 02 01 0000fbf4  40 03 04 c6336402  c0 23 04 0000fbf4',
  ],
  [
    'RFC 4760 §3: without NEXT_HOP when the next hop is IPv6',
    { ...plain, nextHop: address('2001:db8::2') },
    SESSION.external,
    '40 01 01 00  40 02 06 02 01 0000fbf4',
  ],
  [
    'RFC 6793 §4.2.2: a two-octet session without large AS numbers needs no AS4_PATH',
    plain,
    SESSION.twoOctet,
    '40 01 01 00  40 02 04 02 01 fbf4  40 03 04 c6336402',
  ],
  [
    'RFC 6793 §4.2.2: AS_TRANS, and AS4_PATH between the communities',
    { ...plain, asPath: [65536, 64500], communities },
    SESSION.twoOctet,
    `40 01 01 00
     40 02 06 02 02 5ba0 fbf4
     40 03 04 c6336402
     c0 08 08 fbf00064 ffff0000
     c0 10 08 0002fbf000000007
     c0 11 0a 02 02 00010000 0000fbf4
     c0 20 0c 0000fbf0 00000001 00000002`,
  ],
  [
    'RFC 4271 §4.3: over 255 octets the length is extended',
    { ...plain, asPath: new Array<number>(64).fill(64500) },
    SESSION.external,
    `40 01 01 00  50 02 0102 02 40 ${'0000fbf4'.repeat(64)}  40 03 04 c6336402`,
  ],
];

for (const [title, attributes, context, hex] of ATTRIBUTES) {
  t.test(title, (t) => {
    t.same(encodePathAttributes(attributes, context), octets(hex));
    t.end();
  });
}

/** Every message that packing emits. */
function packed(
  attributes: PathAttributes,
  family: Family,
  prefixes: readonly string[],
  context: CodecContext = SESSION.external,
): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const block = encodePathAttributes(attributes, context);
  const list = encodePrefixes(prefixes.map(prefix), context.addPath[family]);
  packUpdates(block, attributes.nextHop, family, list, context, (m) => messages.push(m));
  return messages;
}

function withdrawn(
  family: Family,
  prefixes: readonly string[],
  context: CodecContext = SESSION.external,
): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const list = encodePrefixes(prefixes.map(prefix), context.addPath[family]);
  packWithdrawals(family, list, context, (m) => messages.push(m));
  return messages;
}

const ipv6 = { ...plain, nextHop: address('2001:db8::2') };

t.test('RFC 4271 §4.3: IPv4 routes are NLRI', (t) => {
  const expected = message(
    2,
    `0000                       # nothing withdrawn
     0014                       # path attributes: 20 octets
       40 01 01 00
       40 02 06 02 01 0000fbf4
       40 03 04 c6336402
     18 cb0071  19 c6336480     # 203.0.113.0/24, 198.51.100.128/25`,
  );
  t.same(packed(plain, 'ipv4', ['203.0.113.0/24', '198.51.100.128/25']), [expected]);
  t.end();
});

t.test('RFC 7606 §5.1: IPv6 routes are in MP_REACH_NLRI, the very first attribute', (t) => {
  const expected = message(
    2,
    `0000
     002d                       # path attributes: 45 octets
       90 0e 001c 0002 01       # MP_REACH_NLRI, ipv6 unicast
         10 20010db8000000000000000000000002 00
         30 20010db80113
       40 01 01 00
       40 02 06 02 01 0000fbf4`,
  );
  t.same(packed(ipv6, 'ipv6', ['2001:db8:113::/48']), [expected]);
  t.end();
});

t.test('RFC 4271 §4.3, RFC 4760 §4: withdrawals', (t) => {
  t.same(withdrawn('ipv4', ['203.0.113.0/24']), [message(2, '0004 18 cb0071 0000')]);
  t.same(withdrawn('ipv6', ['2001:db8:113::/48']), [
    message(2, '0000 000e 90 0f 000a 0002 01 30 20010db80113'),
  ]);
  t.end();
});

t.test('RFC 4724 §2: End-of-RIB', (t) => {
  t.same(encodeEndOfRib('ipv4'), message(2, '0000 0000'));
  t.same(encodeEndOfRib('ipv6'), message(2, '0000 0007 90 0f 0003 0002 01'));
  t.equal(viewOf(encodeEndOfRib('ipv4')).endOfRib, 'ipv4');
  t.equal(viewOf(encodeEndOfRib('ipv6')).endOfRib, 'ipv6');
  t.end();
});

t.test('RFC 7911 §3: with ADD-PATH, every prefix has the identifier of its only path', (t) => {
  const [update] = packed(plain, 'ipv4', ['203.0.113.0/24'], SESSION.addPath);
  t.same(update?.slice(-8), octets('00000001 18 cb0071'));
  const [withdrawal] = withdrawn('ipv6', ['2001:db8:113::/48'], SESSION.addPath);
  t.same(withdrawal?.slice(-11), octets('00000001 30 20010db80113'));
  t.end();
});

t.test('no prefixes make no message', (t) => {
  t.same(packed(plain, 'ipv4', []), []);
  t.same(withdrawn('ipv6', []), []);
  t.end();
});

const extended = { ...SESSION.external, extendedMessages: true };

t.test('RFC 4271 §4.1, RFC 8654: as many prefixes as fit, and not one more', (t) => {
  const hosts = Array.from({ length: 20_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}/32`);
  // 4096 - 23 - 20 octets of attributes, and 5 to a host.
  t.same(
    packed(plain, 'ipv4', hosts).map((m) => m.length),
    [...new Array<number>(24).fill(4093), 43 + (20_000 - 24 * 810) * 5],
  );
  t.equal(packed(plain, 'ipv4', hosts.slice(0, 810)).length, 1);
  t.equal(packed(plain, 'ipv4', hosts.slice(0, 811)).length, 2);
  // 65535 - 43 octets.
  t.same(
    packed(plain, 'ipv4', hosts, extended).map((m) => m.length),
    [65533, 43 + (20_000 - 13_098) * 5],
  );
  t.equal(withdrawn('ipv4', hosts.slice(0, 814)).length, 1); // 4096 - 23
  t.equal(withdrawn('ipv4', hosts.slice(0, 815)).length, 2);
  t.end();
});

t.test('a message may be exactly as long as is allowed', (t) => {
  const prefixes = [...new Array<string>(809).fill('10.0.0.1/32'), '10.0.0.0/24', '10.0.0.0/24'];
  t.same(
    packed(plain, 'ipv4', prefixes).map((m) => m.length),
    [4096],
  );
  t.end();
});

t.test('attributes that leave no room are a fault of ours, not of the neighbour', (t) => {
  const long = { ...plain, asPath: new Array<number>(1013).fill(64500) };
  t.throws(() => packed(long, 'ipv4', ['10.0.0.1/32']), /leave no room for a prefix/);
  t.equal(packed(long, 'ipv4', ['10.0.0.1/32'], extended).length, 1);
  t.throws(() => packed(plain, 'ipv6', ['2001:db8::/32']), /cannot have the next hop/);
  t.end();
});

t.test('property: what is announced is what a neighbour on such a session reads', (t) => {
  const update = fc
    .record({ context: arbitrary.context, family: arbitrary.family })
    .chain(({ context, family }) =>
      fc.record({
        context: fc.constant({ ...context, extendedMessages: true }),
        family: fc.constant(family),
        attributes: arbitrary.attributesOf(family, context.internal),
        routes: fc.array(arbitrary.routeOf(family, false), { minLength: 1, maxLength: 30 }),
      }),
    );
  fc.assert(
    fc.property(update, ({ context, family, attributes, routes }) => {
      const [bytes, ...more] = packed(
        attributes,
        family,
        routes.map((route) => route.prefix),
        context,
      );
      if (!bytes || more.length > 0) throw new Error('not one message');
      const view = viewOf(bytes, context);
      t.equal(view.verdict, Verdict.ok);
      const path = effectiveAsPath(bytes, view, context) ?? new Uint8Array(0);
      t.same(readAsPath(path, 0, path.length, 4), attributes.asPath);
      const { announced, attributes: described } = describeUpdate(bytes, 0, bytes.length, context);
      t.same(
        announced.map((route) => route.prefix),
        routes.map((route) => route.prefix),
      );
      const value = (name: string) => described.find((a) => a.name === name)?.value;
      t.equal(value('MULTI_EXIT_DISC'), attributes.med);
      t.equal(value('LOCAL_PREF'), attributes.localPref);
      if (family === 'ipv4') t.equal(value('NEXT_HOP'), attributes.nextHop.text);
      else t.match(value('MP_REACH_NLRI'), { nextHop: [attributes.nextHop.text] });
    }),
    { seed: 4760, numRuns: 60 },
  );
  t.end();
});
