import fc from 'fast-check';
import t from 'tap';
import { MessageBuffer } from '../../src/bmp/messageBuffer.ts';
import { peerHeader } from '../../src/bmp/peerHeader.ts';
import { type KeptSet, RouteRun, type RouteWords } from '../../src/bmp/routeRun.ts';
import { parseAddress, parsePrefix } from '../../src/net/text.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';
import { AttributeCode } from '../../src/wire/constants.ts';
import { NlriCursor } from '../../src/wire/nlri.ts';
import { Verdict } from '../../src/wire/update.ts';
import { decoded, FOUR_OCTET } from '../rib/updates.ts';
import { splitBmp } from '../support/bmp.ts';
import { octets } from '../support/octets.ts';

const address = parseAddress('198.51.100.1');
if (!address) throw new Error('no address');
const HEADER = peerHeader({ address, peerAs: 64496, bgpIdentifier: 0xc6336401 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function row(text: string): RouteWords {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is not a prefix`);
  return RowPrefix.of(prefix);
}

/** In the middle of other octets. */
function setOf(id: number, text: string, fourOctetAs = true): KeptSet {
  const attributes = octets(text);
  const bytes = new Uint8Array(attributes.length + 20).fill(0xee);
  bytes.set(attributes, 10);
  return { id, octets: bytes, start: 10, end: 10 + attributes.length, fourOctetAs };
}

const ORIGIN = '40 01 01 00';
const AS_PATH = '40 02 06 02 01 00 00 fb f0';
const NEXT_HOP = '40 03 04 c6 33 64 01';
const CLASSIC = setOf(1, `${ORIGIN} ${AS_PATH} ${NEXT_HOP}`);
/** As the RIB keeps MP_REACH_NLRI: AFI, SAFI and next hop alone, where it stood. */
const KEPT_REACH = '80 0e 14 00 02 01 10 20010db8000000000000000000000001';
const MULTIPROTOCOL = setOf(2, `${ORIGIN} ${KEPT_REACH} ${AS_PATH}`);

function run(postPolicy = false) {
  const out = new MessageBuffer();
  return { out, run: new RouteRun(out, postPolicy) };
}

t.test('RFC 7854 §4.6: an UPDATE behind the header of its neighbour, with the time', (t) => {
  const { out, run: routes } = run();
  routes.announce(HEADER, 1_767_323_045_678, CLASSIC, row('203.0.113.0/24'), undefined);
  routes.flush();
  const body = `0000 0014 ${ORIGIN} ${AS_PATH} ${NEXT_HOP} 18 cb 00 71`;
  t.equal(
    hex(out.take()),
    hex(
      octets(`03 0000005f 00
        00 00 0000000000000000 000000000000000000000000c6336401 0000fbf0 c6336401 695735a5 000a5870
        ${'ff'.repeat(16)} 002f 02 ${body}`),
    ),
  );
  t.end();
});

t.test('routes with equal attributes share a message; other ones, and withdrawals, do not', (t) => {
  const { out, run: routes } = run();
  routes.announce(HEADER, 0, CLASSIC, row('10.0.0.0/8'), undefined);
  routes.announce(HEADER, 0, CLASSIC, row('11.0.0.0/8'), undefined);
  routes.announce(HEADER, 0, { ...CLASSIC, id: 9 }, row('12.0.0.0/8'), undefined);
  routes.withdraw(HEADER, 0, row('13.0.0.0/8'), undefined);
  routes.withdraw(HEADER, 0, row('14.0.0.0/8'), undefined);
  routes.withdraw(HEADER, 0, row('2001:db8::/32'), undefined);
  routes.flush();
  const tails = splitBmp(out.take()).map(({ body }) => hex(body.subarray(42 + 19)));
  t.strictSame(
    tails.map((tail) => tail.replace(hex(octets(`${ORIGIN}${AS_PATH}${NEXT_HOP}`)), 'A')),
    [
      '00000014A080a080b',
      '00000014A080c',
      '0004080d080e0000',
      '0000000c900f0008000201' + '2020010db8',
    ],
  );
  t.end();
});

t.test('RFC 7606 §5.1: MP_REACH_NLRI comes first, with its routes in it again', (t) => {
  const { out, run: routes } = run();
  routes.announce(HEADER, 0, MULTIPROTOCOL, row('2001:db8:1::/48'), undefined);
  routes.flush();
  const [first] = splitBmp(out.take());
  const reach = '90 0e 001c 000201 10 20010db8000000000000000000000001 00 30 20010db80001';
  t.equal(
    hex(first?.body.subarray(42 + 19) ?? new Uint8Array()),
    hex(octets(`0000 002d ${reach} ${ORIGIN} ${AS_PATH}`)),
  );
  t.end();
});

t.test('RFC 7854 §4.2: L after import policy, A where AS numbers have two octets', (t) => {
  const { out, run: routes } = run(true);
  routes.announce(HEADER, 0, CLASSIC, row('10.0.0.0/8'), undefined);
  routes.announce(
    HEADER,
    0,
    setOf(3, `${ORIGIN} 40 02 04 02 01 fb f0 ${NEXT_HOP}`, false),
    row('11.0.0.0/8'),
    undefined,
  );
  routes.withdraw(HEADER, 0, row('12.0.0.0/8'), undefined);
  routes.flush();
  t.strictSame(
    splitBmp(out.take()).map(({ body }) => body[1]),
    [0x40, 0x60, 0x40],
  );
  t.equal(HEADER[1], 0, 'the header itself stays as it is');
  t.end();
});

t.test('RFC 7911 §3: path identifiers stand before their prefixes', (t) => {
  const { out, run: routes } = run();
  routes.announce(HEADER, 0, CLASSIC, row('10.0.0.0/8'), 7);
  routes.withdraw(HEADER, 0, row('10.0.0.0/8'), 0xffff_ffff);
  routes.flush();
  const tails = splitBmp(out.take()).map(({ body }) => hex(body.subarray(42 + 19)));
  t.match(tails[0], /00000007080a$/);
  t.equal(tails[1], '0006ffffffff080a0000');
  t.end();
});

t.test('RFC 7854 §5: End-of-RIB of each family', (t) => {
  const { out, run: routes } = run();
  routes.announce(HEADER, 0, CLASSIC, row('10.0.0.0/8'), undefined);
  routes.endOfRib(HEADER, 'ipv4');
  routes.endOfRib(HEADER, 'ipv6');
  const tails = splitBmp(out.take()).map(({ body }) => hex(body.subarray(42 + 19)));
  t.strictSame(tails.slice(1), ['00000000', '00000007900f0003000201']);
  t.end();
});

t.test('whatever is told, each message holds an UPDATE that our own decoder takes', (t) => {
  const prefixes = fc.record({
    family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
    word0: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
    set: fc.integer({ min: 0, max: 3 }),
    length: fc.integer({ min: 8, max: 32 }),
  });
  fc.assert(
    fc.property(fc.array(prefixes, { minLength: 1, maxLength: 2500 }), (all) => {
      const { out, run: routes } = run();
      const expected: string[] = [];
      for (const { family, word0, set, length } of all) {
        const masked = word0 & (-1 << (32 - length));
        const words = { family, word0: masked, word1: 0, word2: 0, word3: 0, length };
        const kept = family === 'ipv4' ? CLASSIC : MULTIPROTOCOL;
        if (set === 0) routes.withdraw(HEADER, 0, words, undefined);
        else routes.announce(HEADER, 0, { ...kept, id: kept.id * 10 + set }, words, undefined);
        expected.push(`${set === 0 ? '-' : '+'}${family} ${masked}/${length}`);
      }
      routes.flush();
      const got = splitBmp(out.take()).flatMap(({ type, body }) => {
        if (type !== 0) throw new Error(`type ${type}`);
        const update = body.subarray(42);
        if (update.length > 4096) throw new Error(`${update.length} octets`);
        return routesIn(update);
      });
      t.strictSame(got, expected);
    }),
    { seed: 7854, numRuns: 25 },
  );
  t.end();
});

function routesIn(update: Uint8Array): string[] {
  const view = decoded(update, FOUR_OCTET);
  if (view.verdict !== Verdict.ok) throw new Error('a faulty UPDATE');
  const out: string[] = [];
  const list = (sign: string, start: number, end: number, family: 'ipv4' | 'ipv6') => {
    const cursor = new NlriCursor();
    cursor.reset(update, start, end, family, false);
    while (cursor.next()) out.push(`${sign}${family} ${cursor.word0}/${cursor.length}`);
  };
  list('-', view.withdrawnStart, view.withdrawnEnd, 'ipv4');
  list('-', view.mpUnreachNlriStart, view.mpUnreachNlriEnd, 'ipv6');
  list('+', view.nlriStart, view.nlriEnd, 'ipv4');
  list('+', view.mpReachNlriStart, view.mpReachNlriEnd, 'ipv6');
  if (view.mpReachNlriEnd > view.mpReachNlriStart) {
    t.equal(update[23 + 1], AttributeCode.mpReachNlri, 'it is the first attribute');
  }
  return out;
}

t.test(
  'attributes that leave no room in 4096 octets go with one route a message (RFC 8654)',
  (t) => {
    const { out, run: routes } = run();
    const large = setOf(4, `${ORIGIN} ${AS_PATH} ${NEXT_HOP} d0 20 1770 ${'00'.repeat(6000)}`);
    routes.announce(HEADER, 0, large, row('10.0.0.0/8'), undefined);
    routes.announce(HEADER, 0, large, row('11.0.0.0/8'), undefined);
    routes.flush();
    const messages = splitBmp(out.take());
    t.strictSame(
      messages.map(({ body }) => body.length - 42),
      [23 + 20 + 6004 + 2, 23 + 20 + 6004 + 2],
    );
    t.end();
  },
);

t.test('attributes that no message has room for are told as gone, and no length overflows', (t) => {
  const { out, run: routes } = run();
  // An attribute that nobody knows, of four octets and these.
  for (const length of [65_440, 65_490]) {
    const filler = `${length.toString(16)} ${'aa'.repeat(length)}`;
    const long = setOf(length, `${ORIGIN} ${KEPT_REACH} ${AS_PATH} d0 63 ${filler}`);
    routes.announce(HEADER, 0, long, row('2001:db8:1:2:3:4:5:6/128'), 7);
  }
  routes.flush();
  const updates = splitBmp(out.take()).map(({ body }) => body.subarray(42));
  t.strictSame(
    updates.map((update) => (update[16] ?? 0) * 256 + (update[17] ?? 0)),
    updates.map(({ length }) => length),
  );
  t.equal(updates.length, 2);
  t.ok(updates[0] && updates[0].length > 65_440);
  t.match(hex(updates[1] ?? new Uint8Array()), /900f0018000201000000078020010db8/);
  t.end();
});
