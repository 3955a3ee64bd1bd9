import fc from 'fast-check';
import t from 'tap';
import {
  type Community,
  collectCommunities,
  eachCommunity,
  formatCommunities,
  mergeCommunities,
  NO_COMMUNITIES,
  parseCommunity,
  WELL_KNOWN,
} from '../../src/net/community.ts';

const uint32 = fc.nat(0xffff_ffff);

const community: fc.Arbitrary<Community> = fc.oneof(
  fc.record({ kind: fc.constant('standard' as const), value: uint32 }),
  fc.record({
    kind: fc.constant('extended' as const),
    value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  }),
  fc.record({ kind: fc.constant('large' as const), value: fc.tuple(uint32, uint32, uint32) }),
);

function textOf(one: Community): string {
  return formatCommunities(collectCommunities([one]))[0] ?? '';
}

t.test('each kind has its own form', (t) => {
  t.same(parseCommunity('64496:100'), { kind: 'standard', value: 0xfbf00064 });
  t.same(parseCommunity('65535:65535'), { kind: 'standard', value: 0xffffffff });
  t.same(parseCommunity('64496:1:2'), { kind: 'large', value: [64496, 1, 2] });
  t.same(parseCommunity('rt:64496:100'), { kind: 'extended', value: 0x0002_fbf0_0000_0064n });
  t.same(parseCommunity('ro:65552:7'), { kind: 'extended', value: 0x0203_0001_0010_0007n });
  t.same(parseCommunity('0x8000000000000001'), {
    kind: 'extended',
    value: 0x8000_0000_0000_0001n,
  });
  t.end();
});

t.test("IANA's names: both ways, also where the number was written", (t) => {
  for (const [name, value] of WELL_KNOWN) {
    t.same(parseCommunity(name), { kind: 'standard', value }, name);
    t.equal(textOf({ kind: 'standard', value }), name);
  }
  t.same(parseCommunity('65535:0'), parseCommunity('graceful-shutdown'), 'RFC 8326');
  t.same(parseCommunity('No-Export'), parseCommunity('65535:65281'), 'RFC 1997');
  t.end();
});

t.test('a part that is out of range is refused, never cut', (t) => {
  for (const text of [
    ...['70000:1', '1:70000', '64496', '64496:', ':1', '64496:1:2:3', '-1:1', '1.5:1', '1 :1'],
    ...['4294967296:1:1', '1:1:4294967296', '00000000001:1', 'rt:64496', 'rt:4294967296:1'],
    ...['rt:65536:65536', 'rt:64496:4294967296', 'RT:1:1', '0x1', '0x80000000000000010', 'garbage'],
    ...['', '0xg000000000000001', '１:1', '1:1\n'],
  ]) {
    t.equal(parseCommunity(text), undefined, JSON.stringify(text));
  }
  t.end();
});

t.test('a set is sorted and free of duplicates, whatever came in', (t) => {
  const texts = ['64496:2', '64496:1:2', 'no-export', '64496:1', '64496:1', '64496:1:1', 'rt:1:1'];
  const all = texts.flatMap((text) => parseCommunity(text) ?? []);
  t.same(formatCommunities(collectCommunities(all)), [
    ...['64496:1', '64496:2', 'no-export', 'rt:1:1', '64496:1:1', '64496:1:2'],
  ]);
  t.same(collectCommunities([]), NO_COMMUNITIES);
  t.end();
});

t.test('property: every community reads back as itself', (t) => {
  fc.assert(
    fc.property(community, (one) => {
      t.same(parseCommunity(textOf(one)), one, textOf(one));
    }),
    { seed: 1997, numRuns: 300 },
  );
  t.end();
});

t.test('property: merging is the union, in any order, and merging again changes nothing', (t) => {
  const list = fc.array(community, { maxLength: 12 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const [left, right] = [collectCommunities(a), collectCommunities(b)];
      const merged = mergeCommunities(left, right);
      t.same(merged, collectCommunities([...b, ...a]));
      t.same(mergeCommunities(merged, left), merged);
      t.same(collectCommunities(eachCommunity(merged)), merged);
    }),
    { seed: 4360, numRuns: 100 },
  );
  t.end();
});
