import t from 'tap';
import { parsePrefix } from '../../src/net/text.ts';
import { RibFullError } from '../../src/rib/memory.ts';
import type { ExportEvent } from '../../src/session/exportMember.ts';
import { ExportGroups } from '../../src/speaker/exportGroups.ts';
import { exportTerms } from '../../src/speaker/exportTerms.ts';
import { bringUp, feed, finish, makeRib, peerIndex } from '../rib/fixture.ts';
import { decoded, FOUR_OCTET, type SetSpec, updateBytes } from '../rib/updates.ts';
import { downstream, internal, PLAIN, Receiver } from './receiver.ts';

const A = '10.1.0.0/16';
const B = '10.2.0.0/16';
const EXTENDED = { ...PLAIN, extendedMessages: true };

/** A RIB that is fed by two neighbours, and export groups over it. */
class Edge {
  readonly rib = makeRib({ routeWords: 1 << 21, attributeWords: 1 << 23 });
  readonly events: ExportEvent[] = [];
  wakes = 0;
  readonly groups = new ExportGroups({
    rib: this.rib,
    onEvent: (event) => this.events.push(event),
    wake: () => this.wakes++,
    held: false,
  });

  constructor() {
    bringUp(this.rib, 0);
    bringUp(this.rib, 1);
  }

  announce(prefixes: readonly string[], set: SetSpec = { path: [7] }, source = 0): void {
    for (let i = 0; i < prefixes.length; i += 100) {
      feed(this.rib, peerIndex(source), { ...set, announce: prefixes.slice(i, i + 100) });
    }
  }

  withdraw(...prefixes: string[]): void {
    feed(this.rib, peerIndex(0), { withdraw: prefixes });
  }

  /** Until nothing can be done: a receiver that does not stall reads as it is written to. */
  work(receivers: readonly Receiver[], budget = 1000): void {
    finish(this.rib);
    const written = () => receivers.reduce((sum, { chunks }) => sum + chunks.length, 0);
    for (let [more, before] = [true, -1]; more || written() > before; ) {
      before = written();
      more = this.groups.work(budget);
      for (const receiver of receivers) if (!receiver.stalled) receiver.read();
    }
  }
}

