import fc from 'fast-check';
import t from 'tap';
import { collectCommunities, NO_COMMUNITIES, parseCommunity } from '../../src/net/community.ts';
import { parseAddress } from '../../src/net/text.ts';
import { OutgoingAttributes, type OutgoingEncoding } from '../../src/wire/outgoingAttributes.ts';
import { concat, octets } from '../support/octets.ts';
import { attribute, GOOD, SESSION } from '../support/updateBytes.ts';

function address(text: string) {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`not an address: ${text}`);
  return parsed;
}

const external: OutgoingEncoding = {
  context: SESSION.external,
  localAs: 64500,
  prepend: 0,
  nextHop: { ipv4: address('192.0.2.1'), ipv6: address('2001:db8::9') },
  nextHopSelf: true,
  med: undefined,
  communities: NO_COMMUNITIES,
  onlyToCustomer: undefined,
};
const twoOctet = { ...external, context: SESSION.twoOctet };
const large = { ...external, localAs: 65550 };
const largeTwoOctet = { ...twoOctet, localAs: 65550 };
const internal = { ...external, context: SESSION.internal };
const unchanged = { ...internal, nextHopSelf: false };
const tagged = {
  ...external,
  med: 50,
  prepend: 1,
  communities: collectCommunities(
    ['64500:1', '64500:2', 'rt:64500:7', '64500:1:2'].flatMap((text) => parseCommunity(text) ?? []),
  ),
};

const ORIGIN = '40 01 01 00';
const PATH = '40 02 06 0201 0000fbf0'; // 64496
const NEXT_HOP = '40 03 04 c6336401';
const OUR_PATH = '40 02 0a 0202 0000fbf4 0000fbf0'; // 64500 64496
const OUR_NEXT_HOP = '40 03 04 c0000201';
const LOCAL_PREF = '40 05 04 00000064';
/** Of an IPv6 extended community. */
const HOST = '20010db8000000000000000000000001';
const LARGE_1 = '0000fbf0 00000001 00000001';
const LARGE_2 = '0000fbf0 00000001 00000002';

const MED = 4;
const LARGE_CODE = 32;
/** Octets of a community, by type code. */
const UNITS = new Map([
  [8, 4],
  [16, 8],
  [25, 20],
  [LARGE_CODE, 12],
]);

/** One that was found in order: of its flags Partial and the low bits are nobody's business. */
const optionalAttribute = fc
  .record({
    noise: fc.constantFrom(0, 0x20, 0x2f, 0x10, 0x30),
    kind: fc.oneof(
      fc.constantFrom(...UNITS).chain(([code, unit]) =>
        fc
          .array(fc.constantFrom('00', '40', '80', 'c3'), { minLength: 1, maxLength: 6 })
          .map((all) => ({
            ...{ flags: 0xc0, code },
            value: all.map((first) => `${first}${'01'.repeat(unit - 1)}`).join(''),
          })),
      ),
      fc.constantFrom(
        { flags: 0x80, code: MED, value: '00000007' },
        { flags: 0x40, code: 6, value: '' },
        { flags: 0xc0, code: 7, value: '0000fbf0cb007101' },
        { flags: 0xc0, code: 35, value: '0000fbf0' },
        { flags: 0xc0, code: 240, value: 'abcd' },
        { flags: 0x80, code: 241, value: 'abcd' },
      ),
    ),
  })
  .map(({ noise, kind }) => ({ ...kind, flags: kind.flags | noise }));

const toCustomer = { ...external, onlyToCustomer: 64500 };

