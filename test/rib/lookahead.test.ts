import fc from 'fast-check';
import t from 'tap';
import type { Rib } from '../../src/rib/rib.ts';
import { UpdateView } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { bringUp, makeRib, peerIndex, route, texts } from './fixture.ts';
import { FOUR_OCTET, type UpdateSpec, updateBytes } from './updates.ts';

/** Few prefixes and few sets, so that they meet again. */
const ipv4 = fc
  .tuple(fc.nat(2), fc.nat(3), fc.nat(3), fc.constantFrom(0, 7, 15, 16, 20, 23, 24, 31, 32))
  .map(([a, b, c, length]) => `${masked([a * 85, b, c, 1], length).join('.')}/${length}`);
const ipv6 = fc.nat(3).map((n) => `2001:${n}::/32`);
const announced = (prefix: fc.Arbitrary<string>) => fc.uniqueArray(prefix, { maxLength: 8 });
const update: fc.Arbitrary<UpdateSpec> = fc.record({
  path: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  announce: fc.oneof(
    { weight: 4, arbitrary: announced(ipv4) },
    { weight: 1, arbitrary: announced(fc.oneof(ipv4, ipv6)) },
  ),
  withdraw: fc.uniqueArray(ipv4, { maxLength: 2 }),
});

function masked(octets: readonly number[], length: number): number[] {
  return octets.map((octet, i) => {
    const bits = Math.max(0, Math.min(8, length - i * 8));
    return octet & (0xff00 >> bits);
  });
}

/** Feeds messages that lie one after the other in `bytes` from `start` on. */
function feedAll(
  rib: Rib,
  bytes: Uint8Array,
  start: number,
  messages: readonly Uint8Array[],
): void {
  const view = new UpdateView();
  let at = start;
  for (const { length } of messages) {
    decodeUpdate(bytes, at, at + length, FOUR_OCTET, view);
    rib.feed(peerIndex(0), bytes, view);
    at += length;
  }
}

function joined(messages: readonly Uint8Array[], behind: Uint8Array): Uint8Array {
  return Uint8Array.from([...messages, behind].flatMap((octets) => [...octets]));
}

/** The same attributes, but for other numbers in the path. */
function changed({ path = [], ...rest }: UpdateSpec): UpdateSpec {
  return { ...rest, path: path.map((asn) => (asn === 1 ? 2 : 1)) };
}

/** Every route, and how many attribute sets there are: none may be kept twice. */
function tableOf(rib: Rib): unknown {
  const all = [...texts(rib, 'ipv4'), ...texts(rib, 'ipv6')];
  const sets = rib.table.attributes.arena.entries;
  return { sets, routes: all.map((text) => route(rib, text)) };
}

const garbage = fc.uint8Array({ maxLength: 200 });
const updates = fc.array(update, { minLength: 1, maxLength: 80 });

t.test('property: what is read ahead makes no difference, wherever it is said to be', (t) => {
  const property = fc.property(updates, garbage, fc.nat(), fc.nat(), (specs, behind, a, b) => {
    const [rib, plain] = [makeRib(), makeRib()];
    const peer = bringUp(rib, 0);
    bringUp(plain, 0);
    const messages = specs.map((spec) => updateBytes(spec));
    const bytes = joined(messages, behind);
    // Half of the time the messages and what is behind them, else any part of it.
    const start = a % 2 === 0 ? 0 : (a >> 1) % (bytes.length + 1);
    const end = b % 2 === 0 ? bytes.length : (b >> 1) % (bytes.length + 1);
    rib.lookAhead(peer, bytes, start, end);
    feedAll(rib, bytes, 0, messages);
    feedAll(plain, bytes.slice(), 0, messages);
    rib.checkInvariants();
    t.same(tableOf(rib), tableOf(plain));
  });
  fc.assert(property, { seed: 3, numRuns: 25 });
  t.end();
});

t.test('property: nor when the octets are no longer what was read ahead', (t) => {
  const property = fc.property(updates, (specs) => {
    const [rib, plain] = [makeRib(), makeRib()];
    const peer = bringUp(rib, 0);
    bringUp(plain, 0);
    const before = specs.map((spec) => updateBytes(spec));
    const after = specs.map((spec) => updateBytes(changed(spec)));
    const bytes = joined(before, new Uint8Array(8));
    rib.lookAhead(peer, bytes, 0, bytes.length);
    feedAll(rib, bytes, 0, before.slice(0, 1));
    bytes.set(joined(after, new Uint8Array(8)));
    feedAll(rib, bytes, after[0]?.length ?? 0, after.slice(1));
    for (const message of [...before.slice(0, 1), ...after.slice(1)]) {
      feedAll(plain, message, 0, [message]);
    }
    rib.checkInvariants();
    t.same(tableOf(rib), tableOf(plain));
  });
  fc.assert(property, { seed: 4, numRuns: 25 });
  t.end();
});
