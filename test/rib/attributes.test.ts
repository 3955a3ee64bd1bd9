import fc from 'fast-check';
import t from 'tap';
import { parseAddress } from '../../src/net/text.ts';
import { AttributeScan, type LocalIdentity, originAs } from '../../src/rib/attributeScan.ts';
import { AttributeTable } from '../../src/rib/attributeTable.ts';
import { AttributeClass, Fact, ownAsCount } from '../../src/rib/facts.ts';
import { RibFullError } from '../../src/rib/memory.ts';
import { OwnAddresses } from '../../src/rib/ownAddresses.ts';
import { attributeBytes, FOUR_OCTET, type SetSpec } from './updates.ts';

const [OURS] = ['198.51.100.9'].map(parseAddress);
const LOCAL: LocalIdentity = {
  asn: 64500,
  bgpIdentifier: 0x0a000001,
  addresses: new OwnAddresses(OURS ? [OURS] : []),
};

function table(words = 1 << 20): AttributeTable {
  return new AttributeTable(words, new AttributeScan(LOCAL), 12345);
}

function scan(spec: SetSpec, attributeClass = 0, context = FOUR_OCTET): AttributeScan {
  const scan = new AttributeScan(LOCAL);
  const bytes = Uint8Array.from(attributeBytes(spec, true, context));
  scan.scan(bytes, 0, bytes.length, attributeClass);
  return scan;
}

