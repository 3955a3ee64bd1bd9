import t, { type Test } from 'tap';
import { RouteViewer } from '../../src/control/routeView.ts';
import { reasonText } from '../../src/policy/importReason.ts';
import { Reason } from '../../src/rib/reason.ts';
import type { Rib } from '../../src/rib/rib.ts';
import type { PeerDescription } from '../../src/rib/ribPeer.ts';
import {
  bringUp,
  describe,
  feed,
  finish,
  makeRib,
  openRules,
  peerIndex,
  route,
} from '../rib/fixture.ts';
import { FOUR_OCTET, type UpdateSpec } from '../rib/updates.ts';

const A = '203.0.113.0/24';
const SIX = '2001:db8:113::/48';
const TWO_OCTET = { ...FOUR_OCTET, fourOctetAs: false };
const INTERNAL = { ...FOUR_OCTET, internal: true };
const NAMES = ['transit-a', 'transit-b', 'transit-c'];
const viewer = new RouteViewer((peer) => NAMES[peer] ?? `peer ${peer}`);

function shown(rib: Rib, prefix = A) {
  const held = route(rib, prefix);
  if (!held) throw new Error(`nobody sent ${prefix}`);
  return viewer.view(held, held.paths);
}

interface Side {
  readonly update: Omit<UpdateSpec, 'announce'>;
  readonly neighbour?: Partial<PeerDescription>;
}

/** Two neighbours with a path to the same prefix each. */
function contest(winner: Side, loser: Side): Rib {
  const rib = makeRib();
  for (const [peer, { update, neighbour }] of [winner, loser].entries()) {
    const index = bringUp(rib, peer, neighbour);
    feed(rib, index, { announce: [A], ...update }, neighbour?.context);
  }
  return rib;
}

t.test('a path has every key, with null for what it does not have', (t) => {
  const rib = makeRib();
  feed(rib, bringUp(rib, 0), { announce: [A], path: [64496, [64510, 64511]] });
  t.strictSame(shown(rib), {
    prefix: A,
    family: 'ipv4',
    paths: [
      {
        neighbour: 'transit-a',
        pathId: null,
        state: 'best',
        reason: null,
        localPref: 100,
        asPath: [64496, { set: [64510, 64511] }],
        origin: 'igp',
        nextHop: '198.51.100.1',
        linkLocalNextHop: null,
        med: null,
        communities: [],
        attributes: [],
        stale: false,
        llgrStale: false,
        onlyToCustomer: null,
      },
    ],
  });
  t.end();
});

t.test('every attribute is there: by its key, or as it came', (t) => {
  const rib = makeRib();
  const aggregator = [0xc0, 7, 8, 0, 0, 0xfb, 0xf0, 192, 0, 2, 9];
  const large = [0xc0, 32, 12, 0, 0, 0xfb, 0xf0, 0, 0, 0, 1, 0, 0, 0, 2];
  const target = [0xc0, 16, 8, 0, 2, 0xfb, 0xf0, 0, 0, 0, 100];
  const unknown = [0xe0, 99, 2, 0xab, 0xcd];
  feed(rib, bringUp(rib, 0), {
    announce: [A],
    path: [64496],
    origin: 2,
    med: 50,
    communities: [0xffff029a, (64496 << 16) | 7],
    otc: 64496,
    raw: [...aggregator, ...large, ...target, ...unknown],
  });
  t.match(shown(rib).paths[0], {
    origin: 'incomplete',
    med: 50,
    onlyToCustomer: 64496,
    communities: ['blackhole', '64496:7', 'rt:64496:100', '64496:1:2'],
    attributes: [
      { name: 'AGGREGATOR', value: { asn: 64496, address: '192.0.2.9' } },
      { code: 99, flags: ['optional', 'transitive', 'partial'], value: 'abcd' },
    ],
  });
  t.end();
});

