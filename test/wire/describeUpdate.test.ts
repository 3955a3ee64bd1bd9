import t from 'tap';
import { describeUpdate } from '../../src/wire/describeUpdate.ts';
import { message, octets } from '../support/octets.ts';
import {
  attribute,
  GOOD,
  PREFIX,
  SESSION,
  type UpdateParts,
  update,
} from '../support/updateBytes.ts';

type Kind = keyof typeof SESSION;

function describe(parts: UpdateParts, kind: Kind = 'external') {
  const bytes = update(parts);
  const description = describeUpdate(bytes, 0, bytes.length, SESSION[kind]);
  t.same(JSON.parse(JSON.stringify(description)), description, 'it is plain JSON');
  return description;
}

t.test('a whole UPDATE in words', (t) => {
  const { origin, asPath, nextHop } = GOOD;
  const attributes = [origin, asPath, nextHop, attribute(0xe0, 99, 'beef')];
  t.same(describe({ withdrawn: '10 c633', attributes, nlri: PREFIX }), {
    withdrawn: [{ prefix: '198.51.0.0/16' }],
    attributes: [
      { code: 1, name: 'ORIGIN', flags: ['transitive'], value: 'igp' },
      { code: 2, name: 'AS_PATH', flags: ['transitive'], value: [64496] },
      { code: 3, name: 'NEXT_HOP', flags: ['transitive'], value: '198.51.100.1' },
      {
        code: 99,
        name: 'attribute 99',
        flags: ['optional', 'transitive', 'partial'],
        value: 'beef',
      },
    ],
    announced: [{ prefix: '203.0.113.0/24' }],
    asPath: [64496],
    verdict: { kind: 'ok' },
  });
  t.end();
});

const GLOBAL = '20010db8000000000000000000000001';
const LINK_LOCAL = 'fe800000000000000000000000000001';

const VALUES: readonly [title: string, Uint8Array, value: unknown, kind?: Kind][] = [
  ['ORIGIN', attribute(0x40, 1, '02'), 'incomplete'],
  ['ORIGIN 9 in digits', attribute(0x40, 1, '09'), '09'],
  [
    'AS_PATH with sets',
    attribute(0x40, 2, '0201 0000fbf0 0102 0000fbf1 0000fbf2 0301 0000fde9 0401 0000fdea'),
    [64496, { set: [64497, 64498] }, { confedSequence: [65001] }, { confedSet: [65002] }],
  ],
  ['AS_PATH malformed, in digits', attribute(0x40, 2, '0202 0000fbf0'), '02020000fbf0'],
  ['MULTI_EXIT_DISC', attribute(0x80, 4, 'ffffffff'), 0xffff_ffff],
  ['LOCAL_PREF', attribute(0x40, 5, '00000064'), 100],
  ['ATOMIC_AGGREGATE', attribute(0x40, 6, ''), true],
  ['AGGREGATOR', attribute(0xc0, 7, '00010000 c0000201'), { asn: 65536, address: '192.0.2.1' }],
  [
    'AGGREGATOR of two octets',
    attribute(0xc0, 7, 'fbf0 c0000201'),
    { asn: 64496, address: '192.0.2.1' },
    'twoOctet',
  ],
  [
    'COMMUNITIES by name',
    attribute(0xc0, 8, 'fbf00064 ffff0000 ffffff01'),
    ['64496:100', 'graceful-shutdown', 'no-export'],
  ],
  ['ORIGINATOR_ID', attribute(0x80, 9, 'c0000201'), '192.0.2.1'],
  ['CLUSTER_LIST', attribute(0x80, 10, 'c0000201 c0000202'), ['192.0.2.1', '192.0.2.2']],
  [
    'MP_REACH_NLRI',
    attribute(0x80, 14, `0002 01 20 ${GLOBAL} ${LINK_LOCAL} 00 30 20010db80113`),
    {
      family: 'ipv6 unicast',
      nextHop: ['2001:db8::1', 'fe80::1'],
      nlri: [{ prefix: '2001:db8:113::/48' }],
    },
  ],
  [
    'MP_REACH_NLRI of a family not spoken',
    attribute(0x80, 14, '0019 46 04 c6336401 00 cafe'),
    { family: 'l2vpn evpn', nextHop: ['198.51.100.1'], nlri: 'cafe' },
  ],
  [
    'MP_REACH_NLRI without a next hop',
    attribute(0x80, 14, '0001 85 00 00 0501'),
    { family: 'ipv4 flowspec', nextHop: [], nlri: '0501' },
  ],
  [
    'MP_UNREACH_NLRI with path identifiers',
    attribute(0x80, 15, '0002 01 00000007 30 20010db80113'),
    { family: 'ipv6 unicast', nlri: [{ prefix: '2001:db8:113::/48', pathId: 7 }] },
    'addPath',
  ],
  ['EXTENDED_COMMUNITIES', attribute(0xc0, 16, '0002fbf000000007'), ['rt:64496:7']],
  ['AS4_PATH', attribute(0xc0, 17, '0201 00010000'), [65536]],
  [
    'AS4_AGGREGATOR',
    attribute(0xc0, 18, '00010000 c0000201'),
    { asn: 65536, address: '192.0.2.1' },
  ],
  ['IPV6_EXTENDED_COMMUNITIES', attribute(0xc0, 25, '00'.repeat(20)), ['00'.repeat(20)]],
  ['LARGE_COMMUNITIES', attribute(0xc0, 32, '0000fbf0 00000001 00000002'), ['64496:1:2']],
  ['ONLY_TO_CUSTOMER', attribute(0xc0, 35, '0000fbf0'), 64496],
];

