import fc from 'fast-check';
import t from 'tap';
import { addressFromOctets } from '../../src/net/address.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { PathFeed, type PathReader } from '../../src/rib/pathFeed.ts';
import { PathFeeds } from '../../src/rib/pathFeeds.ts';
import { ChangeMark, PathQueue } from '../../src/rib/pathQueue.ts';
import type { Rib } from '../../src/rib/rib.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import { prefixFromWords } from '../../src/rib/routeReader.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';
import { bringUp, feed, finish, makeRib, openRules } from './fixture.ts';
import { FOUR_OCTET } from './updates.ts';

const ADD_PATH = { ...FOUR_OCTET, addPath: { ipv4: true, ipv6: false } };
const PREFIXES = ['10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24', '203.0.113.0/24', '2001:db8::/32'];

/** What a station would hold: both views, and how often each was told. */
class View implements PathReader {
  readonly received = new Map<string, number>();
  readonly accepted = new Set<string>();
  readonly complete_: PeerIndex[] = [];
  tellings = 0;

  path(told: Parameters<PathReader['path']>[0]): void {
    this.tellings++;
    const { family, word0, word1, word2, word3, length } = told.row;
    const prefix = prefixFromWords(family, [word0, word1, word2, word3], length);
    const key = `${told.peer} ${prefix.text} ${told.pathId ?? '-'}`;
    if (told.set === 0) this.received.delete(key);
    else this.received.set(key, told.set);
    if (told.eligible) this.accepted.add(key);
    else if (told.wasEligible) this.accepted.delete(key);
  }

  complete(peer: PeerIndex): void {
    this.complete_.push(peer);
  }

  forget(peer: PeerIndex): void {
    for (const key of this.received.keys()) {
      if (key.startsWith(`${peer} `)) this.received.delete(key);
    }
    for (const key of this.accepted) if (key.startsWith(`${peer} `)) this.accepted.delete(key);
  }

  lines(): string[] {
    return [...this.received.keys()].map((key) => `${key} ${this.accepted.has(key)}`).toSorted();
  }
}

/** The same from the table itself. */
function held(rib: Rib, peers: readonly PeerIndex[]): string[] {
  return (['ipv4', 'ipv6'] as const)
    .flatMap((family) => [...rib.reader.all(family)])
    .flatMap(({ prefix, paths }) =>
      paths
        .filter(({ peer, standing }) => peers.includes(peer) && standing.kind !== 'leaving')
        .map(({ peer, pathId, standing }) => {
          const accepted = standing.kind !== 'refused';
          return `${peer} ${prefix.text} ${pathId ?? '-'} ${accepted}`;
        }),
    )
    .toSorted();
}

function settle(follower: PathFeed, view: View, budget = 3): void {
  for (let turns = 0; follower.step(budget, view); turns++) {
    if (turns > 10_000) throw new Error('the feed never comes to an end');
  }
}

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('announce' as const, 'withdraw' as const),
    peer: fc.constantFrom(0, 1),
    prefix: fc.constantFrom(...PREFIXES),
    pathId: fc.constantFrom(1, 2, 3),
    origin: fc.constantFrom(64511, 64512, 13335),
  }),
  fc.record({ kind: fc.constant('read' as const), budget: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constantFrom('restart' as const, 'refresh' as const, 'policy' as const),
    peer: fc.constantFrom(0, 1),
  }),
);

t.test(
  'whatever happens, and however slowly it reads, a reader ends with what the table has',
  (t) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(0, 2, 1000), (steps, soft) => {
        const rib = makeRib({ tracked: false });
        const rules = openRules({ privateAs: 'refuse' });
        const contexts = [FOUR_OCTET, ADD_PATH];
        const up = (peer: number) =>
          bringUp(rib, peer, { rules, context: contexts[peer] ?? FOUR_OCTET, maxPaths: peer + 1 });
        const peers = [up(0), up(1)] as const;
        const view = new View();
        const follower = new PathFeed(rib.table, () => {}, { soft, hard: 100_000 });
        rib.table.observer = follower;
        for (const peer of peers) follower.watch(peer);
        let strict = true;
        for (const each of steps) {
          if (each.kind === 'read') {
            follower.step(each.budget, view);
            continue;
          }
          const peer = peers[each.peer === 0 ? 0 : 1];
          if ('prefix' in each) {
            const context = contexts[each.peer] ?? FOUR_OCTET;
            const withId = each.peer === 1 && !each.prefix.includes(':');
            const routes = [withId ? `${each.prefix}#${each.pathId}` : each.prefix];
            const path = [64496 + each.peer, each.origin];
            if (each.kind === 'announce') feed(rib, peer, { announce: routes, path }, context);
            else feed(rib, peer, { withdraw: routes }, context);
          } else if (each.kind === 'restart') {
            rib.peerDown(peer);
            follower.unwatch(peer);
            view.forget(peer);
            finish(rib);
            up(each.peer);
            follower.watch(peer);
          } else if (each.kind === 'refresh') {
            rib.refreshBegin(peer, 'ipv4');
            rib.refreshEnd(peer, 'ipv4');
            finish(rib);
          } else {
            strict = !strict;
            rib.setRules(peer, openRules({ privateAs: strict ? 'refuse' : 'accept' }));
            finish(rib);
          }
        }
        settle(follower, view);
        t.strictSame(view.lines(), held(rib, peers));
        rib.checkInvariants();
      }),
      { seed: 7854, numRuns: 300 },
    );
    t.end();
  },
);

