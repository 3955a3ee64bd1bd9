/**
 * The same UPDATEs into two RIBs, one with the fast lane and one without: what the lane takes must be in
 * order, and both must hold the same afterwards.
 */

import { RibFullError } from '../../src/rib/memory.ts';
import type { Rib } from '../../src/rib/rib.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import type { LaneModule } from '../../src/rib/webAssembly.ts';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { bringUp, finish, makeRib, setsOf } from '../rib/fixture.ts';
import { mutateMessage } from './messageMutator.ts';
import { insist, type Target } from './target.ts';
import { CONTEXTS, isWhole, updateSeeds } from './wireTargets.ts';

/** Inputs between two comparisons of all attribute sets, and of all structures. */
const COMPARE_EVERY = 100;
const CHECK_EVERY = 5000;
const END_EVERY = 2000;

/** Of the sessions that the lane is for. */
const EASY = CONTEXTS.filter(({ fourOctetAs, addPath }) => fourOctetAs && !addPath.ipv4);

export function laneTarget(lane: LaneModule): Target {
  const sizes = { tracked: false, routeWords: 1 << 20, attributeWords: 1 << 20 };
  const ribs = [makeRib({ ...sizes, lane }), makeRib(sizes)] as const;
  for (const rib of ribs) for (const i of EASY.keys()) bringUp(rib, i, { context: EASY[i]! });
  const view = new UpdateView();
  let count = 0;
  return {
    name: 'lane',
    seeds: updateSeeds(),
    allowance: 500,
    microsecondsPerOctet: 20,
    mutate: mutateMessage,
    run(input) {
      count++;
      if (count % COMPARE_EVERY === 0) insistOnSame(ribs);
      if (count % CHECK_EVERY === 0) for (const rib of ribs) rib.checkInvariants();
      if (count % END_EVERY === 0) end(ribs, (count / END_EVERY) % EASY.length);
      if (!isWhole(input)) return 'cut';
      const peer = (input[input.length - 1] ?? 0) % EASY.length;
      decodeUpdate(input, 0, input.length, EASY[peer]!, view);
      if (view.verdict === Verdict.sessionReset) {
        insist(!isTaken(ribs[0], peer as PeerIndex, input), 'the lane took what ends a session');
        return 'reset';
      }
      const taken = isTaken(ribs[0], peer as PeerIndex, input);
      if (taken) insist(view.verdict === Verdict.ok, 'the lane took what is not in order');
      const full = [feeds(ribs[1], peer, input, view)];
      if (!taken) full.push(feeds(ribs[0], peer, input, view));
      if (full.includes(false)) end(ribs, peer);
      insist(countsOf(ribs[0], peer) === countsOf(ribs[1], peer), 'the counts differ');
      return taken ? 'taken' : `${view.verdict} ${view.fault}`;
    },
  };
}

function isTaken(rib: Rib, peer: PeerIndex, input: Uint8Array): boolean {
  rib.lookAhead(peer, input, 0, input.length);
  return rib.takeEasy(peer, input, 0, ['ipv4', 'ipv6']) === input.length;
}

/** False: there was no room. */
function feeds(rib: Rib, peer: number, input: Uint8Array, view: UpdateView): boolean {
  try {
    rib.feed(peer as PeerIndex, input, view);
    return true;
  } catch (error) {
    if (error instanceof RibFullError) return false;
    throw error;
  }
}

function end(ribs: readonly Rib[], peer: number): void {
  for (const rib of ribs) {
    rib.peerDown(peer as PeerIndex);
    finish(rib);
    bringUp(rib, peer, { context: EASY[peer]! });
  }
}

function countsOf(rib: Rib, peer: number): string {
  const index = peer as PeerIndex;
  const { entries, octetsInUse } = rib.table.attributes.arena;
  return JSON.stringify([
    rib.counts(index, 'ipv4'),
    rib.counts(index, 'ipv6'),
    entries,
    octetsInUse,
  ]);
}

function insistOnSame([fast, slow]: readonly [Rib, Rib]): void {
  insist(setsOf(fast).join() === setsOf(slow).join(), 'the attribute sets differ');
}
