import t from 'tap';
import type { LostAt } from '../../src/rib/explain.ts';
import type { Rib } from '../../src/rib/rib.ts';
import type { PeerDescription } from '../../src/rib/ribPeer.ts';
import { bestPeer, bringUp, describe, feed, finish, makeRib, peerIndex, route } from './fixture.ts';
import { FOUR_OCTET, type SetSpec } from './updates.ts';

const PREFIX = '203.0.112.0/24';
const INTERNAL: Partial<PeerDescription> = { context: { ...FOUR_OCTET, internal: true } };

interface Entry {
  readonly set: SetSpec;
  readonly peer?: Partial<PeerDescription>;
}

function ribWith(entries: readonly Entry[]): Rib {
  const rib = makeRib();
  entries.forEach(({ set, peer = {} }, i) => {
    const index = bringUp(rib, i, peer);
    feed(rib, index, { ...set, announce: [PREFIX] }, peer.context ?? FOUR_OCTET);
  });
  return rib;
}

/** Why neighbour 1's path is not best, where neighbour 0's is. */
function lostAt(winner: Entry, loser: Entry): LostAt | string | undefined {
  // Whoever comes first, the outcome is the same.
  const [one, other] = [ribWith([winner, loser]), makeRib()];
  bringUp(other, 0, winner.peer ?? {});
  const late = bringUp(other, 1, loser.peer ?? {});
  feed(other, late, { ...loser.set, announce: [PREFIX] }, loser.peer?.context ?? FOUR_OCTET);
  feed(
    other,
    peerIndex(0),
    { ...winner.set, announce: [PREFIX] },
    winner.peer?.context ?? FOUR_OCTET,
  );
  if (bestPeer(one, PREFIX) !== 0 || bestPeer(other, PREFIX) !== 0) return 'it is best';
  one.checkInvariants();
  const path = route(one, PREFIX)?.paths.find(({ peer }) => peer === 1);
  return path?.standing.kind === 'lost' ? path.standing.at : path?.standing.kind;
}

t.test('§9.1.2.2: each step decides when those before it tie, and says so', (t) => {
  const usual: Entry = { set: { path: [7, 8] } };
  const inside = (set: SetSpec, peer: Partial<PeerDescription> = {}): Entry => ({
    set,
    peer: { ...INTERNAL, ...peer },
  });
  t.equal(lostAt(usual, { set: { path: [7], communities: [0xffff0006] } }), 'llgr-stale');
  t.equal(lostAt(inside({ path: [7, 8, 9], localPref: 101 }), inside({ path: [7] })), 'local-pref');
  t.equal(
    lostAt(inside({ path: [7, 8, 9], localPref: 0xffffffff }), inside({ path: [7] })),
    'local-pref',
  );
  t.equal(lostAt(usual, { set: { path: [7, 8, 9] } }), 'as-path-length');
  t.equal(lostAt(usual, { set: { path: [7, 8], origin: 1 } }), 'origin');
  t.equal(lostAt({ set: { path: [7, 8], med: 5 } }, { set: { path: [7, 8], med: 6 } }), 'med');
  t.equal(lostAt(usual, inside({ path: [9, 8], med: 0 }, { bgpIdentifier: 1 })), 'external');
  const near = { nextHopCost: 10, bgpIdentifier: 9 };
  const far = { nextHopCost: 11, bgpIdentifier: 1 };
  t.equal(lostAt({ set: usual.set, peer: near }, { set: usual.set, peer: far }), 'next-hop-cost');
  t.equal(
    lostAt(
      { ...usual, peer: { bgpIdentifier: 0x80000000 } },
      { ...usual, peer: { bgpIdentifier: 0x80000001 } },
    ),
    'bgp-identifier',
  );
  const same = { bgpIdentifier: 5 };
  t.equal(lostAt({ ...usual, peer: same }, { ...usual, peer: same }), 'neighbour-address');
  t.end();
});

t.test(
  'ORIGINATOR_ID stands for the identifier, then the shorter CLUSTER_LIST wins (RFC 4456 §9)',
  (t) => {
    const low = { ...INTERNAL, bgpIdentifier: 1 };
    const high = { ...INTERNAL, bgpIdentifier: 9 };
    const reflected = (originatorId: number, clusterList: number[] = [1]) => ({
      path: [7],
      originatorId,
      clusterList,
    });
    t.equal(
      lostAt({ set: reflected(3), peer: high }, { set: reflected(4), peer: low }),
      'bgp-identifier',
    );
    t.equal(
      lostAt({ set: { path: [7] }, peer: high }, { set: reflected(10), peer: low }),
      'bgp-identifier',
    );
    t.equal(
      lostAt({ set: reflected(3), peer: high }, { set: reflected(3, [1, 2]), peer: low }),
      'cluster-list-length',
    );
    t.end();
  },
);

t.test('§9.1.2.2(c): MULTI_EXIT_DISC is not compared between neighbour ASes', (t) => {
  const rib = ribWith([{ set: { path: [7, 1], med: 50 } }, { set: { path: [8, 1], med: 0 } }]);
  t.equal(bestPeer(rib, PREFIX), 0);
  t.end();
});

