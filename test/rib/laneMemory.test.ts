/** Memory for attribute sets and for blocks, given out by the fast lane as without it. */

import t from 'tap';
import type { Rib, RibOptions } from '../../src/rib/rib.ts';
import { laneModule } from '../../src/speaker/laneFile.ts';
import { bringUp, finish, makeRib, peerIndex, setsOf } from './fixture.ts';
import { Reader } from './reader.ts';
import { updateBytes } from './updates.ts';

const lane = laneModule();
const skip = lane ? false : 'there is no src/lane.wasm: npm run build makes it';
const PEERS = [0, 1, 2, 3];

/** Of ever other sizes, and new each. */
function setOf(peer: number, n: number, sizes: number) {
  const communities = Array.from({ length: 1 + ((n * 7) % sizes) }, (_, i) => n * 64 + i);
  return { path: [64496 + peer, 9], communities, announce: [prefixOf(peer, n)] };
}

function prefixOf(peer: number, n: number): string {
  return `${1 + peer}.${n >> 8}.${n & 255}.0/24`;
}

/** How many UPDATEs there was room for, of each neighbour in turn. */
function fill(rib: Rib, reader: Reader, from: number, sizes: number): number[] {
  return PEERS.map((peer) => {
    let n = from;
    while (reader.read(peerIndex(peer), updateBytes(setOf(peer, n, sizes)))) n++;
    rib.checkInvariants();
    return n - from;
  });
}

function owed({ table }: Rib): unknown {
  const { arena } = table.attributes;
  const paid = [0, 1, 2, 3].map((column) => arena.octetsPaidBy(column));
  return { paid, entries: arena.entries, inUse: arena.octetsInUse, touched: arena.octetsTouched };
}

/** Filled up, every second set withdrawn, filled up again with smaller ones, and one neighbour gone. */
function history(options: Partial<RibOptions>): { steps: unknown[]; easy: number } {
  const rib = makeRib({ ...options, tracked: false, attributeWords: 1 << 13 });
  for (const peer of PEERS) bringUp(rib, peer);
  const first = new Reader(rib);
  const steps: unknown[] = [fill(rib, first, 0, 40), owed(rib)];
  const second = new Reader(rib);
  for (const peer of PEERS) {
    const withdraw = Array.from({ length: 40 }, (_, n) => prefixOf(peer, n * 2));
    second.read(peerIndex(peer), updateBytes({ withdraw }));
  }
  rib.checkInvariants();
  steps.push(owed(rib), fill(rib, second, 1000, 12), owed(rib), setsOf(rib));
  rib.peerDown(peerIndex(1));
  finish(rib);
  rib.checkInvariants();
  return { steps: [...steps, owed(rib)], easy: first.easy + second.easy };
}

t.test('to the end of memory and of every share, by the lane as without it', { skip }, (t) => {
  const [fast, slow] = [history({ lane }), history({})];
  t.same(fast.steps, slow.steps);
  t.equal(slow.easy, 0);
  t.ok(fast.easy > 100, `the lane took ${fast.easy}`);
  t.end();
});

t.test('free pieces of block memory are joined, and none is lost by that', { skip }, (t) => {
  const rib = makeRib({ lane, tracked: false });
  bringUp(rib, 0);
  const reader = new Reader(rib);
  const { memory } = rib.table.blocks;
  let joins = 0;
  for (let n = 0; joins < 12 && n < 3000; n++) {
    const before = memory.state[2];
    const announce = Array.from({ length: 20 }, (_, i) => {
      const at = ((n * 20 + i) * 7919) % 0x2_0000;
      return `${1 + (at & 63)}.${(at >> 6) & 7}.${at >> 9}.0/24`;
    });
    reader.read(peerIndex(0), updateBytes({ path: [64496, 9], announce }));
    if (memory.state[2] === before) continue;
    joins++;
    memory.checkInvariants();
  }
  t.equal(joins, 12);
  rib.checkInvariants();
  t.end();
});
