import t from 'tap';
import { routeParameters, routeQuery } from '../../src/control/routeQuery.ts';
import { RouteViewer } from '../../src/control/routeView.ts';
import { walkRoutes } from '../../src/control/routeWalk.ts';
import { feed, finish, peerIndex } from '../rib/fixture.ts';
import { twoTransits } from '../support/learnedRoutes.ts';

/** 203.0.113.0/24 is a bogon, 1.0.1.128/25 too long. */
function table() {
  return twoTransits(
    [
      { announce: ['1.0.0.0/16', '1.0.1.0/24', '203.0.113.0/24'], path: [64496, 1] },
      { announce: ['2400::/32'], path: [64496, 1] },
    ],
    [
      { announce: ['1.0.0.0/16', '1.0.1.128/25'], path: [64497, 1, 2] },
      { announce: ['2400::/24', '2400:1::/32', '2400::/32'], path: [64497, 1, 2] },
    ],
  );
}

/** `1.0.0.0/16 >a b`: `>` best, `!` refused. */
function found(search: string, { learned } = table()): string[] {
  const query = routeQuery(routeParameters(new URLSearchParams(search)));
  const viewer = new RouteViewer((peer) => learned.nameOf(peer));
  return [...walkRoutes(learned.reader, query, viewer)].flatMap((route) => {
    if (!route) return [];
    const marks = { best: '>', accepted: '', refused: '!', leaving: '-' };
    const paths = route.paths.map(({ neighbour, state }) => marks[state] + neighbour.at(-1));
    return `${route.prefix} ${paths.join(' ')}`;
  });
}

t.test('all of it is in order, IPv4 first, the best path first', (t) => {
  t.strictSame(found(''), [
    '1.0.0.0/16 >a b',
    '1.0.1.0/24 >a',
    '1.0.1.128/25 !b',
    '203.0.113.0/24 !a',
    '2400::/24 >b',
    '2400::/32 >a b',
    '2400:1::/32 >b',
  ]);
  t.strictSame(found('family=ipv6').length, 3);
  t.strictSame(found('limit=2'), ['1.0.0.0/16 >a b', '1.0.1.0/24 >a']);
  t.end();
});

t.test('one prefix, what is within it, what covers it', (t) => {
  t.strictSame(found('prefix=1.0.0.0/16'), ['1.0.0.0/16 >a b']);
  t.strictSame(found('prefix=1.0.0.0/17'), []);
  t.strictSame(found('covered=1.0.0.0/17'), ['1.0.1.0/24 >a', '1.0.1.128/25 !b']);
  t.strictSame(found('covering=1.0.1.0/24'), ['1.0.1.0/24 >a', '1.0.0.0/16 >a b']);
  t.strictSame(found('covering=2400::1'), ['2400::/32 >a b', '2400::/24 >b']);
  t.end();
});

t.test('the longest match is what traffic would follow: no path that was refused', (t) => {
  t.strictSame(found('match=1.0.1.200'), ['1.0.1.0/24 >a']);
  t.strictSame(found('match=1.0.2.1'), ['1.0.0.0/16 >a b']);
  t.strictSame(found('match=203.0.113.1'), []);
  t.strictSame(found('match=203.0.113.1&state=refused'), ['203.0.113.0/24 !a']);
  t.strictSame(found('match=1.0.1.1&neighbour=transit-b'), ['1.0.0.0/16 b'], 'of its own');
  t.end();
});

t.test('paths of one neighbour, in one state', (t) => {
  t.strictSame(found('neighbour=transit-b&family=ipv4'), ['1.0.0.0/16 b', '1.0.1.128/25 !b']);
  t.strictSame(found('state=refused'), ['1.0.1.128/25 !b', '203.0.113.0/24 !a']);
  t.strictSame(found('state=best&family=ipv6'), ['2400::/24 >b', '2400::/32 >a', '2400:1::/32 >b']);
  t.strictSame(found('state=accepted&prefix=1.0.0.0/16'), ['1.0.0.0/16 >a b']);
  t.strictSame(found('state=refused&neighbour=transit-a&limit=1'), ['203.0.113.0/24 !a']);
  t.end();
});

t.test('the table may change under a walk, which goes on behind its place', (t) => {
  const { rib, learned } = table();
  const viewer = new RouteViewer((peer) => learned.nameOf(peer));
  const walk = walkRoutes(learned.reader, routeQuery({ family: 'ipv4' }), viewer);
  t.equal(walk.next().value?.prefix, '1.0.0.0/16');
  feed(rib, peerIndex(0), { withdraw: ['1.0.0.0/16', '1.0.1.0/24'] });
  feed(rib, peerIndex(0), { announce: ['0.0.0.0/0', '1.0.1.0/25', '9.0.0.0/8'], path: [64496] });
  rib.peerDown(peerIndex(1));
  finish(rib);
  const rest = [...walk].map((route) => route?.prefix);
  t.strictSame(rest, ['1.0.1.0/25', '9.0.0.0/8', '203.0.113.0/24']);
  t.end();
});