t.test('RFC 2545 §3: the next hop of IPv6 is that of MP_REACH_NLRI, link-local and all', (t) => {
  const rib = makeRib();
  const peer = bringUp(rib, 0);
  feed(rib, peer, { announce: [SIX], path: [64496], nextHop: '2001:db8::7' });
  t.match(shown(rib, SIX).paths[0], { nextHop: '2001:db8::7', linkLocalNextHop: null });

  const address = (first: number, second: number, last: number) => [
    first,
    second,
    ...new Array<number>(13).fill(0),
    last,
  ];
  const hops = [...address(0x20, 1, 7), ...address(0xfe, 0x80, 8)];
  const reach = [0, 2, 1, 32, ...hops, 0, 48, 0x20, 1, 0x0d, 0xb8, 1, 0x13];
  feed(rib, peer, { announce: [A], path: [64496], raw: [0x80, 14, reach.length, ...reach] });
  t.match(shown(rib, SIX).paths[0], { nextHop: '2001::7', linkLocalNextHop: 'fe80::8' });
  t.end();
});

t.test('RFC 6793 §4.2.3: the path of a two-octet neighbour has its true numbers', (t) => {
  const rib = makeRib();
  const as4Path = [0xc0, 17, 10, 2, 2, 0, 1, 0, 0, 0, 0, 0xfb, 0xff];
  const update = { announce: [A], path: [64496, 23456, 64511], raw: as4Path };
  feed(rib, bringUp(rib, 0, { context: TWO_OCTET }), update, TWO_OCTET);
  t.match(shown(rib).paths[0], {
    asPath: [64496, 65536, 64511],
    attributes: [{ name: 'AS4_PATH', value: [65536, 64511] }],
  });
  t.end();
});

t.test('RFC 7911: paths of one neighbour are told apart by their identifiers', (t) => {
  const rib = makeRib();
  const context = { ...FOUR_OCTET, addPath: { ipv4: true, ipv6: false } };
  const peer = bringUp(rib, 0, { context, maxPaths: 4 });
  feed(rib, peer, { announce: [`${A}#7`], path: [64496, 1] }, context);
  feed(rib, peer, { announce: [`${A}#3`], path: [64496, 1] }, context);
  t.match(shown(rib).paths, [
    { pathId: 3, reason: null },
    {
      pathId: 7,
      reason: { code: 'path-id', text: 'higher path identifier (7 against 3 of transit-a)' },
    },
  ]);
  t.end();
});

/** The loser's reason; the winner must be transit-a. */
function reasonOf(t: Test, winner: Side, loser: Side) {
  const { paths } = shown(contest(winner, loser));
  t.match(paths[0], { neighbour: 'transit-a', state: 'best', reason: null });
  t.match(paths[1], {
    neighbour: 'transit-b',
    state: 'accepted',
    reason: { against: 'transit-a' },
  });
  return paths[1]?.reason;
}

