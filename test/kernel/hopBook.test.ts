import t from 'tap';
import { HopBook, hopTargets, MAX_NEIGHBOUR_HOPS } from '../../src/kernel/hopBook.ts';
import { parseAddress } from '../../src/net/text.ts';
import { configOf } from '../support/ownRoute.ts';

const { upstreams } = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  spare: { asn: 64495, address: 192.0.2.5, accept: full, prefer: backup }
  a: { asn: 64496, address: 192.0.2.10, accept: full }
  mute: { asn: 64499, address: 192.0.2.50, accept: none }
  b: { asn: 64497, address: 192.0.2.20, accept: full }
`);
const INTERFACES = new Map([
  ...([
    ['a', 'eth1'],
    ['b', 'eth2'],
    ['spare', 'eth3'],
    ['mute', 'eth4'],
    ['inner', 'eth5'],
  ] as const),
]);

function octets(text: string): Uint8Array {
  const address = parseAddress(text);
  if (!address) throw new Error(text);
  return address.octets;
}

function bookOf(...hops: readonly (readonly [string, string])[]): HopBook {
  const book = new HopBook();
  for (const [neighbour, address] of hops) book.numberOf(neighbour, octets(address));
  return book;
}

const FULL = bookOf(
  ...([
    ['a', '192.0.2.10'],
    ['a', '192.0.2.11'],
    ['a', '2001:db8::a'],
  ] as const),
  ...([
    ['b', '192.0.2.21'],
    ['b', '192.0.2.20'],
    ['spare', '192.0.2.5'],
  ] as const),
  ...([
    ['mute', '192.0.2.50'],
    ['inner', '10.0.0.1'],
  ] as const),
);

function targets(book: HopBook, ...living: readonly string[]): readonly string[] {
  const ways = { isLiving: (name: string) => living.includes(name), interfaces: INTERFACES };
  return hopTargets(book.hops, upstreams, ways).map(
    ({ hop, gateway, device }) => `${hop} ${gateway.at(-1)} ${device}`,
  );
}

t.test('a next hop has one number, whatever comes between', (t) => {
  const book = bookOf(['a', '192.0.2.10'], ['b', '192.0.2.10']);
  t.equal(book.numberOf('a', octets('192.0.2.10')), 1);
  t.equal(book.numberOf('b', octets('192.0.2.10')), 2);
  t.equal(book.numberOf('a', octets('192.0.2.11')), 3);
  t.equal(book.size, 3);
  t.end();
});

t.test('each leads to itself while its neighbour lives', (t) => {
  t.same(targets(FULL, 'a', 'b', 'spare', 'mute', 'inner'), [
    ...['1 10 eth1', '2 11 eth1', '3 10 eth1', '4 21 eth2', '5 20 eth2', '6 5 eth3'],
    ...['7 50 eth4', '8 1 eth5'],
  ]);
  t.end();
});

t.test(
  'those of a lost upstream lead through a primary that lives, itself before a third party',
  (t) => {
    const led = targets(FULL, 'b', 'spare', 'mute', 'inner');
    t.same(led.slice(0, 3), ['1 20 eth2', '2 20 eth2', '3 10 eth1'], 'IPv6 has nowhere else to go');
    t.end();
  },
);

t.test('then through a backup, and never through who sends us nothing', (t) => {
  t.same(targets(FULL, 'spare', 'mute').slice(0, 2), ['1 5 eth3', '2 5 eth3']);
  t.same(targets(FULL, 'mute').slice(0, 2), ['1 10 eth1', '2 11 eth1'], 'there is none');
  t.end();
});

t.test('what a router of our own has sent is not led out through an upstream', (t) => {
  t.equal(targets(FULL, 'a', 'b')[7], '8 1 eth5');
  t.end();
});

t.test('a neighbour that names ever new next hops gets numbers for its share of them', (t) => {
  const book = new HopBook();
  const hopOf = (neighbour: string, n: number) =>
    book.numberOf(neighbour, Uint8Array.of(10, n >> 16, (n >> 8) & 255, n & 255));
  for (let n = 0; n < MAX_NEIGHBOUR_HOPS; n++) hopOf('a', n);
  t.equal(hopOf('a', 1 << 16), 0);
  t.equal(hopOf('a', 7), 8, 'those that it has stay');
  t.equal(hopOf('b', 1 << 16), MAX_NEIGHBOUR_HOPS + 1);
  t.equal(book.size, MAX_NEIGHBOUR_HOPS + 1);
  t.end();
});
