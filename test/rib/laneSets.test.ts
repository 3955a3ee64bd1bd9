/**
 * Attribute sets that the fast lane sees for the first time: each with one thing about it, in order or
 * not, into a RIB with the lane and one without.
 */

import t from 'tap';
import type { IpAddress } from '../../src/net/address.ts';
import { parseAddress } from '../../src/net/text.ts';
import { OwnAddresses } from '../../src/rib/ownAddresses.ts';
import { laneModule } from '../../src/speaker/laneFile.ts';
import { bringUp, makeRib, peerIndex, setsOf, texts } from './fixture.ts';
import { Reader } from './reader.ts';
import { FOUR_OCTET } from './updates.ts';

type Octets = readonly number[];

const lane = laneModule();
const skip = lane ? false : 'there is no src/lane.wasm: npm run build makes it';

/** Of ever new RIBs with one route each. */
const SIZES = { routeWords: 1 << 17, attributeWords: 1 << 12 };
const LOCAL_AS = 70_000;
const ORIGIN = attributeOf(0x40, 1, [0]);
const PATH = pathOf([64_496, 9]);
const NEXT_HOP = attributeOf(0x40, 3, [198, 51, 100, 1]);
const MANDATORY = [...ORIGIN, ...PATH, ...NEXT_HOP];
const IPV6_NEXT_HOP = ipv6Of([0x20, 1, 0x0d, 0xb8]);
const OWN = ['198.51.100.9', '2001::9'];

function attributeOf(flags: number, code: number, value: Octets): number[] {
  return [flags, code, value.length, ...value];
}

function pathOf(asns: Octets, type = 2): number[] {
  return attributeOf(0x40, 2, [type, asns.length, ...asns.flatMap(four)]);
}

/** In a header with a length of two octets. */
function longPathOf(hops: number): number[] {
  const value = hops === 0 ? [] : [2, hops, ...Array<number>(hops).fill(9).flatMap(four)];
  return [0x50, 2, value.length >> 8, value.length & 255, ...value];
}

function reachOf(nextHop: Octets): number[] {
  return attributeOf(0x80, 14, [0, 2, 1, nextHop.length, ...nextHop, 0, 32, 0x20, 1, 0x0d, 0xb8]);
}

function ipv6Of(first: Octets, last = 1): number[] {
  return [...first, ...Array<number>(15 - first.length).fill(0), last];
}

