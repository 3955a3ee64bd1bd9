import fc from 'fast-check';
import t from 'tap';
import { ipv4ToNumber } from '../../src/net/address.ts';
import type { Family } from '../../src/net/family.ts';
import { checkNlri, encodeNlri, NlriCursor, nlriOctets } from '../../src/wire/nlri.ts';
import { octets } from '../support/octets.ts';
import { naiveNlri, prefix, type Route } from '../support/routes.ts';
import { routes } from '../support/updateArbitraries.ts';

/** Everything that the cursor finds in `bytes`. */
function walk(bytes: Uint8Array, family: Family, addPath: boolean, from = 0, to = bytes.length) {
  const cursor = new NlriCursor();
  const found: Route[] = [];
  for (cursor.reset(bytes, from, to, family, addPath); cursor.next(); ) {
    const { text } = cursor.prefix();
    found.push(addPath ? { prefix: text, pathId: cursor.pathId } : { prefix: text });
  }
  return found;
}

const FIXTURES: readonly [title: string, Family, hex: string, ...Route[]][] = [
  ['the default route has no octets', 'ipv4', '00', { prefix: '0.0.0.0/0' }],
  ['a /8', 'ipv4', '08 0a', { prefix: '10.0.0.0/8' }],
  ['a /9 needs a second octet', 'ipv4', '09 0a80', { prefix: '10.128.0.0/9' }],
  ['a host', 'ipv4', '20 c0000201', { prefix: '192.0.2.1/32' }],
  ['IPv6 default', 'ipv6', '00', { prefix: '::/0' }],
  ['an IPv6 /48', 'ipv6', '30 20010db80113', { prefix: '2001:db8:113::/48' }],
  ['an IPv6 host', 'ipv6', `80 20010db8${'00'.repeat(11)}01`, { prefix: '2001:db8::1/128' }],
  [
    'several, back to back',
    'ipv4',
    '18 cb0071  00  10 c633',
    { prefix: '203.0.113.0/24' },
    { prefix: '0.0.0.0/0' },
    { prefix: '198.51.0.0/16' },
  ],
  [
    'RFC 7911 §3: with path identifiers',
    'ipv4',
    '00000001 18 cb0071  ffffffff 00',
    { prefix: '203.0.113.0/24', pathId: 1 },
    { prefix: '0.0.0.0/0', pathId: 0xffff_ffff },
  ],
];

for (const [title, family, hex, ...expected] of FIXTURES) {
  t.test(`RFC 4271 §4.3: ${title}, both ways`, (t) => {
    const bytes = octets(hex);
    const addPath = expected[0]?.pathId !== undefined;
    t.equal(checkNlri(bytes, 0, bytes.length, family, addPath), expected.length);
    t.same(walk(bytes, family, addPath), expected);
    const target = new Uint8Array(bytes.length);
    let at = 0;
    for (const route of expected) at = encodeNlri(target, at, prefix(route.prefix), route.pathId);
    t.equal(at, bytes.length);
    t.same(target, bytes);
    t.end();
  });
}

t.test('RFC 4271 §4.3: bits beyond the length are irrelevant', (t) => {
  t.same(walk(octets('14 c0a8ff'), 'ipv4', false), [{ prefix: '192.168.240.0/20' }]);
  const cursor = new NlriCursor();
  cursor.reset(octets('14 c0a8ff'), 0, 4, 'ipv4', false);
  cursor.next();
  t.equal(cursor.word0 >>> 0, 0xc0a8f000);
  t.end();
});

const MALFORMED: readonly [title: string, Family, hex: string, addPath: boolean][] = [
  ['an IPv4 length of 33', 'ipv4', '21 cb00710000', false],
  ['an IPv6 length of 129', 'ipv6', `81 ${'00'.repeat(17)}`, false],
  ['a prefix that runs past the end', 'ipv4', '18 cb00', false],
  ['a good prefix and half of one', 'ipv4', '08 0a 18 cb', false],
  ['a path identifier alone', 'ipv4', '00000001', true],
  ['half of a path identifier', 'ipv4', '000000', true],
];

for (const [title, family, hex, addPath] of MALFORMED) {
  t.test(`RFC 7606 §5.3: ${title} is not syntactically correct`, (t) => {
    const bytes = octets(`${hex} 00000000000000`); // what follows must not be read
    const end = octets(hex).length;
    t.equal(checkNlri(bytes, 0, end, family, addPath), -1);
    const cursor = new NlriCursor();
    cursor.reset(bytes, 0, end, family, addPath);
    while (cursor.next());
    t.equal(cursor.next(), false, 'the cursor stops for good');
    t.end();
  });
}

t.test('property: NLRI of any routes decodes to them, within its bounds', (t) => {
  fc.assert(
    fc.property(routes, ({ family, addPath, list }) => {
      const size = list.reduce((sum, r) => sum + nlriOctets(prefix(r.prefix), addPath), 0);
      const bytes = new Uint8Array(size + 20).fill(0xee);
      let at = 10;
      for (const route of list) at = encodeNlri(bytes, at, prefix(route.prefix), route.pathId);
      t.equal(at, 10 + size);
      t.equal(checkNlri(bytes, 10, at, family, addPath), list.length);
      t.same(walk(bytes, family, addPath, 10, at), list);
    }),
    { seed: 4271, numRuns: 60 },
  );
  t.end();
});

t.test('property: on any octets, the cursor agrees with a naive reader', (t) => {
  const noise = fc.record({
    bytes: fc.array(fc.oneof(fc.nat(32), fc.nat(255)), { maxLength: 60 }),
    family: fc.constantFrom<Family>('ipv4', 'ipv6'),
    addPath: fc.boolean(),
  });
  fc.assert(
    fc.property(noise, ({ bytes, family, addPath }) => {
      const whole = Uint8Array.from(bytes);
      const naive = naiveNlri(bytes, family, addPath);
      t.equal(
        checkNlri(whole, 0, whole.length, family, addPath),
        naive.correct ? naive.routes.length : -1,
      );
      t.same(walk(whole, family, addPath), naive.routes);
    }),
    { seed: 7606, numRuns: 300 },
  );
  t.end();
});

t.test('property: the words are the address with its host bits cleared', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(128), (address, length) => {
      const cursor = new NlriCursor();
      const family = length <= 32 ? 'ipv4' : 'ipv6';
      cursor.reset(Uint8Array.of(length, ...address), 0, 17, family, false);
      t.ok(cursor.next());
      const words = [cursor.word0, cursor.word1, cursor.word2, cursor.word3];
      const octetsOf = cursor.prefix().octets;
      const expected = [0, 4, 8, 12].slice(0, octetsOf.length / 4).map((at) => {
        const quad = { family: 'ipv4' as const, octets: octetsOf.slice(at, at + 4), text: '' };
        return ipv4ToNumber(quad) | 0;
      });
      t.same(words.slice(0, expected.length), expected);
    }),
    { seed: 32, numRuns: 150 },
  );
  t.end();
});