t.test(
  'property: equal octets of equal class are one set, all others are not, and nothing is left',
  (t) => {
    const octets = fc.uint8Array({ maxLength: 70 });
    const set = fc.record({
      octets,
      attributeClass: fc.constantFrom(0, AttributeClass.internal, AttributeClass.pathId),
      pathId: fc.constantFrom(1, 2, 0xffffffff),
      // Where it stands in the receive buffer must not matter.
      offset: fc.nat({ max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(set, { maxLength: 200, size: 'max' }), (sets) => {
        const attributes = table();
        const ids = new Map<string, number>();
        const held: number[] = [];
        for (const { octets, attributeClass, pathId, offset } of sets) {
          const buffer = new Uint8Array(offset + octets.length + 3).fill(0xaa);
          buffer.set(octets, offset);
          const id = attributes.intern(
            buffer,
            offset,
            offset + octets.length,
            attributeClass,
            pathId,
          );
          attributes.retain(id, 1);
          held.push(id);
          const withId = (attributeClass & AttributeClass.pathId) !== 0;
          const key = `${octets.join()} ${attributeClass} ${withId ? pathId : ''}`;
          if ((ids.get(key) ?? id) !== id) return false;
          ids.set(key, id);
          const { arena } = attributes;
          const kept = arena.octets.slice(arena.attributesStart(id), arena.attributesEnd(id));
          if (kept.join() !== octets.join()) return false;
        }
        attributes.checkInvariants();
        if (new Set(ids.values()).size !== ids.size) return false;
        for (const id of held) attributes.release(id);
        attributes.checkInvariants();
        return attributes.arena.octetsInUse === 0;
      }),
      { seed: 1997, numRuns: 100 },
    );
    t.end();
  },
);

t.test('50000 sets come, half of them go, and come back to the memory that these left', (t) => {
  const attributes = table(1 << 22);
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  const intern = (i: number) => {
    view.setUint32(0, i);
    return attributes.intern(bytes, 0, 40 + (i % 24), 0, 0);
  };
  const ids = Array.from({ length: 50000 }, (_, i) => intern(i));
  for (const id of ids) attributes.retain(id, 1);
  attributes.checkInvariants();
  const touched = attributes.arena.octetsTouched;
  for (const id of ids.filter((_, i) => i % 2 === 0)) attributes.release(id);
  attributes.checkInvariants();
  for (let i = 0; i < 50000; i += 2) attributes.retain(intern(i), 1);
  attributes.checkInvariants();
  t.equal(attributes.arena.octetsTouched, touched);
  t.end();
});

t.test('sets of 65531 octets are kept, and a full arena says so and stays as it was', (t) => {
  const attributes = table(1 << 20);
  const bytes = new Uint8Array(65531);
  let count = 0;
  t.throws(() => {
    for (; ; count++) {
      bytes[count % 65531]!++;
      attributes.retain(attributes.intern(bytes, 0, bytes.length, 0, 0), 1);
    }
  }, RibFullError);
  t.ok(count > 40);
  t.equal(attributes.arena.entries, count);
  attributes.checkInvariants();
  t.end();
});

t.test(
  '§9.1.2.2(a): a set in AS_PATH counts as one, and the path begins with its first AS',
  (t) => {
    const found = scan({ path: [7, 8, [1, 2, 3]], origin: 2 });
    t.equal(found.pathKey, (3 << 2) | 2);
    t.equal(found.neighbourAs, 7);
    t.equal(found.facts & Fact.asSet, Fact.asSet);
    t.equal(scan({ path: [[1, 2], 3] }).neighbourAs, 0);
    t.end();
  },
);

t.test('§5.1.5: LOCAL_PREF counts from internal neighbours alone', (t) => {
  t.equal(scan({ localPref: 200 }).preference, 100);
  t.equal(scan({ localPref: 200 }, AttributeClass.internal).preference, 200);
  t.equal(scan({}, AttributeClass.internal).preference, 100);
  t.end();
});

t.test('GRACEFUL_SHUTDOWN from outside gives the lowest preference (RFC 8326 §4.3)', (t) => {
  t.equal(scan({ communities: [0xffff0000] }).preference, 0);
  t.equal(scan({ communities: [0xffff0000] }, AttributeClass.internal).preference, 100);
  t.end();
});

t.test('what a policy can refuse is found in the path', (t) => {
  const facts = (spec: SetSpec) => scan(spec).facts;
  t.equal(facts({ path: [0] }) & Fact.asZero, Fact.asZero);
  t.equal(facts({ path: [64512] }) & Fact.privateAs, Fact.privateAs);
  t.equal(facts({ path: [4200000000] }) & Fact.privateAs, Fact.privateAs);
  t.equal(facts({ path: [23456] }) & Fact.reservedAs, Fact.reservedAs);
  t.equal(facts({ path: new Array(64).fill(1) }) & Fact.asPathTooLong, 0);
  t.equal(facts({ path: new Array(65).fill(1) }) & Fact.asPathTooLong, Fact.asPathTooLong);
  t.equal(ownAsCount(facts({ path: [1, 64500, 64500] })), 2);
  t.equal(ownAsCount(facts({ path: new Array(300).fill(64500) })), 15);
  t.equal(facts({ nextHop: '198.51.100.9' }) & Fact.nextHopOurs, Fact.nextHopOurs);
  t.equal(facts({ nextHop: '198.51.100.8' }) & Fact.nextHopOurs, 0);
  t.equal(facts({ originatorId: 0x0a000001 }) & Fact.originatorIsUs, Fact.originatorIsUs);
  t.end();
});

const TWO_OCTET = { ...FOUR_OCTET, fourOctetAs: false };
const as4Path = (...asns: number[]) => [
  0xc0,
  17,
  2 + asns.length * 4,
  2,
  asns.length,
  ...asns.flatMap((asn) => [asn >>> 24, (asn >>> 16) & 255, (asn >>> 8) & 255, asn & 255]),
];

t.test('AS4_PATH gives the true numbers on a two-octet session (RFC 6793 §4.2.3)', (t) => {
  const two = (path: number[], raw: number[]) =>
    scan({ path, raw }, AttributeClass.twoOctetAs, TWO_OCTET);
  const shorter = two([7, 23456, 23456], as4Path(70000, 4200000001));
  t.equal(shorter.pathKey >> 2, 3);
  t.equal(shorter.neighbourAs, 7);
  t.equal(shorter.facts & Fact.reservedAs, 0);
  t.equal(shorter.facts & Fact.privateAs, Fact.privateAs);
  t.equal(two([23456, 7], as4Path(70000, 7)).neighbourAs, 70000);
  const longer = two([7], as4Path(70000, 4200000001));
  t.equal(longer.neighbourAs, 7);
  t.equal(longer.facts & Fact.privateAs, 0, 'an AS4_PATH longer than AS_PATH is ignored');
  t.end();
});

t.test('AS4_PATH is ignored where a two-octet speaker has aggregated (RFC 6793 §4.2.3)', (t) => {
  const two = { ...FOUR_OCTET, fourOctetAs: false };
  const as4Path = [0xc0, 17, 6, 2, 1, 0, 0, 0xfb, 0xf4];
  const as4Aggregator = [0xc0, 18, 8, 0, 1, 0, 14, 10, 0, 0, 1];
  const aggregator = (asn: number) => [0xc0, 7, 6, asn >> 8, asn & 255, 10, 0, 0, 1];
  const read = (raw: readonly number[]) => {
    const spec = { path: [64496, 64511], raw };
    const bytes = Uint8Array.from(attributeBytes(spec, true, two));
    const own = ownAsCount(scan(spec, AttributeClass.twoOctetAs, two).facts);
    return { own, origin: originAs(bytes, 0, bytes.length, 2) };
  };
  const ignored = { own: 0, origin: 64511 };
  const heeded = { own: 1, origin: 64500 };
  t.same(read([...aggregator(64511), ...as4Path, ...as4Aggregator]), ignored);
  t.same(read([...aggregator(23456), ...as4Path, ...as4Aggregator]), heeded);
  t.same(read([...aggregator(64511), ...as4Path]), heeded, 'the rule is for both attributes');
  t.same(read([...as4Path, ...as4Aggregator]), heeded);
  t.end();
});

t.test('the origin AS is the last of the path, and none after a set (RFC 6811 §2)', (t) => {
  const origin = (path: SetSpec['path'] & {}, size: 2 | 4 = 4, raw: number[] = []) => {
    const context = size === 2 ? TWO_OCTET : FOUR_OCTET;
    const bytes = Uint8Array.from(attributeBytes({ path, raw }, true, context));
    return originAs(bytes, 0, bytes.length, size);
  };
  t.equal(origin([7, 8, 9]), 9);
  t.equal(origin([7, [8, 9]]), 0);
  t.equal(origin([]), 0);
  t.equal(origin([7, 23456], 2, as4Path(70000)), 70000);
  t.end();
});

t.test('property: no octets whatever make the scan read outside of them or throw', (t) => {
  const scan = new AttributeScan(LOCAL);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(0, AttributeClass.twoOctetAs),
      (bytes, how) => {
        scan.scan(bytes, 0, bytes.length, how);
        originAs(bytes, 0, bytes.length, how === 0 ? 4 : 2);
      },
    ),
    { seed: 7606, numRuns: 500 },
  );
  t.end();
});