function manyPrefixes(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${11 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`,
  );
}

/** Every prefix its own attribute set, as many octets as a real table has. */
function announceTable(edge: Edge, count: number): string[] {
  const all = manyPrefixes(count);
  all.forEach((prefix, i) => {
    edge.announce([prefix], { path: [7, 8, 1000 + i], communities: [1, 2, 3, i + 10] });
  });
  return all;
}

t.test('members of a group are written the very same chunks, in the same order', (t) => {
  const edge = new Edge();
  const two = [new Receiver(downstream()), new Receiver(downstream({ name: 'other' }))];
  const apart = new Receiver(downstream({ name: 'apart', prepend: 1 }));
  for (const receiver of [...two, apart]) receiver.join(edge.groups);
  announceTable(edge, 3000);
  edge.work([...two, apart]);
  const [first, second] = two;
  const shared = first!.chunks;
  t.ok(shared.length > 3, `${shared.length} chunks`);
  t.equal(shared.length, second!.chunks.length);
  t.ok(shared.every((chunk, i) => chunk === second!.chunks[i]));
  t.notOk(apart.chunks.some((chunk) => shared.includes(chunk)));
  t.equal(first!.table.size, 3000);
  t.end();
});

t.test('receivers share a group exactly when they are sent the same octets', (t) => {
  const key = (receiver: Receiver) => exportTerms(receiver.outlet).key;
  const plain = key(new Receiver(downstream()));
  t.equal(key(new Receiver(downstream({ name: 'x', holdTime: 30, passive: true }))), plain);
  const others = [
    new Receiver(downstream({ asn: 64998 })),
    new Receiver(downstream({ export: 'default' })),
    new Receiver(downstream({ prepend: 1 })),
    new Receiver(downstream({ med: 0 })),
    new Receiver(downstream({ families: ['ipv4'] })),
    new Receiver(downstream({ nextHop: { ipv4: undefined, ipv6: undefined } })),
    new Receiver(downstream(), { ...PLAIN, fourOctetAs: false }),
    new Receiver(downstream(), EXTENDED),
    new Receiver(downstream(), { ...PLAIN, addPath: { ipv4: true, ipv6: false } }),
    new Receiver(downstream(), { ...PLAIN, extendedNextHop: true }),
    new Receiver(downstream({ role: { is: 'provider', strict: false } })),
    new Receiver(downstream({ role: { is: 'peer', strict: false } })),
    new Receiver(internal()),
    new Receiver(internal({ nextHopSelf: false })),
  ];
  t.equal(new Set([plain, ...others.map(key)]).size, others.length + 1);
  t.end();
});

t.test('a withdrawal passes the table that is being sent: it is in the next chunk', (t) => {
  const edge = new Edge();
  const receiver = new Receiver(downstream());
  const all = announceTable(edge, 12000);
  edge.announce([A]);
  edge.groups.work(1e6);
  receiver.join(edge.groups);
  // Until its socket is full; `Receiver.write` sees to it that no more than 128 KiB are unsent.
  for (let more = true; more; ) more = edge.groups.work(300);
  t.ok(receiver.table.has(A));
  t.ok(receiver.table.size < all.length / 2, 'the table is still being sent');
  edge.withdraw(A);
  edge.announce(all.slice(0, 500), { path: [7, 9] });
  edge.groups.work(1000);
  const before = receiver.chunks.length;
  receiver.read();
  edge.groups.work(50);
  t.ok(receiver.chunks.length > before);
  t.notOk(receiver.table.has(A), 'withdrawn in the first chunk that there was room for');
  edge.work([receiver]);
  t.equal(receiver.table.size, all.length);
  t.end();
});

t.test(
  'who does not read in time is left behind, and comes up by itself, no slower than it reads',
  (t) => {
    const edge = new Edge();
    const [fast, slow] = [new Receiver(downstream()), new Receiver(downstream({ name: 'slow' }))];
    const all = announceTable(edge, 12000);
    edge.groups.work(1e6);
    fast.join(edge.groups);
    slow.join(edge.groups);
    edge.groups.work(100);
    slow.stall();
    edge.work([fast, slow]);
    t.equal(fast.table.size, all.length);
    t.same(fast.endOfRib, ['ipv4', 'ipv6']);
    const [snapshot] = edge.groups.snapshots();
    const waiting = snapshot?.receivers.find(({ name }) => name === 'slow')?.waiting ?? 0;
    t.ok(waiting > 0 && waiting < 512 * 1024, `${waiting} octets wait, not the table`);
    t.equal(snapshot?.receivers.find(({ name }) => name === 'slow')?.inStep, false);
    const read = fast.announced;
    slow.read();
    edge.work([fast, slow]);
    t.same(slow.table, fast.table);
    t.same(slow.endOfRib, ['ipv4', 'ipv6']);
    t.equal(fast.announced, read, 'nobody else is told anything again');
    t.end();
  },
);

t.test('a member that never reads is given up after 64 MiB, once, and the others go on', (t) => {
  const edge = new Edge();
  const member = (name: string, unsent: number) => ({ name, unsent, octets: 0, givenUp: 0 });
  const [good, bad] = [member('good', 0), member('bad', 1e6)];
  for (const one of [good, bad]) {
    const { outlet } = new Receiver(downstream({ name: one.name }), EXTENDED);
    edge.groups.join(outlet, {
      unsent: one.unsent,
      repeatOwn: () => {},
      refreshEnded: () => {},
      overwhelmed: () => one.givenUp++,
      broken: () => {},
      write: ({ length }) => {
        one.octets += length;
      },
    });
  }
  const raw = [0xd0, 99, 0xea, 0x60, ...new Array(0xea60).fill(1)];
  const bytes = updateBytes({ path: [7], raw, announce: [A] });
  const counter = new DataView(bytes.buffer, bytes.length - 100);
  for (let i = 0; i < 2000 && bad.givenUp === 0; i++) {
    counter.setUint32(0, i);
    edge.rib.feed(peerIndex(0), bytes, decoded(bytes, EXTENDED));
    edge.work([]);
  }
  t.equal(bad.givenUp, 1);
  t.equal(bad.octets, 0);
  const mebibytes = good.octets / 1024 / 1024;
  t.ok(mebibytes > 63 && mebibytes < 66, `${mebibytes} MiB`);
  t.match(edge.events, [{ type: 'ReceiverOverwhelmed', receiver: 'bad', want: 'unread' }]);
  edge.announce([B]);
  const before = good.octets;
  edge.work([]);
  t.equal(bad.givenUp, 1);
  t.ok(good.octets > before);
  t.end();
});

t.test(
  'RFC 8654: a set that does not fit is not sent, withdrawn if it had been, and told once',
  (t) => {
    const edge = new Edge();
    const [plain, extended] = [
      new Receiver(downstream()),
      new Receiver(downstream({ name: 'extended' }), EXTENDED),
    ];
    for (const receiver of [plain, extended]) receiver.join(edge.groups);
    edge.announce([A, B]);
    edge.work([plain, extended]);
    // With the rest, and our AS before the path, it leaves no room in 4096 octets.
    const raw = [0xd0, 99, 0x0f, 0xd0, ...new Array(0xfd0).fill(1)];
    const context = { ...FOUR_OCTET, extendedMessages: true };
    feed(edge.rib, peerIndex(0), { path: [7], raw, announce: [A] }, context);
    feed(edge.rib, peerIndex(0), { path: [8], raw, announce: ['10.3.0.0/16'] }, context);
    edge.work([plain, extended]);
    t.same([...plain.table.keys()], [B]);
    t.same([...extended.table.keys()].toSorted(), [A, B, '10.3.0.0/16']);
    t.same(edge.events, [{ type: 'RouteTooLarge', receivers: ['down'] }]);
    const prefix = parsePrefix(A);
    t.same(prefix && plain.membership?.standing(prefix), {
      advertised: false,
      refusal: 'too-large',
    });
    t.same(prefix && extended.membership?.standing(prefix), {
      advertised: true,
      refusal: undefined,
    });
    t.end();
  },
);

t.test('RFC 2918: a refresh is for the member that asked, and for its family', (t) => {
  const edge = new Edge();
  const [asks, other] = [new Receiver(downstream()), new Receiver(downstream({ name: 'other' }))];
  for (const receiver of [asks, other]) receiver.join(edge.groups);
  edge.announce([A, B]);
  edge.announce(['2400:1::/32']);
  edge.work([asks, other]);
  const told = [asks.announced, other.announced];
  asks.membership?.refresh('ipv4', false);
  edge.work([asks, other]);
  t.same([asks.announced - told[0]!, other.announced - told[1]!], [2, 0]);
  asks.membership?.refresh('ipv6', false);
  edge.work([asks, other]);
  t.same([asks.announced - told[0]!, other.announced - told[1]!], [3, 0]);
  t.same(asks.endOfRib, ['ipv4', 'ipv6'], 'End-of-RIB is not repeated');
  t.end();
});

t.test('RFC 4271 §9.2: what would say the same again is not sent', (t) => {
  const edge = new Edge();
  const [out, inside] = [new Receiver(downstream()), new Receiver(internal())];
  for (const receiver of [out, inside]) receiver.join(edge.groups);
  edge.announce([A], { path: [7], med: 1 });
  edge.work([out, inside]);
  edge.announce([A], { path: [7], med: 2 });
  edge.work([out, inside]);
  t.same([out.announced, inside.announced], [1, 2], 'MULTI_EXIT_DISC does not leave our AS');
  edge.announce([A], { path: [7], med: 2, communities: [5] });
  edge.work([out, inside]);
  t.same([out.announced, inside.announced], [2, 3]);
  t.end();
});

t.test('a path that flaps while nobody has room is told once, as it is in the end', (t) => {
  const edge = new Edge();
  const receiver = new Receiver(downstream());
  receiver.join(edge.groups);
  edge.announce([A, B]);
  edge.work([receiver]);
  receiver.stall();
  for (let i = 0; i < 50; i++) {
    edge.withdraw(A);
    edge.groups.work(10);
    edge.announce([A], { path: [7, i + 1] });
    edge.groups.work(10);
  }
  edge.withdraw(B);
  t.equal(edge.groups.work(10), false, 'there is nothing that could be done');
  const chunks = receiver.chunks.length;
  const wakes = edge.wakes;
  receiver.read();
  t.ok(edge.wakes > wakes, 'room wakes the owner');
  edge.work([receiver]);
  t.equal(receiver.chunks.length - chunks, 1);
  t.same([...receiver.table.keys()], [A]);
  t.match(receiver.table.get(A), /2=64500,7,50 /);
  t.end();
});

t.test(
  'a prefix that becomes ours is withdrawn at once, and our own route said again where that is late',
  (t) => {
    const edge = new Edge();
    const [ready, late] = [new Receiver(downstream()), new Receiver(downstream({ name: 'late' }))];
    for (const receiver of [ready, late]) receiver.join(edge.groups);
    edge.announce([A, B]);
    edge.work([ready, late]);
    late.stall();
    const own = [A].flatMap((text) => parsePrefix(text) ?? []);
    edge.groups.setOwnPrefixes(own);
    t.same([...ready.table.keys()], [B]);
    t.same([...late.table.keys()], [A, B]);
    late.read();
    t.same([...late.table.keys()], [B]);
    t.same([ready.repeats, late.repeats], [0, 1]);
    edge.announce([A], { path: [7, 9] });
    edge.work([ready, late]);
    t.same([...ready.table.keys()], [B], 'and it stays withdrawn');
    edge.groups.setOwnPrefixes([]);
    edge.work([ready, late]);
    t.same([...ready.table.keys()].toSorted(), [A, B]);
    t.end();
  },
);

t.test(
  'when the last member has left, every attribute set is given back, a slice at a time',
  (t) => {
    const edge = new Edge();
    const receiver = new Receiver(downstream());
    receiver.join(edge.groups);
    announceTable(edge, 1000);
    edge.work([receiver]);
    const { arena } = edge.rib.table.attributes;
    edge.rib.peerDown(peerIndex(0));
    finish(edge.rib);
    t.equal(arena.entries, 1000, 'they are advertised, and so they are kept');
    receiver.leave();
    let slices = 1;
    for (; edge.groups.work(100); slices++);
    t.ok(slices > 5, `${slices} slices`);
    t.equal(arena.entries, 0);
    edge.rib.checkInvariants();
    t.end();
  },
);

t.test('a member that leaves while the group is at work is written nothing more', (t) => {
  const edge = new Edge();
  const quits = new (class extends Receiver {
    override write(chunk: Uint8Array, messages: number): void {
      super.write(chunk, messages);
      this.leave();
    }
  })(downstream());
  const stays = new Receiver(downstream({ name: 'stays' }));
  announceTable(edge, 2000);
  for (const receiver of [quits, stays]) receiver.join(edge.groups);
  edge.work([quits, stays]);
  t.equal(quits.chunks.length, 1);
  t.equal(stays.table.size, 2000);
  t.end();
});

t.test(
  'a withdrawal that waits since before a prefix became ours has our route said again',
  (t) => {
    const edge = new Edge();
    const [quick, late] = [new Receiver(downstream()), new Receiver(downstream({ name: 'late' }))];
    for (const receiver of [quick, late]) receiver.join(edge.groups);
    edge.announce([A, B]);
    edge.work([quick, late]);
    late.stall();
    edge.withdraw(A);
    edge.work([quick, late]);
    t.same([...late.table.keys()], [A, B], 'it waits');
    edge.groups.setOwnPrefixes([A].flatMap((text) => parsePrefix(text) ?? []));
    late.read();
    t.same([quick.repeats, late.repeats], [0, 1]);
    t.end();
  },
);

t.test('groups have their turns one after the other, however late it is', (t) => {
  const edge = new Edge();
  const receivers = [64997, 64998, 64999].map((asn) => new Receiver(downstream({ asn })));
  for (const receiver of receivers) receiver.join(edge.groups);
  announceTable(edge, 300);
  const sizes = () => receivers.map(({ table }) => table.size);
  const late = () => true;
  edge.groups.work(900, late);
  t.same(sizes(), [300, 0, 0]);
  edge.groups.work(900, late);
  t.same(sizes(), [300, 300, 0]);
  edge.groups.work(900, late);
  t.same(sizes(), [300, 300, 300]);
  t.end();
});

t.test('the more groups there are, the fewer changes a slice takes in', (t) => {
  const edge = new Edge();
  const receivers = Array.from({ length: 10 }, (_, i) => {
    return new Receiver(downstream({ asn: 65000 + i }));
  });
  for (const receiver of receivers) receiver.join(edge.groups);
  announceTable(edge, 1000);
  edge.groups.work(100);
  t.equal(edge.rib.table.changes, 990);
  t.end();
});

t.test('no room for routes: the session is ended for that, and the next one begins anew', (t) => {
  const edge = new Edge();
  const receiver = new Receiver(downstream());
  const wants: string[] = [];
  receiver.overwhelmed = (want) => {
    wants.push(want);
    receiver.leave();
  };
  receiver.join(edge.groups);
  edge.announce([A]);
  const { attributes } = edge.rib.table;
  const { retain } = attributes;
  attributes.retain = () => {
    throw new RibFullError('no room');
  };
  edge.groups.work(10);
  attributes.retain = retain;
  t.same(wants, ['memory']);
  t.match(edge.events, [{ type: 'ReceiverOverwhelmed', receiver: 'down', want: 'memory' }]);
  receiver.join(edge.groups);
  edge.work([receiver]);
  t.same([...receiver.table.keys()], [A]);
  t.end();
});

t.test('RFC 7313 §4: the end of a refresh is told after all of it, to who asked alone', (t) => {
  const edge = new Edge();
  const [asks, other] = [new Receiver(downstream()), new Receiver(downstream({ name: 'other' }))];
  const none = new Receiver(downstream({ name: 'own', export: 'own' }));
  const all = [asks, other, none];
  for (const receiver of all) receiver.join(edge.groups);
  announceTable(edge, 3000);
  t.ok(asks.membership?.owesEndOfRib);
  edge.work(all);
  t.notOk(asks.membership?.owesEndOfRib);
  const before = asks.announced;
  asks.stall();
  asks.membership?.refresh('ipv4', true);
  edge.work(all);
  t.same(asks.refreshesEnded, [], 'it does not read');
  asks.read();
  edge.work(all);
  t.equal(asks.announced, before + 3000);
  t.same([asks.refreshesEnded, other.refreshesEnded], [['ipv4'], []]);
  none.membership?.refresh('ipv4', true);
  asks.membership?.refresh('ipv6', true);
  edge.work(all);
  t.same(none.refreshesEnded, ['ipv4'], 'who is sent nothing learned is told the end all the same');
  t.same(asks.refreshesEnded, ['ipv4', 'ipv6']);
  t.end();
});

t.test(
  'RFC 9494 §4.3: long-lived stale routes go to who knows what they are, and to nobody else',
  (t) => {
    const edge = new Edge();
    const knows = new Receiver(downstream({ name: 'knows' }), PLAIN, true);
    const knowsNot = new Receiver(downstream({ name: 'knows-not' }));
    for (const receiver of [knows, knowsNot]) receiver.join(edge.groups);
    edge.announce([A, B], { path: [7] });
    edge.announce([B], { path: [8, 9] }, 1);
    edge.work([knows, knowsNot]);
    t.same([knows.table.size, knowsNot.table.size], [2, 2]);
    edge.rib.retain(peerIndex(0), ['ipv4']);
    edge.work([knows, knowsNot]);
    t.same([knows.table.size, knowsNot.table.size], [2, 2], 'stale is not long-lived stale');
    edge.rib.longLive(peerIndex(0), 'ipv4');
    edge.work([knows, knowsNot]);
    t.match(knows.table.get(A), /255\.255\.0\.6/);
    t.notMatch(knows.table.get(B), /255\.255\.0\.6/, 'the other path is better');
    t.same([...knowsNot.table.keys()], [B]);
    const standing = knowsNot.membership?.standing(parsePrefix(A)!);
    t.same(standing, { advertised: false, refusal: 'llgr-stale' });
    t.end();
  },
);