function four(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

const ORIGINS = [0, 1, 2, 3, 255].map((origin) => [
  ...attributeOf(0x40, 1, [origin]),
  ...PATH,
  ...NEXT_HOP,
]);

const AS_NUMBERS = [
  ...[0, 1, 9, 23_455, 23_456, 23_457, 64_495, 64_511, 64_512, 65_534, 65_535, 65_536, LOCAL_AS],
  ...[4_199_999_999, 4_200_000_000, 4_294_967_294, 4_294_967_295],
];

const PATHS = [
  ...AS_NUMBERS.flatMap((asn) => [pathOf([64_496, asn]), pathOf([asn, 9])]),
  ...[0, 1, 63, 64, 65, 66, 255].map(longPathOf),
  ...[0, 1, 2, 3, 4, 5].map((type) => pathOf([9, 8], type)),
  // An empty segment, two segments, one that is cut, one without a count.
  ...[
    [2, 0],
    [2, 1, 0, 0, 0, 9, 2, 2, 0, 0, 0, 8, 0, 0, 0, 7],
    [2, 2, 0, 0, 0, 9],
    [2, 1, 0, 0, 0, 9, 2],
  ].map((value) => attributeOf(0x40, 2, value)),
].map((path) => [...ORIGIN, ...path, ...NEXT_HOP]);

/** Ours, and one that ends like it, are among them. */
const NEXT_HOPS = [
  ...[0, 1, 127, 223, 224, 240, 255].map((first) => [first, 51, 100, 1]),
  ...[198, 199].map((first) => [first, 51, 100, 9]),
].map((address) => [...ORIGIN, ...PATH, ...attributeOf(0x40, 3, address)]);

const COMMUNITIES = [
  ...[0, 0x10002, 0xfffe_ffff, 0xffff_0000, 0xffff_0006, 0xffff_0007, 0xffff_029a, 0xffff_ff01],
  ...[0xffff_ff02, 0xffff_ffff],
].map((community) => [...MANDATORY, ...attributeOf(0xc0, 8, [...four(5), ...four(community)])]);

const NUMBERS = [0, 1, 0x7fff_ffff, 0xffff_ffff].flatMap((value) => [
  [...MANDATORY, ...attributeOf(0x80, 4, four(value))],
  [...MANDATORY, ...attributeOf(0x40, 5, four(value))],
]);

/** Of those that may stand beside the mandatory ones: flags and value as they should be. */
const OTHERS: readonly (readonly [flags: number, code: number, value: Octets])[] = [
  [0x80, 4, four(7)],
  [0x40, 5, four(200)],
  [0x40, 6, []],
  [0xc0, 7, [...four(9), 192, 0, 2, 1]],
  [0xc0, 7, [...four(0), 192, 0, 2, 1]],
  [0xc0, 8, four(0x10002)],
  [0xc0, 16, [...four(1), ...four(2)]],
  [0xc0, 32, [...four(1), ...four(2), ...four(3)]],
  [0xc0, 35, four(9)],
];

/** Twice there, of every kind of flags, of wrong lengths, and cut. */
const FORMS = OTHERS.flatMap(([flags, code, value]) => {
  const attribute = attributeOf(flags, code, value);
  return [
    ...[attribute, [...attribute, ...attribute], attribute.slice(0, -1), [flags, code]],
    ...[0x00, 0x40, 0x80, 0xc0, flags | 0x20].map((other) => attributeOf(other, code, value)),
    ...[value.slice(1), [...value, 1], [...value, ...value], []].map((other) =>
      attributeOf(flags, code, other),
    ),
    [flags | 0x10, code, 0, value.length, ...value],
    [flags | 0x10, code, 0],
  ];
}).map((attribute) => [...MANDATORY, ...attribute]);

const UNKNOWN = [0, 9, 10, 17, 18, 25, 40, 63, 64, 65, 66, 99, 128, 255].flatMap((code) =>
  [0x40, 0x80, 0xc0].map((flags) => [...MANDATORY, ...attributeOf(flags, code, [1, 2, 3, 4])]),
);

const INCOMPLETE = [ORIGIN, PATH, NEXT_HOP].flatMap((one) => {
  const others = [ORIGIN, PATH, NEXT_HOP].filter((other) => other !== one).flat();
  const [, ...rest] = one;
  return [
    ...[others, [...others, ...one], [...MANDATORY, ...one], [...others, ...one].slice(0, -1)],
    ...[0x00, 0x80, 0xc0, 0x20, 0x60].map((flags) => [...others, flags, ...rest]),
  ];
});

/** The next hop is in MP_REACH_NLRI. */
const REACHES = [
  ...[0x00, 0x01, 0x20, 0x3f, 0xfe, 0xff].map((first) => reachOf(ipv6Of([first]))),
  ...[[], [0, 0, 1], [0xfe, 0x80]].map((first) => reachOf(ipv6Of(first, 0))),
  ...[4, 8, 24, 32, 48].map((length) => reachOf(Array.from({ length }, (_, i) => 0x20 + i))),
  reachOf([...ipv6Of([0, 0], 0), ...ipv6Of([0xfe, 0x80])]),
  reachOf([...IPV6_NEXT_HOP, ...ipv6Of([0xfe, 0x80])]),
  ...[0x20, 0x24].map((first) => reachOf(ipv6Of([first, 1], 9))),
  [...reachOf(IPV6_NEXT_HOP), ...reachOf(IPV6_NEXT_HOP)],
  [...reachOf(IPV6_NEXT_HOP), ...NEXT_HOP],
  [0xc0, ...reachOf(IPV6_NEXT_HOP).slice(1)],
].flatMap((reach) => [
  [...ORIGIN, ...PATH, ...reach],
  [...reach, ...attributeOf(0x80, 4, four(7)), ...ORIGIN, ...PATH],
]);

const UPDATES = [
  ...[ORIGINS, PATHS, NEXT_HOPS, COMMUNITIES, NUMBERS, FORMS, UNKNOWN, INCOMPLETE]
    .flat()
    .concat([[...MANDATORY, ...reachOf(IPV6_NEXT_HOP)]])
    .map((attributes) => updateOf(attributes, [24, 203, 0, 113])),
  ...REACHES.map((attributes) => updateOf(attributes, [])),
];

function updateOf(attributes: Octets, routes: Octets): Uint8Array {
  const body = [0, 0, attributes.length >> 8, attributes.length & 255, ...attributes, ...routes];
  const length = 19 + body.length;
  return Uint8Array.from([...Array<number>(16).fill(255), length >> 8, length & 255, 2, ...body]);
}

function addressOf(text: string): IpAddress {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is not an address`);
  return address;
}

for (const internal of [false, true]) {
  const whose = internal ? 'internal' : 'external';
  t.test(`from an ${whose} neighbour: as by the long way, or left to it`, { skip }, (t) => {
    const context = { ...FOUR_OCTET, internal };
    const addresses = new OwnAddresses(OWN.map(addressOf));
    const local = { asn: LOCAL_AS, bgpIdentifier: 1, addresses };
    let easy = 0;
    const read = (octets: Uint8Array, options: { lane?: typeof lane }) => {
      const rib = makeRib({ ...options, ...SIZES, tracked: false, local });
      bringUp(rib, 0, { context });
      const reader = new Reader(rib, context);
      reader.read(peerIndex(0), octets);
      rib.checkInvariants();
      easy += reader.easy;
      return `${setsOf(rib)} ${texts(rib, 'ipv4')} ${texts(rib, 'ipv6')}`;
    };
    for (const octets of UPDATES) {
      const [fast, slow] = [read(octets, { lane }), read(octets, {})];
      if (fast !== slow) t.equal(fast, slow, Buffer.from(octets).toString('hex'));
    }
    t.ok(easy > UPDATES.length / 5, `the lane took ${easy} of ${UPDATES.length}`);
    t.end();
  });
}
