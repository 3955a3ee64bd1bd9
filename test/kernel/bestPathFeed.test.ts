import t from 'tap';
import { BestPathFeed } from '../../src/kernel/bestPathFeed.ts';
import { MAX_NEIGHBOUR_HOPS } from '../../src/kernel/hopBook.ts';
import { IPV6_ROW, ROW_WORDS, ROWS, WINDOW } from '../../src/kernel/installMessages.ts';
import { rowText } from '../../src/kernel/rowText.ts';
import { parsePrefix } from '../../src/net/text.ts';
import type { Rib } from '../../src/rib/rib.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';
import { bringUp, feed, finish, makeRib } from '../rib/fixture.ts';

/** What the other thread knows, and the messages that it has not given back. */
function follow(rib: Rib) {
  const known = new Map<string, number>();
  const held: Int32Array<ArrayBuffer>[] = [];
  const counts: number[] = [];
  const tooMany: string[] = [];
  let hops = 0;
  let leads = 0;
  const feedOf = new BestPathFeed({
    nameOf: (peer) => `n${peer}`,
    onBegin: () => known.clear(),
    onHops: () => {
      hops = feedOf.book.size;
      leads++;
    },
    onTooMany: (neighbour) => tooMany.push(neighbour),
    onRows(rows, count) {
      for (let at = 0; at < count * ROW_WORDS; at += ROW_WORDS) {
        const hop = rows[at]! >>> 8;
        const row = new RowPrefix();
        row.family = (hop & IPV6_ROW) === 0 ? 'ipv4' : 'ipv6';
        [row.word0, row.word1, row.word2] = [rows[at + 1]!, rows[at + 2]!, rows[at + 3]!];
        [row.word3, row.length] = [rows[at + 4]!, rows[at]! & 0xff];
        known.set(rowText(row), hop & ~IPV6_ROW);
        if ((hop & ~IPV6_ROW) > hops) throw new Error('a next hop that nobody has heard of');
      }
      counts.push(count);
      held.push(rows);
    },
  });
  const step = () => {
    finish(rib);
    while (rib.drainChanges(1000, (change) => feedOf.changed(change)));
    while (feedOf.work(1000));
  };
  const give = () => {
    for (const rows of held.splice(0)) feedOf.returned(rows);
  };
  return { feed: feedOf, known, held, counts, tooMany, leads: () => leads, step, give };
}

/** `count` /24s from 10.0.0.0 on, in UPDATEs of 200. */
function many(rib: Rib, peer: ReturnType<typeof bringUp>, count: number, path: number[]): void {
  for (let from = 0; from < count; from += 200) {
    const announce = Array.from({ length: Math.min(200, count - from) }, (_, i) => {
      return `10.${(from + i) >> 8}.${(from + i) & 255}.0/24`;
    });
    feed(rib, peer, { path, announce });
  }
}

t.test('a table that is there is told from its first prefix on, then changes', (t) => {
  const rib = makeRib();
  const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
  feed(rib, a, { path: [1, 2], announce: ['5.0.0.0/16', '5.1.0.0/16', '2400:1::/32'] });
  const { feed: follower, known, step, give } = follow(rib);
  follower.begin(rib, () => {});
  t.notOk(follower.isIdle);
  step();
  t.same(Object.fromEntries(known), { '5.0.0.0/16': 1, '5.1.0.0/16': 1, '2400:1::/32': 2 });
  t.ok(follower.isIdle);
  feed(rib, b, { path: [1], announce: ['5.0.0.0/16'] });
  feed(rib, a, { withdraw: ['5.1.0.0/16'] });
  step();
  give();
  t.same(Object.fromEntries(known), { '5.0.0.0/16': 3, '5.1.0.0/16': 0, '2400:1::/32': 2 });
  t.same(
    follower.book.hops.map(({ neighbour, family }) => `${neighbour} ${family}`),
    ['n0 ipv4', 'n0 ipv6', 'n1 ipv4'],
  );
  t.end();
});

t.test(
  'who does not give messages back is sent no more than the window, and then what is true',
  (t) => {
    const rib = makeRib({ routeWords: 1 << 21 });
    const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
    const { feed: follower, known, held, counts, step, give } = follow(rib);
    follower.begin(rib, () => {});
    step();
    const size = ROWS * (WINDOW + 2);
    many(rib, a, size, [1, 2]);
    step();
    t.equal(held.length, WINDOW);
    for (let round = 0; round < 5; round++) {
      many(rib, b, size, round % 2 === 0 ? [1] : [1, 2, 3]);
      step();
    }
    t.equal(held.length, WINDOW);
    t.ok(follower.waiting <= size, 'each prefix waits once');
    while (held.length > 0) {
      give();
      step();
    }
    t.ok(follower.isIdle);
    t.equal(known.size, size);
    t.same(new Set(known.values()), new Set([2]), 'b was best in the end');
    t.ok(counts.every((count) => count <= ROWS));
    t.end();
  },
);

t.test(
  'a prefix of our own has no learned route, and gets it back when it is ours no more',
  (t) => {
    const rib = makeRib();
    const a = bringUp(rib, 0);
    feed(rib, a, { path: [1], announce: ['5.0.0.0/16', '5.1.0.0/16'] });
    const { feed: follower, known, step } = follow(rib);
    const own = parsePrefix('5.0.0.0/16');
    if (!own) throw new Error('no prefix');
    follower.setOwn([own]);
    follower.begin(rib, () => {});
    step();
    t.same(Object.fromEntries(known), { '5.0.0.0/16': 0, '5.1.0.0/16': 1 });
    follower.setOwn([]);
    step();
    t.equal(known.get('5.0.0.0/16'), 1);
    t.end();
  },
);

t.test('what it wakes for is there to be done', (t) => {
  const rib = makeRib();
  const a = bringUp(rib, 0);
  const { feed: follower, held, step } = follow(rib);
  let woken = 0;
  follower.begin(rib, () => woken++);
  step();
  feed(rib, a, { path: [1], announce: ['5.0.0.0/16'] });
  step();
  const [rows] = held.splice(0);
  if (!rows) throw new Error('no message');
  follower.returned(rows);
  t.equal(woken, 0, 'nothing waits');
  t.end();
});

t.test(
  "ever new next hops are told of once a message, and not beyond the neighbour's share",
  (t) => {
    const rib = makeRib();
    const [a, b] = [bringUp(rib, 0), bringUp(rib, 1)];
    const { feed: follower, known, tooMany, leads, step, give } = follow(rib);
    follower.begin(rib, () => {});
    const count = MAX_NEIGHBOUR_HOPS + 100;
    for (let n = 0; n < count; n++) {
      const nextHop = `10.0.${n >> 8}.${n & 255}`;
      feed(rib, a, { path: [1], nextHop, announce: [`20.${n >> 8}.${n & 255}.0/24`] });
    }
    feed(rib, b, { path: [1], announce: ['5.0.0.0/16'] });
    step();
    give();
    step();
    t.same(tooMany, ['n0']);
    t.equal(follower.book.size, MAX_NEIGHBOUR_HOPS + 1);
    t.ok(leads() <= Math.ceil(count / ROWS) + 2, `told ${leads()} times`);
    t.equal([...known.values()].filter((hop) => hop === 0).length, 100);
    t.not(known.get('5.0.0.0/16'), 0);
    t.end();
  },
);
