/** Few prefixes that several neighbours announce again and again, by the fast lane as without it. */

import fc from 'fast-check';
import t from 'tap';
import type { OriginIsInvalid } from '../../src/rib/importJudge.ts';
import { laneModule } from '../../src/speaker/laneFile.ts';
import {
  bestPeer,
  bringUp,
  drain,
  finish,
  LOCAL_AS,
  makeRib,
  openRules,
  peerIndex,
} from './fixture.ts';
import { Reader } from './reader.ts';
import { FOUR_OCTET, updateBytes } from './updates.ts';

const lane = laneModule();
const skip = lane ? false : 'there is no src/lane.wasm: npm run build makes it';

/** Whose paths compete: in one AS, so that their MULTI_EXIT_DISCs are comparable, and in ours; or each alone. */
const NEIGHBOURS = {
  comparable: [64497, 64497, 64498, LOCAL_AS],
  alone: [64496, 64497, 64498, 64499],
};
/** The RPKI has routes that begin there as Invalid. */
const INVALID_ORIGIN = 8;
const FAMILIES = ['ipv4', 'ipv6'] as const;

const message = fc.record({
  first: fc.constantFrom(0, 0, 0, 64499),
  hops: fc.nat(2),
  origin: fc.constantFrom(0, 2),
  med: fc.nat(2),
  preference: fc.constantFrom(100, 100, 50, 200),
  communities: fc.constantFrom([1], [1], [1], [0xffff0000], [0xffff0006]),
  announce: fc.subarray(['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'], { minLength: 1 }),
  isIpv6: fc.boolean(),
  withdraws: fc.constantFrom(false, false, false, false, true),
});
const read = fc.record({
  peer: fc.nat(3),
  messages: fc.array(message, { minLength: 1, maxLength: 4 }),
  around: fc.constantFrom('nothing', 'nothing', 'nothing', 'tracked', 'down', 'begin', 'end'),
});
type Read = typeof read extends fc.Arbitrary<infer T> ? T : never;

function octetsOf({ peer, messages }: Read, peers: readonly number[]): Uint8Array {
  const internal = peers[peer] === LOCAL_AS;
  const octets = messages.map(({ first, hops, isIpv6, preference, withdraws, ...rest }) => {
    const own = internal ? 64499 : peers[peer]!;
    const other = peers.includes(LOCAL_AS) ? first : 0;
    const path = [other || own, 7, INVALID_ORIGIN, 9].slice(0, 2 + hops);
    const prefixes = rest.announce.map((text) => (isIpv6 ? `2400:${text.slice(0, 3)}::/32` : text));
    if (withdraws) return updateBytes({ withdraw: prefixes });
    const localPref = internal ? { localPref: preference } : {};
    return updateBytes({ ...rest, ...localPref, path, announce: prefixes });
  });
  return Buffer.concat(octets);
}

/** One of two RIBs that the same is done to. */
class Side {
  readonly rib;
  readonly #peers: readonly number[];
  #readers: Reader[] = [];

  constructor(peers: readonly number[], options: { lane?: typeof lane }) {
    this.#peers = peers;
    const sizes = { routeWords: 1 << 18, attributeWords: 1 << 14 };
    const originIsInvalid = (...[, , , , , , origin]: Parameters<OriginIsInvalid>) =>
      origin === INVALID_ORIGIN;
    this.rib = makeRib({ ...options, ...sizes, tracked: false, originIsInvalid });
    for (const peer of peers.keys()) this.#up(peer);
  }

  get easy(): number {
    return this.#readers.reduce((sum, { easy }) => sum + easy, 0);
  }

  read(octets: Uint8Array, peer: number, around: Read['around']): void {
    const index = peerIndex(peer);
    const { rib } = this;
    if (around === 'begin') rib.refreshBegin(index, 'ipv4');
    // What is queued then stays there: nobody asks for it.
    if (around === 'tracked') rib.track(true);
    this.#readers[peer]!.read(index, octets);
    rib.track(false);
    if (around === 'end') rib.refreshEnd(index, 'ipv4');
    if (around !== 'down') return;
    // Its paths are still there when its next session begins.
    rib.peerDown(index);
    this.#up(peer);
  }

  holds(): string {
    const { rib } = this;
    const counts = this.#peers.map((_, i) =>
      FAMILIES.map((family) => rib.counts(peerIndex(i), family)),
    );
    const routes = FAMILIES.flatMap((family) => [...rib.reader.all(family)]);
    return JSON.stringify({ counts, routes }, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    );
  }

  #up(peer: number): void {
    const peerAs = this.#peers[peer]!;
    const context = { ...FOUR_OCTET, internal: peerAs === LOCAL_AS };
    this.#readers[peer] = new Reader(this.rib, context);
    const rules = { ...openRules({}, peerAs), rejectInvalid: true };
    bringUp(this.rib, peer, { peerAs, context, rules });
  }
}

for (const [which, peers] of Object.entries(NEIGHBOURS)) {
  t.test(`property: the same paths are best by the lane, neighbours ${which}`, { skip }, (t) => {
    let easy = 0;
    const property = fc.property(fc.array(read, { minLength: 10, maxLength: 30 }), (reads) => {
      const [fast, slow] = [new Side(peers, { lane }), new Side(peers, {})];
      for (const one of reads) {
        const octets = octetsOf(one, peers);
        for (const side of [fast, slow]) side.read(octets, one.peer, one.around);
        if (fast.holds() !== slow.holds()) t.equal(fast.holds(), slow.holds());
      }
      easy += fast.easy;
      for (const { rib } of [fast, slow]) {
        finish(rib);
        // What was queued before the lane changed it is told once, as it is now.
        while (rib.table.queued > 0) drain(rib);
        rib.checkInvariants();
      }
      t.equal(fast.holds(), slow.holds());
    });
    fc.assert(property, { seed: 11, numRuns: 60 });
    t.ok(easy > 200, `the lane took ${easy}`);
    t.end();
  });
}

t.test('a path that kept another one down by its MULTI_EXIT_DISC frees it', { skip }, (t) => {
  const rib = makeRib({ lane, tracked: false });
  const reader = new Reader(rib);
  // In the order of their identifiers.
  for (const [peer, peerAs] of [64497, 64498, 64497].entries()) bringUp(rib, peer, { peerAs });
  const prefixes = ['192.0.2.0/24', '198.51.100.0/24'];
  const read = (peer: number, path: number[], med: number, announce = prefixes) =>
    reader.read(peerIndex(peer), updateBytes({ path, med, announce }));
  read(0, [64497, 7], 1);
  read(1, [64498, 7], 0);
  read(2, [64497, 7], 0);
  t.equal(bestPeer(rib, '192.0.2.0/24'), 1);
  // Longer, and no longer against the first one's.
  read(2, [64497, 7, 7], 0, ['192.0.2.0/24']);
  t.equal(bestPeer(rib, '192.0.2.0/24'), 0);
  t.equal(bestPeer(rib, '198.51.100.0/24'), 1);
  t.equal(reader.easy, 4);
  rib.checkInvariants();
  t.end();
});
