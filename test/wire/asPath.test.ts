import fc from 'fast-check';
import t from 'tap';
import {
  asPathOctets,
  encodeAsPath,
  firstAs,
  judgeAsPath,
  needsAs4Path,
  originAs,
  pathContains,
  pathLength,
} from '../../src/wire/asPath.ts';
import { formatAsPath, readAsPath } from '../../src/wire/asPathText.ts';
import { Fault } from '../../src/wire/fault.ts';
import { octets } from '../support/octets.ts';

interface Expected {
  readonly text: string;
  readonly length: number;
  readonly first: number;
  readonly origin: number;
}

/** Four-octet paths. */
const PATHS: readonly [title: string, hex: string, Expected][] = [
  ['an empty path', '', { text: '', length: 0, first: 0, origin: 0 }],
  [
    'a sequence',
    '0202 0000fbf0 00010000',
    { text: '64496 65536', length: 2, first: 64496, origin: 65536 },
  ],
  [
    'RFC 4271 §9.1.2.2(a): a set counts as one, and no AS in it is the origin',
    '0201 0000fbf0  0102 0000fbf1 0000fbf2',
    { text: '64496 {64497 64498}', length: 2, first: 64496, origin: 0 },
  ],
  ['a leading set', '0101 0000fbf0', { text: '{64496}', length: 1, first: 0, origin: 0 }],
  [
    'RFC 5065 §5.3: confederation segments count as nothing',
    '0302 0000fde9 0000fdea  0401 0000fdeb  0201 0000fbf0',
    { text: '(65001 65002) [65003] 64496', length: 1, first: 64496, origin: 64496 },
  ],
  [
    'two sequences',
    '0201 0000fbf0  0201 0000fbf1',
    { text: '64496 64497', length: 2, first: 64496, origin: 64497 },
  ],
];

for (const [title, hex, { text, length, first, origin }] of PATHS) {
  t.test(title, (t) => {
    const bytes = octets(hex);
    const end = bytes.length;
    t.equal(judgeAsPath(bytes, 0, end, 4, true), Fault.none);
    t.equal(formatAsPath(readAsPath(bytes, 0, end, 4)), text);
    t.equal(pathLength(bytes, 0, end, 4), length);
    t.equal(firstAs(bytes, 0, end, 4), first);
    t.equal(originAs(bytes, 0, end, 4), origin);
    t.end();
  });
}

t.test('RFC 4271 §9.1.2: an AS is found wherever it is in the path, and only there', (t) => {
  const bytes = octets('0201 0000fbf0  0102 0000fbf1 0000fbf2');
  for (const asn of [64496, 64497, 64498]) t.ok(pathContains(bytes, 0, bytes.length, 4, asn));
  t.notOk(pathContains(bytes, 0, bytes.length, 4, 0x0201)); // the segment's header
  t.end();
});

t.test('RFC 6793 §4.2.2: AS_TRANS stands for what two octets cannot say', (t) => {
  const target = new Uint8Array(asPathOctets(3, 2));
  t.equal(encodeAsPath(target, 0, [64496, 65536, 65535], 2), target.length);
  t.same(target, octets('0203 fbf0 5ba0 ffff'));
  t.ok(needsAs4Path([64496, 65536]));
  t.notOk(needsAs4Path([64496, 65535]));
  t.end();
});

t.test('RFC 4271 §5.1.2(b): a path of more than 255 is split, the short segment first', (t) => {
  const path = Array.from({ length: 511 }, (_, i) => i + 1);
  const target = new Uint8Array(asPathOctets(511, 2));
  t.equal(encodeAsPath(target, 0, path, 2), target.length);
  t.same(target.subarray(0, 4), octets('0201 0001'));
  t.same(target.subarray(4, 8), octets('02ff 0002'));
  t.equal(judgeAsPath(target, 0, target.length, 2, false), Fault.none);
  t.equal(pathLength(target, 0, target.length, 2), 511);
  t.equal(originAs(target, 0, target.length, 2), 511);
  t.end();
});

t.test('property: what is encoded is read back, in either width', (t) => {
  const asn = fc.integer({ min: 1, max: 0xffff });
  const width = fc.constantFrom(2 as const, 4 as const);
  fc.assert(
    fc.property(fc.array(asn, { maxLength: 600, size: 'max' }), width, (path, width) => {
      const bytes = new Uint8Array(asPathOctets(path.length, width));
      t.equal(encodeAsPath(bytes, 0, path, width), bytes.length);
      t.same(readAsPath(bytes, 0, bytes.length, width), path);
    }),
    { seed: 4271, numRuns: 30 },
  );
  t.end();
});
