import t from 'tap';
import type { Rib } from '../../src/rib/rib.ts';
import { bringUp, drain, feed, finish, makeRib } from './fixture.ts';

/** `count` /24s from 10.0.0.0 on, by 200s: what fits into an UPDATE. */
function blocks(count: number): string[][] {
  const all = Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  return Array.from({ length: Math.ceil(count / 200) }, (_, i) =>
    all.slice(i * 200, i * 200 + 200),
  );
}

/** What the next `budget` visits tell: the family, and whether it is a withdrawal. */
function told(rib: Rib, budget: number): string[] {
  const out: string[] = [];
  rib.drainChanges(budget, ({ family, column }) => out.push(`${family} ${column < 0 ? '-' : '+'}`));
  return out;
}

t.test('an IPv6 prefix is told among the first, however many IPv4 ones wait', (t) => {
  const rib = makeRib();
  const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
  for (const announce of blocks(2000)) feed(rib, a, { path: [1], announce });
  feed(rib, b, { path: [1], announce: ['2400:1::/32', '2400:1:2:3:4::/80'] });
  t.equal(told(rib, 6).filter((change) => change === 'ipv6 +').length, 2);
  rib.checkInvariants();
  t.end();
});

t.test('a withdrawal goes before 40,000 prefixes that flap, in whichever family', (t) => {
  const rib = makeRib({ routeWords: 1 << 21 });
  const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
  const flapping = blocks(40000);
  for (const announce of flapping) feed(rib, a, { path: [1], announce });
  feed(rib, b, { path: [1], announce: ['99.0.0.0/16', '2400:1::/32'] });
  drain(rib);
  for (const announce of flapping) feed(rib, a, { path: [2], announce });
  feed(rib, b, { withdraw: ['99.0.0.0/16', '2400:1::/32'] });
  t.same(told(rib, 3), ['ipv4 -', 'ipv6 -', 'ipv4 +']);
  for (const withdraw of flapping) feed(rib, a, { withdraw });
  feed(rib, b, { path: [1], announce: ['2400:1::/32'] });
  drain(rib);
  for (const withdraw of flapping) feed(rib, a, { path: [1], announce: withdraw });
  for (const withdraw of flapping) feed(rib, a, { withdraw });
  feed(rib, b, { withdraw: ['2400:1::/32'] });
  t.ok(told(rib, 8).includes('ipv6 -'), 'among as many withdrawals');
  rib.checkInvariants();
  t.end();
});

t.test('a neighbour that flaps does not keep others from being told', (t) => {
  const rib = makeRib();
  const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
  const flapping = blocks(2000);
  for (const announce of flapping) feed(rib, a, { path: [1], announce });
  drain(rib);
  feed(rib, b, { path: [1], announce: ['2400:1::/32'] });
  for (const withdraw of flapping) feed(rib, a, { withdraw });
  t.ok(told(rib, 8).includes('ipv6 +'));
  rib.checkInvariants();
  t.end();
});

t.test('a prefix that comes and goes is in each queue once, and told once', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  for (let i = 0; i < 50; i++) {
    feed(rib, a, { path: [i + 1], announce: ['10.0.0.0/24'] });
    feed(rib, a, { withdraw: ['10.0.0.0/24'] });
    rib.checkInvariants();
  }
  t.same([rib.table.changes, rib.table.queued], [1, 2]);
  t.same(told(rib, 1), ['ipv4 -']);
  t.same([rib.table.changes, rib.table.queued], [0, 1], 'what is left means nothing');
  rib.checkInvariants();
  feed(rib, a, { path: [1], announce: ['10.0.0.0/24'] });
  t.same([rib.table.changes, rib.table.queued], [1, 1], 'but it will do for the next change');
  t.same(told(rib, 10), ['ipv4 +']);
  rib.checkInvariants();
  t.end();
});

t.test('rows that are told early leave with the last queue that they are in', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  const words = rib.table.blocks.memory.wordsInUse;
  for (const announce of blocks(1000)) feed(rib, a, { path: [1], announce });
  rib.peerDown(a);
  finish(rib);
  t.equal(rib.table.prefixes('ipv4'), 0);
  t.equal(drain(rib), 1000);
  t.equal(rib.table.queued, 0);
  t.equal(rib.table.blocks.memory.wordsInUse, words);
  rib.checkInvariants();
  t.end();
});