t.test('RFC 4271 §9.1.2.2: the step at which a path lost, with both figures', (t) => {
  const plain: Side = { update: { path: [64496, 1] } };
  const internal = (localPref: number): Side => ({
    update: { path: [64496, 1], localPref },
    neighbour: { context: INTERNAL },
  });
  const cases: readonly (readonly [Side, Side, string, string])[] = [
    [internal(200), internal(50), 'local-pref', 'lower LOCAL_PREF (50 against 200 of transit-a)'],
    [
      plain,
      { update: { path: [64497, 1], communities: [0xffff0000] } },
      'local-pref',
      'lower LOCAL_PREF (0 against 100 of transit-a): GRACEFUL_SHUTDOWN (RFC 8326)',
    ],
    [
      plain,
      { update: { path: [64497, 2, 3, [4, 5]] } },
      'as-path-length',
      'longer AS_PATH (4 against 2 of transit-a)',
    ],
    [
      plain,
      { update: { path: [64497, 1], origin: 2 } },
      'origin',
      'worse ORIGIN (incomplete against igp of transit-a)',
    ],
    [
      plain,
      { update: { path: [64496, 2], med: 30 }, neighbour: { peerAs: 64496 } },
      'med',
      'higher MED (30 against 0 of transit-a)',
    ],
    [plain, internal(100), 'external', 'learned inside our AS (that of transit-a is not)'],
    [
      plain,
      { update: { path: [64497, 1] }, neighbour: { nextHopCost: 20 } },
      'next-hop-cost',
      'farther next hop (20 against 0 of transit-a)',
    ],
    [
      plain,
      { update: { path: [64497, 1] } },
      'bgp-identifier',
      'higher BGP identifier (10.0.0.2 against 10.0.0.1 of transit-a)',
    ],
    [
      {
        update: { path: [1], originatorId: 5, clusterList: [1] },
        neighbour: { context: INTERNAL },
      },
      {
        update: { path: [1], originatorId: 5, clusterList: [1, 2] },
        neighbour: { context: INTERNAL },
      },
      'cluster-list-length',
      'longer CLUSTER_LIST (2 against 1 of transit-a)',
    ],
    [
      { update: { path: [1], originatorId: 0x0a000009 }, neighbour: { context: INTERNAL } },
      { update: { path: [1], originatorId: 0x0a00000b }, neighbour: { context: INTERNAL } },
      'bgp-identifier',
      'higher BGP identifier (10.0.0.11 against 10.0.0.9 of transit-a)',
    ],
    [
      plain,
      { update: { path: [64497, 1] }, neighbour: { bgpIdentifier: describe(0).bgpIdentifier } },
      'neighbour-address',
      'higher neighbour address (198.51.100.2 against 198.51.100.1 of transit-a)',
    ],
  ];
  for (const [winner, loser, code, text] of cases) {
    t.match(reasonOf(t, winner, loser), { code, text }, text);
  }
  t.end();
});

t.test('§9.1.2.2(c): MED is lost to the path that struck it out, not to the best one', (t) => {
  const rib = makeRib();
  const spec = { announce: [A], path: [64499, 1] };
  feed(rib, bringUp(rib, 0, { bgpIdentifier: 1 }), { announce: [A], path: [64498, 1] });
  feed(rib, bringUp(rib, 1), { ...spec, med: 10 });
  feed(rib, bringUp(rib, 2), { ...spec, med: 20 });
  const lost = shown(rib).paths.find(({ neighbour }) => neighbour === 'transit-c');
  t.strictSame(lost?.reason, {
    code: 'med',
    text: 'higher MED (20 against 10 of transit-b)',
    against: 'transit-b',
  });
  t.end();
});

t.test('a refused path says what it was refused for, and comes after those that were not', (t) => {
  const rib = makeRib();
  feed(rib, bringUp(rib, 0, { rules: openRules({ accept: 'none' }) }), {
    announce: [A],
    path: [1],
  });
  feed(rib, bringUp(rib, 1), { announce: [A], path: [1, 2, 3] });
  const { paths } = shown(rib);
  t.match(paths, [
    { neighbour: 'transit-b', state: 'best' },
    {
      neighbour: 'transit-a',
      state: 'refused',
      reason: { ...reasonText(Reason.acceptNone), against: null },
    },
  ]);
  t.end();
});

t.test('a path whose session is down is leaving until it is taken away', (t) => {
  const rib = contest({ update: { path: [1] } }, { update: { path: [1, 2] } });
  rib.peerDown(peerIndex(0));
  t.match(
    shown(rib).paths.map(({ neighbour, state, reason }) => [neighbour, state, reason?.code]),
    [
      ['transit-b', 'best', undefined],
      ['transit-a', 'leaving', 'leaving'],
    ],
  );
  finish(rib);
  t.match(shown(rib).paths, [{ neighbour: 'transit-b', state: 'best' }]);
  t.end();
});

t.test('RFC 7313 §4: what was not announced again yet is stale', (t) => {
  const rib = contest({ update: { path: [1] } }, { update: { path: [1, 2] } });
  rib.refreshBegin(peerIndex(0), 'ipv4');
  t.strictSame(
    shown(rib).paths.map(({ stale }) => stale),
    [true, false],
  );
  t.end();
});
