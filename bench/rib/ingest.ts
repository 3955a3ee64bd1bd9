/**
 * How much CPU and memory full tables cost, in this process and without TCP: messages are decoded,
 * judged and fed to the RIB as a session does it, from one receive window a neighbour.
 *
 *   CPU        of all threads of the process, from the first message to the last
 *   RSS        above what the process had before the first message
 *   B/path     of the RSS, and of the pages that the RIB has touched
 *   decode     the part of the CPU that framing and decoding take alone, measured afterwards
 *
 * Usage: node --import=tsx bench/rib/ingest.ts [--quick] [--peers=1,2,4] [--recorded]
 */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_IMPORT } from '../../src/config/importPolicy.ts';
import { parseAddress } from '../../src/net/text.ts';
import { importRules } from '../../src/policy/import.ts';
import { OwnAddresses } from '../../src/rib/ownAddresses.ts';
import { ownPrefixes } from '../../src/rib/ownPrefixes.ts';
import { Rib } from '../../src/rib/rib.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { UpdateView } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { addresses } from '../stage.ts';
import { FULL, QUICK, recorded, synthetic } from '../table/store.ts';

/** One neighbour's table. */
interface Feed {
  readonly peerAs: number;
  /** Whole UPDATE messages. */
  readonly messages: Uint8Array;
}

const CONTEXT: CodecContext = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};
const WINDOW = 32 * 1024;
/** Rows a slice of a sweep may take. */
const SLICE = 4096;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'string', default: '1,2,4' },
    recorded: { type: 'boolean', default: false },
    tracked: { type: 'boolean', default: false },
  },
});

function feeds(count: number): Feed[] {
  const places = addresses(count);
  const { tables } = values.recorded
    ? recorded(places)
    : synthetic(values.quick ? QUICK : FULL, places);
  return tables.map(({ peerAs, file }) => ({ peerAs, messages: readFileSync(file) }));
}

function addPeer(rib: Rib, peer: PeerIndex, peerAs: number): void {
  const address = parseAddress(`198.51.100.${peer + 1}`);
  if (!address) throw new Error('no address');
  const rules = importRules(DEFAULT_IMPORT, {
    asn: peerAs,
    role: 'provider',
    ownPrefixes: ownPrefixes([]),
  });
  const identity = { peerAs, bgpIdentifier: 1000 + peer, address, nextHopCost: 0 };
  rib.describePeer(peer, { ...identity, context: CONTEXT, rules, maxPaths: 1 });
  rib.peerUp(peer);
}

/** Visits every message, a window at a time from each neighbour in turn. */
function receive(
  all: readonly Feed[],
  visit: (peer: number, bytes: Uint8Array, start: number, end: number) => void,
  arrived: (peer: number, bytes: Uint8Array, end: number) => void = () => {},
): void {
  const windows = all.map(() => new Uint8Array(WINDOW));
  const offsets = all.map(() => 0);
  for (let open = all.length; open > 0; ) {
    open = 0;
    for (const [peer, { messages }] of all.entries()) {
      const window = windows[peer]!;
      const from = offsets[peer]!;
      let to = from;
      for (let next = to; next < messages.length; next = to) {
        const length = (messages[next + 16]! << 8) | messages[next + 17]!;
        if (next + length - from > WINDOW) break;
        to = next + length;
      }
      if (to === from) continue;
      open++;
      window.set(messages.subarray(from, to));
      offsets[peer] = to;
      arrived(peer, window, to - from);
      for (let at = 0; at < to - from; ) {
        const length = (window[at + 16]! << 8) | window[at + 17]!;
        visit(peer, window, at, at + length);
        at += length;
      }
    }
  }
}

function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function run(count: number): Record<string, number> {
  const all = feeds(count);
  const rib = new Rib({
    local: { asn: 64500, bgpIdentifier: 1, addresses: new OwnAddresses() },
    seed: 0x2545f491,
    tracked: values.tracked,
  });
  for (const [peer, { peerAs }] of all.entries()) addPeer(rib, peer as PeerIndex, peerAs);
  const view = new UpdateView();
  globalThis.gc?.();
  const rssBefore = process.memoryUsage.rss();
  const feed = (peer: number, bytes: Uint8Array, start: number, end: number) => {
    decodeUpdate(bytes, start, end, CONTEXT, view);
    rib.feed(peer as PeerIndex, bytes, view);
    if (values.tracked) while (rib.drainChanges(1000, () => {}));
  };
  const cpu = seconds(() => {
    receive(all, feed, (peer, bytes, end) => rib.lookAhead(peer as PeerIndex, bytes, 0, end));
  });
  const rss = process.memoryUsage.rss() - rssBefore;
  const decode = seconds(() => {
    receive(all, (_, bytes, start, end) => decodeUpdate(bytes, start, end, CONTEXT, view));
  });
  let paths = 0;
  for (const peer of all.keys()) {
    const v4 = rib.counts(peer as PeerIndex, 'ipv4');
    const v6 = rib.counts(peer as PeerIndex, 'ipv6');
    if (v4.accepted + v6.accepted !== v4.received + v6.received)
      console.log('refused some', v4, v6);
    paths += v4.received + v6.received;
  }
  const { blocks, attributes } = rib.table;
  const touched = blocks.memory.octetsTouched + attributes.arena.octetsTouched;
  const inUse = blocks.memory.wordsInUse * 4 + attributes.arena.octetsInUse;
  const { entries } = attributes.arena;
  const prefixes = rib.table.prefixes('ipv4') + rib.table.prefixes('ipv6');
  const down = seconds(() => {
    rib.peerDown(0 as PeerIndex);
    while (rib.step(SLICE));
  });

  return {
    peers: count,
    prefixes,
    paths,
    'CPU s': round(cpu, 3),
    'ns/path': round((cpu * 1e9) / paths, 0),
    'decode s': round(decode, 3),
    'RSS MB': round(rss / 2 ** 20, 1),
    'B/path': round(rss / paths, 1),
    'touched MB': round(touched / 2 ** 20, 1),
    'in use MB': round(inUse / 2 ** 20, 1),
    sets: entries,
    'down s': round(down, 3),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

console.table(values.peers.split(',').map((count) => run(Number(count))));