t.test('each neighbour is complete once, after its first walk', (t) => {
  const rib = makeRib({ tracked: false });
  const peer = bringUp(rib, 0);
  feed(rib, peer, { announce: PREFIXES.slice(0, 4), path: [64496] });
  const view = new View();
  const follower = new PathFeed(rib.table, () => {});
  rib.table.observer = follower;
  follower.watch(peer);
  t.ok(follower.step(2, view));
  t.strictSame(view.complete_, []);
  settle(follower, view);
  t.strictSame(view.complete_, [peer]);
  t.equal(view.tellings, 4);
  feed(rib, peer, { withdraw: ['10.0.0.0/8'] });
  settle(follower, view);
  t.strictSame(view.complete_, [peer]);
  t.strictSame(view.lines(), held(rib, [peer]));
  t.end();
});

t.test('what the walk has still before it is not remembered', (t) => {
  const rib = makeRib({ tracked: false });
  const peer = bringUp(rib, 0);
  const follower = new PathFeed(rib.table, () => {}, { soft: 10, hard: 0 });
  rib.table.observer = follower;
  follower.watch(peer);
  feed(rib, peer, { announce: PREFIXES.slice(0, 4), path: [64496] });
  feed(rib, peer, { withdraw: PREFIXES.slice(0, 3) });
  t.notOk(follower.lost);
  const view = new View();
  settle(follower, view);
  t.strictSame(view.lines(), held(rib, [peer]));
  t.end();
});

t.test(
  'announcements beyond the limit are found by another walk; withdrawals lose the feed',
  (t) => {
    const rib = makeRib({ tracked: false });
    const peer = bringUp(rib, 0);
    const view = new View();
    const follower = new PathFeed(rib.table, () => {}, { soft: 1, hard: 2 });
    rib.table.observer = follower;
    follower.watch(peer);
    settle(follower, view);
    feed(rib, peer, { announce: PREFIXES.slice(0, 4), path: [64496] });
    t.notOk(follower.lost);
    // The walk that follows would not begin before this one has ended.
    t.strictSame(view.lines(), []);
    settle(follower, view);
    feed(rib, peer, { announce: PREFIXES.slice(0, 1), path: [64496, 1] });
    settle(follower, view);
    t.strictSame(view.lines(), held(rib, [peer]));
    feed(rib, peer, { withdraw: PREFIXES.slice(0, 3) });
    t.ok(follower.lost);
    t.end();
  },
);

t.test('with nobody to read them, the table tells of no paths', (t) => {
  const rib = makeRib({ tracked: false });
  const feeds = new PathFeeds(rib.table);
  const [first, second] = [feeds.open(() => {}), feeds.open(() => {})];
  const peer = bringUp(rib, 0);
  first.watch(peer);
  second.watch(peer);
  feed(rib, peer, { announce: PREFIXES.slice(0, 4), path: [64496] });
  const views = [new View(), new View()] as const;
  settle(first, views[0]);
  settle(second, views[1]);
  t.strictSame(views[0].lines(), held(rib, [peer]));
  t.strictSame(views[1].lines(), held(rib, [peer]));
  feeds.close(first);
  t.ok(rib.table.observer);
  feeds.close(second);
  t.notOk(rib.table.observer);
  t.end();
});

t.test('the queue gives back what was put in, across its growth', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          octets: fc.uint8Array({ minLength: 16, maxLength: 16 }),
          length: fc.integer({ min: 0, max: 128 }),
          pathId: fc.integer({ min: 0, max: 0x7fff_ffff }),
          take: fc.boolean(),
        }),
        { maxLength: 3000 },
      ),
      (entries) => {
        const queue = new PathQueue();
        const expected: string[] = [];
        const got: string[] = [];
        const text = (peer: number, id: number, row: RowPrefix) =>
          `${peer} ${id} ${prefixFromWords(row.family, [row.word0, row.word1, row.word2, row.word3], row.length).text}`;
        const take = () => {
          if (queue.shift()) got.push(text(queue.peer, queue.pathId, queue.row));
        };
        for (const [i, { octets, length, pathId, take: takes }] of entries.entries()) {
          const text128 = `${addressFromOctets(octets).text}/128`;
          const prefix = parsePrefix(text128);
          if (!prefix) throw new Error(`${text128} is not a prefix`);
          const row = RowPrefix.of(prefix);
          row.length = length;
          queue.push(i as PeerIndex, ChangeMark.pathId, pathId, row);
          expected.push(text(i, pathId, row));
          if (takes) take();
        }
        while (queue.size > 0) take();
        return JSON.stringify(got) === JSON.stringify(expected);
      },
    ),
    { seed: 7854, numRuns: 20 },
  );
  t.end();
});