const CASES: readonly [title: string, OutgoingEncoding, incoming: string, outgoing: string][] = [
  [
    'RFC 4271 §5.1.2, §5.1.3: our AS and our next hop',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP}`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP}`,
  ],
  [
    '§5.1.2: an empty path becomes ours',
    external,
    `${ORIGIN} 40 02 00 ${NEXT_HOP}`,
    `${ORIGIN} 40 02 06 0201 0000fbf4 ${OUR_NEXT_HOP}`,
  ],
  [
    '§5.1.2: before a set goes a sequence',
    external,
    `${ORIGIN} 40 02 06 0101 0000fbf0 ${NEXT_HOP}`,
    `${ORIGIN} 40 02 0c 0201 0000fbf4 0101 0000fbf0 ${OUR_NEXT_HOP}`,
  ],
  [
    'RFC 5065 §5.3: segments of a confederation stay inside',
    external,
    `${ORIGIN} 40 02 0c 0301 0000fde9 0201 0000fbf0 ${NEXT_HOP}`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP}`,
  ],
  [
    '§5.1.4, §5.1.5, RFC 4456 §8: MULTI_EXIT_DISC, LOCAL_PREF and what reflectors add stay inside',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP} 80 04 04 00000007 ${LOCAL_PREF} 80 09 04 0a000001 80 0a 04 0a000002`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP}`,
  ],
  [
    '§5.1.6, §5.1.7: ATOMIC_AGGREGATE and AGGREGATOR are kept',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP} 40 06 00 c0 07 08 0000fbf0 cb007101`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} 40 06 00 c0 07 08 0000fbf0 cb007101`,
  ],
  [
    '§9: unknown: transitive ones with Partial, others not at all; the low flag bits are ours to clear',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP} c1 63 02 abcd 80 62 01 01 d0 61 0001 05`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} f0 61 0001 05 e0 63 02 abcd`,
  ],
  [
    'known transitive ones as they came: communities, extended ones, ONLY_TO_CUSTOMER',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP} e0 08 04 fbf00001 c0 10 08 0002fbf000000007 c0 23 04 0000fbf0`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} e0 08 04 fbf00001 c0 10 08 0002fbf000000007 c0 23 04 0000fbf0`,
  ],
  [
    'RFC 4271 §4.3: Partial and the low flag bits are never set on well-known attributes',
    external,
    `61 01 01 00 61 02 06 0201 0000fbf0 6f 03 04 c6336401 61 06 00`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} 40 06 00`,
  ],
  [
    'RFC 4271 §4.3: nor on MULTI_EXIT_DISC, which is not transitive',
    internal,
    `${ORIGIN} ${PATH} ${NEXT_HOP} ab 04 04 00000007`,
    `${ORIGIN} ${PATH} ${OUR_NEXT_HOP} 80 04 04 00000007 ${LOCAL_PREF}`,
  ],
  [
    'RFC 4360 §6, RFC 5701 §2: extended communities that are not transitive stay inside of our AS',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP} c0 10 18 4004fbf04a189680 0002fbf000000007 4300000000000002
     c0 19 28 4002 ${HOST} 0000 0002 ${HOST} 0007`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} c0 10 08 0002fbf000000007 c0 19 14 0002 ${HOST} 0007`,
  ],
  [
    'RFC 7606 §4: where none is left there is no attribute',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP} c0 10 08 4004fbf04a189680 c0 19 14 4002 ${HOST} 0000`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP}`,
  ],
  [
    'RFC 4360 §6: what the file adds takes the place of those that stay inside',
    tagged,
    `${ORIGIN} ${PATH} ${NEXT_HOP} e0 10 08 4004fbf04a189680`,
    `${ORIGIN} 40 02 0e 0203 0000fbf4 0000fbf4 0000fbf0 ${OUR_NEXT_HOP} 80 04 04 00000032
     c0 08 08 fbf40001 fbf40002 e0 10 08 0002fbf400000007 c0 20 0c 0000fbf4 00000001 00000002`,
  ],
  [
    'RFC 4360 §6: to a router of our own they go as they came',
    internal,
    `${ORIGIN} ${PATH} ${NEXT_HOP} c0 10 10 4004fbf04a189680 0002fbf000000007`,
    `${ORIGIN} ${PATH} ${OUR_NEXT_HOP} ${LOCAL_PREF} c0 10 10 4004fbf04a189680 0002fbf000000007`,
  ],
  [
    'RFC 8092 §3: no large community goes out twice, whoever sent it twice',
    external,
    `${ORIGIN} ${PATH} ${NEXT_HOP} e0 20 24 ${LARGE_1} ${LARGE_2} ${LARGE_1}`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} e0 20 18 ${LARGE_1} ${LARGE_2}`,
  ],
  [
    'RFC 9234 §5: to a customer, ours is added',
    toCustomer,
    `${ORIGIN} ${PATH} ${NEXT_HOP}`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} c0 23 04 0000fbf4`,
  ],
  [
    'RFC 9234 §5: one that is there is not changed',
    toCustomer,
    `${ORIGIN} ${PATH} ${NEXT_HOP} e0 23 04 0000fbf0`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} e0 23 04 0000fbf0`,
  ],
  [
    'what is configured: prepend, med, communities that are not there yet',
    tagged,
    `${ORIGIN} ${PATH} ${NEXT_HOP} 80 04 04 00000007 c0 08 08 fbf00001 fbf40002`,
    `${ORIGIN} 40 02 0e 0203 0000fbf4 0000fbf4 0000fbf0 ${OUR_NEXT_HOP} 80 04 04 00000032
     c0 08 0c fbf00001 fbf40002 fbf40001 c0 10 08 0002fbf400000007 c0 20 0c 0000fbf4 00000001 00000002`,
  ],
  [
    'attributes that came out of order go out in the order of their codes',
    external,
    `${NEXT_HOP} ${PATH} ${ORIGIN}`,
    `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP}`,
  ],
  [
    'RFC 6793 §4.2.2: to two octets, nothing is added where all numbers fit',
    twoOctet,
    `${ORIGIN} ${PATH} ${NEXT_HOP} c0 07 08 0000fbf0 cb007101`,
    `${ORIGIN} 40 02 06 0202 fbf4 fbf0 ${OUR_NEXT_HOP} c0 07 06 fbf0 cb007101`,
  ],
  [
    'RFC 6793 §4.2.2: large numbers become AS_TRANS, and are said in AS4_PATH and AS4_AGGREGATOR',
    twoOctet,
    `${ORIGIN} 40 02 06 0201 00010000 ${NEXT_HOP} c0 07 08 00010000 cb007101 c0 08 04 fbf00001`,
    `${ORIGIN} 40 02 06 0202 fbf4 5ba0 ${OUR_NEXT_HOP} c0 07 06 5ba0 cb007101 c0 08 04 fbf00001
     c0 11 0a 0202 0000fbf4 00010000 c0 12 08 00010000 cb007101`,
  ],
  [
    'RFC 6793 §4.2.2: our own large number needs AS4_PATH too',
    largeTwoOctet,
    `${ORIGIN} ${PATH} ${NEXT_HOP}`,
    `${ORIGIN} 40 02 06 0202 5ba0 fbf0 ${OUR_NEXT_HOP} c0 11 0a 0202 0001000e 0000fbf0`,
  ],
  [
    'a large number of ours on a four-octet session',
    large,
    `${ORIGIN} ${PATH} ${NEXT_HOP}`,
    `${ORIGIN} 40 02 0a 0202 0001000e 0000fbf0 ${OUR_NEXT_HOP}`,
  ],
  [
    'inside of our AS: path, MULTI_EXIT_DISC as they came, our degree of preference',
    internal,
    `${ORIGIN} ${PATH} ${NEXT_HOP} 80 04 04 00000007`,
    `${ORIGIN} ${PATH} ${OUR_NEXT_HOP} 80 04 04 00000007 ${LOCAL_PREF}`,
  ],
  [
    'inside of our AS with the next hop left as it is',
    unchanged,
    `${ORIGIN} 40 02 00 ${NEXT_HOP}`,
    `${ORIGIN} 40 02 00 ${NEXT_HOP} ${LOCAL_PREF}`,
  ],
];

for (const [title, encoding, incoming, outgoing] of CASES) {
  t.test(title, (t) => {
    t.equal(converted(encoding, incoming, false), hex(octets(outgoing)));
    t.end();
  });
}

/** From a neighbour with two-octet numbers, to one with four and to one with two. */
const FROM_TWO: readonly [title: string, incoming: string, four: string, two: string][] = [
  [
    'RFC 6793 §4.2.3: AS4_PATH and AS4_AGGREGATOR are put together with what they explain',
    `${ORIGIN} 40 02 06 0202 fbf0 5ba0 ${NEXT_HOP} c0 07 06 5ba0 cb007101
     c0 11 06 0201 00010000 c0 12 08 00010000 cb007102`,
    `${ORIGIN} 40 02 10 0202 0000fbf4 0000fbf0 0201 00010000 ${OUR_NEXT_HOP}
     c0 07 08 00010000 cb007102`,
    `${ORIGIN} 40 02 0a 0202 fbf4 fbf0 0201 5ba0 ${OUR_NEXT_HOP} c0 07 06 5ba0 cb007102
     c0 11 10 0202 0000fbf4 0000fbf0 0201 00010000 c0 12 08 00010000 cb007102`,
  ],
  [
    'RFC 6793 §4.2.3: both are of no account when a two-octet speaker has aggregated since',
    `${ORIGIN} 40 02 04 0201 5ba0 ${NEXT_HOP} c0 07 06 fbf0 cb007101
     c0 11 06 0201 00010000 c0 12 08 00010000 cb007102`,
    `${ORIGIN} 40 02 0a 0202 0000fbf4 00005ba0 ${OUR_NEXT_HOP} c0 07 08 0000fbf0 cb007101`,
    `${ORIGIN} 40 02 06 0202 fbf4 5ba0 ${OUR_NEXT_HOP} c0 07 06 fbf0 cb007101`,
  ],
];

for (const [title, incoming, four, two] of FROM_TWO) {
  t.test(title, (t) => {
    t.equal(converted(external, incoming, true), hex(octets(four)));
    t.equal(converted(twoOctet, incoming, true), hex(octets(two)));
    t.end();
  });
}

t.test('RFC 4271 §5.1.2: what overflows a segment of 255 begins a new one', (t) => {
  const path = (count: number) =>
    `50 02 ${length(2 + count * 4)} 02 ${byte(count)} ${'0000fbf0'.repeat(count)}`;
  const twice = { ...external, prepend: 1 };
  const ours = '0000fbf4';
  const theirs = '0000fbf0';
  const out = (value: string) =>
    hex(octets(`${ORIGIN} 50 02 ${length(octets(value).length)} ${value} ${OUR_NEXT_HOP}`));
  const incoming = (count: number) => `${ORIGIN} ${path(count)} ${NEXT_HOP}`;
  t.equal(
    converted(twice, incoming(253), false),
    out(`02ff ${ours.repeat(2)} ${theirs.repeat(253)}`),
  );
  t.equal(
    converted(twice, incoming(254), false),
    out(`0201 ${ours} 02ff ${ours} ${theirs.repeat(254)}`),
  );
  t.equal(
    converted(twice, incoming(255), false),
    out(`0202 ${ours.repeat(2)} 02ff ${theirs.repeat(255)}`),
  );
  t.end();
});

t.test('RFC 8092 §3: no large community goes out twice, however many there are', (t) => {
  const communities = (count: number) =>
    Array.from({ length: count }, (_, i) => `0000fbf0 00000000 ${word(i)}`).join('');
  const large = (value: string) => `f0 20 ${length(octets(value).length)} ${value}`;
  // As many as an extended message carries.
  const [once, few] = [communities(2700), communities(40)];
  const incoming = `${ORIGIN} ${PATH} ${NEXT_HOP} ${large(once + few + once)}`;
  const outgoing = `${ORIGIN} ${OUR_PATH} ${OUR_NEXT_HOP} ${large(once)}`;
  // Not as two texts that a failure would print.
  t.ok(converted(external, incoming, false) === hex(octets(outgoing)));
  t.end();
});

t.test('property: whatever came in, what goes out is in order', (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(optionalAttribute, { selector: ({ code }) => code }),
      fc.constantFrom(external, internal, tagged, toCustomer),
      (optional, encoding) => {
        const incoming = [
          ...optional.map(({ flags, code, value }) => attribute(flags, code, value)),
          ...[GOOD.origin, GOOD.asPath, GOOD.nextHop],
        ];
        const bytes = concat(...incoming);
        const outgoing = new OutgoingAttributes(encoding);
        outgoing.convert(bytes, 0, bytes.length, false, 100);
        const sent = walk(outgoing.octets.subarray(0, outgoing.length));
        t.strictSame(sent.map(faultOf(encoding)).filter(Boolean), []);
        const codes = sent.map(({ code }) => code);
        t.strictSame(
          codes,
          [...new Set(codes)].sort((x, y) => x - y),
          'each once, ascending',
        );
      },
    ),
    { seed: 4271, numRuns: 300 },
  );
  t.end();
});

t.test('RFC 4760 §3: an IPv6 route has its next hop in MP_REACH_NLRI and none among these', (t) => {
  const mpReach = '80 0e 14 0002 01 10 20010db8000000000000000000000001';
  for (const [encoding, nextHop] of [
    [external, '20010db8000000000000000000000009'],
    [unchanged, '20010db8000000000000000000000001'],
  ] as const) {
    const outgoing = new OutgoingAttributes(encoding);
    const bytes = octets(`${ORIGIN} ${PATH} ${mpReach}`);
    t.equal(outgoing.convert(bytes, 0, bytes.length, false, 100), true);
    t.equal(outgoing.family, 'ipv6');
    t.equal(hex(outgoing.nextHop), nextHop);
    const rest = encoding === external ? OUR_PATH : `${PATH} ${LOCAL_PREF}`;
    t.equal(hex(outgoing.octets.subarray(0, outgoing.length)), hex(octets(`${ORIGIN} ${rest}`)));
  }
  t.end();
});

t.test('RFC 2545 §3: of a next hop with a link-local address, the global one goes on', (t) => {
  const both = '20010db8000000000000000000000001 fe800000000000000000000000000001';
  const bytes = octets(`${ORIGIN} ${PATH} 80 0e 24 0002 01 20 ${both}`);
  const outgoing = new OutgoingAttributes(unchanged);
  t.equal(outgoing.convert(bytes, 0, bytes.length, false, 100), true);
  t.equal(hex(outgoing.nextHop), '20010db8000000000000000000000001');
  t.end();
});

t.test('RFC 2545 §3: a next hop that is good on one link alone is not passed on as it is', (t) => {
  const linkLocal = 'fe800000000000000000000000000001';
  for (const [length, nextHop] of [
    ['10', linkLocal],
    ['20', `${linkLocal} ${linkLocal}`],
    ['20', `${'00'.repeat(16)} ${linkLocal}`],
  ] as const) {
    const size = (5 + Number.parseInt(length, 16) - 1).toString(16);
    const bytes = octets(`${ORIGIN} ${PATH} 80 0e ${size} 0002 01 ${length} ${nextHop}`);
    const passes = (encoding: OutgoingEncoding) =>
      new OutgoingAttributes(encoding).convert(bytes, 0, bytes.length, false, 100);
    t.equal(passes(unchanged), false, nextHop);
    t.equal(passes(internal), true, 'ours takes its place');
  }
  t.end();
});

t.test(
  'RFC 4271 §6.3: a loopback address, which is nobody on another host, is not passed on',
  (t) => {
    const route = (nextHop: string) => octets(`${ORIGIN} ${PATH} ${nextHop}`);
    for (const bytes of [
      route('40 03 04 7f000001'),
      route(`80 0e 14 0002 01 10 ${'00'.repeat(15)}01`),
    ]) {
      const passes = (encoding: OutgoingEncoding) =>
        new OutgoingAttributes(encoding).convert(bytes, 0, bytes.length, false, 100);
      t.equal(passes(unchanged), false);
      t.equal(passes(internal), true, 'ours takes its place');
    }
    t.end();
  },
);

t.test('without a next hop that could be told, a route is not passed on', (t) => {
  const bytes = octets(`${ORIGIN} ${PATH} ${NEXT_HOP}`);
  const none = { ...external, nextHop: { ipv4: undefined, ipv6: undefined } };
  t.equal(new OutgoingAttributes(none).convert(bytes, 0, bytes.length, false, 100), false);
  t.end();
});

/** Of RFC 4271 §4.3, §5, RFC 4360 §6, RFC 8092 §3; undefined: there is nothing wrong with it. */
function faultOf({ context: { internal } }: OutgoingEncoding) {
  return ({ flags, code, value }: Attribute): string | undefined => {
    const kind = flags & 0xc0;
    const fault = (what: string) => `attribute ${code}, flags ${byte(flags)}: ${what}`;
    if ((flags & 0x0f) !== 0) return fault('the low bits');
    if (kind !== 0xc0 && (flags & 0x20) !== 0) return fault('Partial');
    if (kind === 0x80 && code !== MED) return fault('not transitive');
    if (code > 200 && (flags & 0x20) === 0) return fault('not known, and not Partial');
    const unit = UNITS.get(code);
    if (unit === undefined) return undefined;
    const each = chunks(value, unit);
    if (each.length === 0) return fault('empty');
    if (code === LARGE_CODE && new Set(each).size !== each.length) return fault('one twice');
    const leaks = each.some(
      (community) => (Number.parseInt(community.slice(0, 2), 16) & 0x40) !== 0,
    );
    return unit !== 4 && code !== LARGE_CODE && !internal && leaks ? fault('it leaks') : undefined;
  };
}

interface Attribute {
  readonly flags: number;
  readonly code: number;
  /** In hex. */
  readonly value: string;
}

function walk(bytes: Uint8Array): readonly Attribute[] {
  const all: Attribute[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [flags = 0, code = 0, high = 0, low = 0] = bytes.subarray(at);
    const from = at + ((flags & 0x10) === 0 ? 3 : 4);
    at = from + ((flags & 0x10) === 0 ? high : high * 256 + low);
    all.push({ flags, code, value: hex(bytes.subarray(from, at)) });
  }
  return all;
}

function chunks(value: string, octets: number): readonly string[] {
  return value.match(new RegExp(`.{${octets * 2}}`, 'g')) ?? [];
}

function converted(encoding: OutgoingEncoding, incoming: string, twoOctetAs: boolean): string {
  const bytes = octets(incoming);
  const outgoing = new OutgoingAttributes(encoding);
  outgoing.convert(bytes, 0, bytes.length, twoOctetAs, 100);
  return hex(outgoing.octets.subarray(0, outgoing.length));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map(byte).join('');
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function word(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function length(value: number): string {
  return value.toString(16).padStart(4, '0');
}