t.test('§9.1.2.2(c): no MULTI_EXIT_DISC is the lowest one', (t) => {
  const rib = ribWith([{ set: { path: [7, 1], med: 1 } }, { set: { path: [7, 1] } }]);
  t.equal(bestPeer(rib, PREFIX), 1);
  t.end();
});

function permutations<T>(all: readonly T[]): T[][] {
  if (all.length === 0) return [[]];
  return all.flatMap((first, i) =>
    permutations(all.toSpliced(i, 1)).map((rest) => [first, ...rest]),
  );
}

t.test(
  '§9.1.2.2(c): MULTI_EXIT_DISC is not transitive, and no order of arrival or leaving shows',
  (t) => {
    // One by one: 0 beats 1 (identifier), 1 beats 2 (identifier), 2 beats 0 (MULTI_EXIT_DISC).
    const sets: SetSpec[] = [
      { path: [7, 1], med: 10 },
      { path: [8, 1], med: 5 },
      { path: [7, 1], med: 5 },
      { path: [8, 1], med: 4 },
      { path: [9, 1] },
    ];
    const bestOf = (present: readonly number[]) => {
      const struckOut = (i: number) =>
        present.some(
          (j) =>
            sets[j]?.path?.[0] === sets[i]?.path?.[0] && (sets[j]?.med ?? 0) < (sets[i]?.med ?? 0),
        );
      return present.filter((i) => !struckOut(i)).toSorted((a, b) => a - b)[0];
    };
    let wrong = 0;
    for (const order of permutations([0, 1, 2, 3, 4])) {
      const rib = makeRib();
      for (const i of [0, 1, 2, 3, 4]) bringUp(rib, i);
      order.forEach((i, at) => {
        feed(rib, peerIndex(i), { ...sets[i], announce: [PREFIX] });
        if (bestPeer(rib, PREFIX) !== bestOf(order.slice(0, at + 1))) wrong++;
      });
      order.forEach((i, at) => {
        feed(rib, peerIndex(i), { withdraw: [PREFIX] });
        if (bestPeer(rib, PREFIX) !== bestOf(order.slice(at + 1))) wrong++;
      });
      rib.checkInvariants();
    }
    t.equal(wrong, 0);
    t.end();
  },
);

t.test(
  'where first-as is enforced, other neighbour ASes decide without their MULTI_EXIT_DISC',
  (t) => {
    const rib = makeRib();
    for (const i of [0, 1, 2]) {
      const { peerAs, rules } = describe(i);
      bringUp(rib, i, { rules: { ...rules, firstAs: peerAs } });
    }
    const announce = (i: number, med: number) =>
      feed(rib, peerIndex(i), { path: [64496 + i, 1], med, announce: [PREFIX] });
    announce(2, 0);
    announce(1, 7);
    t.equal(bestPeer(rib, PREFIX), 1);
    announce(0, 9);
    t.equal(bestPeer(rib, PREFIX), 0);
    feed(rib, peerIndex(0), { withdraw: [PREFIX] });
    t.equal(bestPeer(rib, PREFIX), 1);
    rib.checkInvariants();
    t.end();
  },
);

t.test('a second neighbour in the same AS makes its MULTI_EXIT_DISC count again', (t) => {
  const rib = makeRib();
  const up = (i: number, asn: number) => {
    const { rules } = describe(i);
    bringUp(rib, i, { peerAs: asn, rules: { ...rules, firstAs: asn } });
  };
  up(0, 64496);
  feed(rib, peerIndex(0), { path: [64496, 1], med: 10, announce: [PREFIX] });
  up(1, 64496);
  feed(rib, peerIndex(1), { path: [64496, 1], med: 5, announce: [PREFIX] });
  t.equal(bestPeer(rib, PREFIX), 1);
  rib.peerDown(peerIndex(1));
  finish(rib);
  t.equal(bestPeer(rib, PREFIX), 0);
  rib.checkInvariants();
  t.end();
});

t.test('§9.1.2.2(c): another AS at the head of a path counts from the first such path on', (t) => {
  const announced: readonly (readonly [peer: number, set: SetSpec])[] = [
    [0, { path: [64496, 1], med: 9 }],
    [0, { path: [64497, 1], med: 9 }],
    [1, { path: [64497, 1], med: 5 }],
    [2, { path: [64498, 1], med: 7 }],
    [2, { path: [64497, 1], med: 1 }],
  ];
  let wrong = 0;
  for (const order of permutations([0, 1, 2, 3, 4])) {
    const [rib, wary] = [makeRib(), makeRib()];
    for (const i of [0, 1, 2]) {
      bringUp(rib, i);
      // Of these it is known from the beginning that their paths may begin with any AS.
      feed(wary, bringUp(wary, i), { path: [1], announce: ['192.0.3.0/24'] });
    }
    for (const at of order) {
      const [peer, set] = announced[at]!;
      for (const one of [rib, wary]) feed(one, peerIndex(peer), { ...set, announce: [PREFIX] });
      if (bestPeer(rib, PREFIX) !== bestPeer(wary, PREFIX)) wrong++;
    }
    rib.checkInvariants();
  }
  t.equal(wrong, 0);
  t.end();
});