for (const [title, bytes, value, kind] of VALUES) {
  t.test(`${title} as a value`, (t) => {
    t.same(describe({ attributes: [bytes] }, kind).attributes[0]?.value, value);
    t.end();
  });
}

t.test('RFC 7606 §3(g): what is discarded is shown, and marked', (t) => {
  const { origin, asPath, nextHop } = GOOD;
  const attributes = [origin, asPath, nextHop, attribute(0x40, 6, '00'), origin];
  const description = describe({ attributes, nlri: PREFIX });
  t.same(
    description.attributes.map((a) => [a.name, a.discarded ?? false]),
    [
      ['ORIGIN', false],
      ['AS_PATH', false],
      ['NEXT_HOP', false],
      ['ATOMIC_AGGREGATE', true],
      ['ORIGIN', true],
    ],
  );
  t.same(description.verdict, {
    kind: 'attribute-discard',
    faults: ['ORIGIN appears more than once', 'ATOMIC_AGGREGATE has a length it cannot have'],
  });
  t.end();
});

t.test('RFC 7606 §2: every fault is named, and routes are shown as they were announced', (t) => {
  const { asPath, nextHop } = GOOD;
  const attributes = [asPath, nextHop, attribute(0x80, 4, '00')];
  const description = describe({ attributes, nlri: PREFIX });
  t.same(description.verdict, {
    kind: 'treat-as-withdraw',
    faults: ['MULTI_EXIT_DISC has a length it cannot have', 'ORIGIN is missing'],
  });
  t.same(description.announced, [{ prefix: '203.0.113.0/24' }]);
  t.equal(description.asPath, undefined);
  t.end();
});

t.test('RFC 4271 §6.3: a session reset says what the neighbour would be told', (t) => {
  const bytes = message(2, '0000 0004 40 01 01 09');
  t.same(describeUpdate(bytes, 0, bytes.length, SESSION.external).verdict, {
    kind: 'session-reset',
    code: 3,
    subcode: 6,
    data: '40010109',
    text: 'ORIGIN has an undefined value, in an UPDATE that announces no route',
    faults: ['ORIGIN has an undefined value'],
  });
  t.end();
});

t.test('lengths that lie leave nothing to show but the error', (t) => {
  const bytes = message(2, '00ff 18cb0071 0000');
  const description = describeUpdate(bytes, 0, bytes.length, SESSION.external);
  t.match(description, { withdrawn: [], attributes: [], announced: [] });
  t.match(description.verdict, { kind: 'session-reset', code: 3, subcode: 1, data: '' });
  t.end();
});

t.test('RFC 6793 §4.2.3: the path is the one that was meant', (t) => {
  const attributes = [
    GOOD.origin,
    attribute(0x40, 2, '0202 fbf0 5ba0'),
    GOOD.nextHop,
    attribute(0xc0, 17, '0201 00010000'),
  ];
  t.same(describe({ attributes, nlri: PREFIX }, 'twoOctet').asPath, [64496, 65536]);
  t.end();
});

t.test('RFC 6793 §4.2.3: the aggregator is the one that was meant', (t) => {
  const as4 = attribute(0xc0, 18, '00010000 c0000202');
  const aggregatorOf = (aggregator: string, kind: Kind, ...more: Uint8Array[]) => {
    const path = attribute(0x40, 2, kind === 'twoOctet' ? '0201 fbf0' : '0201 0000fbf0');
    const attributes = [GOOD.origin, path, GOOD.nextHop, attribute(0xc0, 7, aggregator), ...more];
    return describe({ attributes, nlri: PREFIX }, kind).aggregator;
  };
  const meant = { asn: 65536, address: '192.0.2.2' };
  t.same(aggregatorOf('5ba0 c0000201', 'twoOctet', as4), meant, 'AS_TRANS: AS4_AGGREGATOR');
  const since = { asn: 64496, address: '192.0.2.1' };
  t.same(aggregatorOf('fbf0 c0000201', 'twoOctet', as4), since, 'aggregated again since');
  t.same(aggregatorOf('0000fbf0 c0000201', 'external'), since);
  t.end();
});

t.test('RFC 4724 §2: End-of-RIB is named', (t) => {
  t.equal(describe({}).endOfRib, 'ipv4');
  t.end();
});

t.test('a faulty UPDATE is shown up to its first fault', (t) => {
  const attributes = [GOOD.origin, octets('40 02 40 02')];
  const description = describe({ withdrawn: '18 cb0071 21', attributes });
  t.same(description.withdrawn, [{ prefix: '203.0.113.0/24' }]);
  t.same(
    description.attributes.map((a) => a.name),
    ['ORIGIN'],
  );
  t.equal(description.verdict.kind, 'session-reset');
  t.end();
});
