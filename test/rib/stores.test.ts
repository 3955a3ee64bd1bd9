import fc from 'fast-check';
import t from 'tap';
import { addressFromOctets } from '../../src/net/address.ts';
import { covers, type Prefix, prefixOf } from '../../src/net/prefix.ts';
import { parseAddress, parsePrefix } from '../../src/net/text.ts';
import type { Rib } from '../../src/rib/rib.ts';
import { bringUp, drain, feed, finish, makeRib, openRules, peerIndex, texts } from './fixture.ts';

const BATCH = 100;

function announce(rib: Rib, prefixes: readonly string[], peer = 0): void {
  for (let at = 0; at < prefixes.length; at += BATCH) {
    feed(rib, peerIndex(peer), { path: [64496], announce: prefixes.slice(at, at + BATCH) });
  }
}

function withdraw(rib: Rib, prefixes: readonly string[], peer = 0): void {
  for (let at = 0; at < prefixes.length; at += BATCH) {
    feed(rib, peerIndex(peer), { withdraw: prefixes.slice(at, at + BATCH) });
  }
}

function parsed(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is not a prefix`);
  return prefix;
}

function compare(a: Prefix, b: Prefix): number {
  for (let i = 0; i < a.octets.length; i++) {
    if (a.octets[i] !== b.octets[i]) return a.octets[i]! - b.octets[i]!;
  }
  return a.length - b.length;
}

t.test('65536 host routes of one /16, every length above them, and all of it gone again', (t) => {
  const rib = makeRib({ tracked: false, routeWords: 1 << 22 });
  const empty = rib.table.blocks.memory.wordsInUse;
  bringUp(rib, 0);
  bringUp(rib, 1);
  const hosts = Array.from({ length: 65536 }, (_, i) => {
    // An odd factor visits every value, out of order.
    const low = (i * 40503) & 0xffff;
    return `100.1.${low >>> 8}.${low & 255}/32`;
  });
  const above = Array.from(
    { length: 32 },
    (_, length) => prefixOf(addressFromOctets(Uint8Array.of(100, 1, 0, 0)), length).text,
  );
  announce(rib, hosts);
  announce(rib, [...new Set(above)], 1);
  rib.checkInvariants();
  t.equal(rib.table.prefixes('ipv4'), 65536 + 32);
  const ordered = texts(rib, 'ipv4');
  t.equal(ordered.length, 65536 + 32);
  t.same(
    ordered,
    ordered.toSorted((a, b) => compare(parsed(a), parsed(b))),
  );
  withdraw(rib, hosts.slice(0, 40000));
  rib.checkInvariants();
  rib.peerDown(peerIndex(0));
  rib.peerDown(peerIndex(1));
  finish(rib);
  rib.checkInvariants();
  t.equal(rib.table.blocks.memory.wordsInUse, empty);
  t.equal(rib.table.attributes.arena.octetsInUse, 0);
  t.end();
});

t.test('6000 /128s behind one another and between one another keep their order', (t) => {
  const rib = makeRib();
  bringUp(rib, 0);
  const hosts = Array.from({ length: 6000 }, (_, i) => {
    const low = (i * 40503) & 0xffff;
    return parsed(`2400:0:0:${(low & 15).toString(16)}::${(low + 1).toString(16)}/128`).text;
  });
  const wide = Array.from({ length: 16 }, (_, i) => parsed(`2400:0:0:${i.toString(16)}::/64`).text);
  announce(rib, [...hosts, ...wide]);
  rib.checkInvariants();
  const ordered = texts(rib, 'ipv6');
  t.equal(ordered.length, hosts.length + wide.length);
  t.same(
    ordered,
    ordered.toSorted((a, b) => compare(parsed(a), parsed(b))),
  );
  withdraw(rib, [...hosts, ...wide]);
  drain(rib);
  rib.checkInvariants();
  t.equal(rib.table.prefixes('ipv6'), 0);
  t.end();
});

for (const [name, first] of [
  ['::', 0],
  ['::', 65],
  ['2000::', 3],
] as const) {
  const last = first === 65 ? 128 : 64;
  t.test(
    `${name} with all lengths from /${first} to /${last} is one block, which never grows`,
    (t) => {
      const rib = makeRib({ tracked: false });
      bringUp(rib, 0);
      const all = Array.from({ length: last - first + 1 }, (_, i) => `${name}/${first + i}`);
      announce(rib, all);
      rib.checkInvariants();
      const { wordsInUse } = rib.table.blocks.memory;
      for (const prefix of all) {
        withdraw(rib, [prefix]);
        announce(rib, [prefix]);
      }
      rib.checkInvariants();
      t.equal(rib.table.blocks.memory.wordsInUse, wordsInUse);
      const others = Array.from({ length: 40 }, (_, i) => `2001:db8:${i + 1}::/${last}`);
      announce(rib, others);
      rib.checkInvariants();
      t.same(texts(rib, 'ipv6').sort(), [...all, ...others].sort());
      withdraw(rib, [...all, ...others]);
      rib.checkInvariants();
      t.equal(rib.table.prefixes('ipv6'), 0);
      t.end();
    },
  );
}

const octets4 = fc.tuple(
  fc.constantFrom(10, 11),
  fc.constantFrom(0, 128, 170),
  fc.nat({ max: 255 }),
  fc.nat({ max: 255 }),
);
const octets6 = octets4.map((four) => [0x24, 0, 0, 1, ...four, ...four, 0, 0, 0, four[3]]);
const some = (octets: fc.Arbitrary<number[]>, max: number) =>
  fc
    .tuple(octets, fc.nat({ max }))
    .map(([address, length]) => prefixOf(addressFromOctets(Uint8Array.from(address)), length));

for (const [name, octets, max] of [
  ['IPv4', octets4.map((o) => [...o]), 32],
  ['IPv6', octets6, 128],
] as const) {
  t.test(
    `property: ${name} longest match, covering and covered prefixes are those of a naive search`,
    (t) => {
      fc.assert(
        fc.property(
          fc.array(some(octets, max), { minLength: 1, maxLength: 80 }),
          some(octets, max),
          (all, probe) => {
            const rib = makeRib();
            bringUp(rib, 0);
            announce(
              rib,
              all.map(({ text }) => text),
            );
            const unique = [...new Map(all.map((prefix) => [prefix.text, prefix])).values()];
            const covering = unique
              .filter((prefix) => covers(prefix, probe))
              .sort(compare)
              .reverse();
            const covered = unique.filter((prefix) => covers(probe, prefix)).sort(compare);
            const names = (list: Iterable<{ prefix: Prefix }>) =>
              [...list].map(({ prefix }) => prefix.text).join();
            const address = addressFromOctets(probe.octets);
            return (
              names(rib.reader.covering(probe)) === covering.map(({ text }) => text).join() &&
              names(rib.reader.coveredBy(probe)) === covered.map(({ text }) => text).join() &&
              rib.reader.match(address, probe.length)?.prefix.text === covering[0]?.text
            );
          },
        ),
        { seed: 4632, numRuns: 150 },
      );
      t.end();
    },
  );
}

t.test('the longest match passes over prefixes whose paths are all refused', (t) => {
  const rib = makeRib();
  bringUp(rib, 0);
  bringUp(rib, 1, { rules: openRules({ accept: 'none' }) });
  announce(rib, ['203.0.0.0/16']);
  announce(rib, ['203.0.112.0/24'], 1);
  const address = parseAddress('203.0.112.1');
  t.equal(address && rib.reader.match(address)?.prefix.text, '203.0.0.0/16');
  t.end();
});
