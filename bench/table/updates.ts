/** A table as the UPDATE messages that one neighbour would send, ready for a socket. */

import { Attribute, attribute, attributeSets } from './attributes.ts';
import { OctetWriter } from './octetWriter.ts';
import type { Family, PrefixList } from './prefixes.ts';
import type { TableProfile } from './profile.ts';
import { type Random, randomFrom, shuffled } from './random.ts';

/** Who sends the table. */
export interface Sender {
  readonly peerAs: number;
  /** NEXT_HOP of IPv4 routes, 4 octets, and of IPv6 routes, 16. */
  readonly nextHop: Readonly<Record<Family, readonly number[]>>;
}

/** RFC 4271 §4.1 and RFC 6793: what a session without extended messages carries at most. */
const MAX_MESSAGE = 4096;
const HEADER = 19;
const UPDATE = 2;

const MEAN_NLRI = 3.5;

/**
 * Prefixes in an order of chance, 1 to 6 of them an UPDATE, with one of `sets` attribute sets of
 * both families together. The same seed gives the same table.
 */
export function updates(
  lists: readonly PrefixList[],
  sets: number,
  sender: Sender,
  profile: TableProfile,
  seed: number,
): Uint8Array {
  const random = randomFrom(seed);
  const batches = lists.flatMap((list) => batchesOf(list, random));
  const total = lists.reduce((sum, { starts }) => sum + starts.length - 1, 0);
  const known = lists.map(({ family, starts }) => {
    const count = Math.max(1, Math.round((sets * (starts.length - 1)) / total));
    const nextHop = family === 'ipv4' ? sender.nextHop.ipv4 : [];
    return attributeSets(count, sender.peerAs, nextHop, profile[family], random);
  });
  const ofFamily = { ipv4: known[0] ?? [], ipv6: known[1] ?? [] };
  const out = new OctetWriter();
  for (const index of shuffled(batches.length, random)) {
    const { list, prefixes } = batches[index]!;
    const choice = ofFamily[list.family];
    const nlri = [...prefixes].map((i) => list.octets.subarray(list.starts[i], list.starts[i + 1]));
    writeUpdate(out, list.family, choice[random.below(choice.length)]!, nlri, sender);
  }
  return out.written();
}

interface Batch {
  readonly list: PrefixList;
  readonly prefixes: Uint32Array;
}

function batchesOf(list: PrefixList, random: Random): Batch[] {
  const order = shuffled(list.starts.length - 1, random);
  const batches: Batch[] = [];
  for (let from = 0; from < order.length; ) {
    const to = Math.min(order.length, from + 1 + random.below(2 * MEAN_NLRI - 1));
    batches.push({ list, prefixes: order.subarray(from, to) });
    from = to;
  }
  return batches;
}

/** As many messages as the prefixes need. `set` has a NEXT_HOP for IPv4 and none for IPv6. */
export function writeUpdate(
  out: OctetWriter,
  family: Family,
  set: Uint8Array,
  nlri: readonly ArrayLike<number>[],
  sender: Sender,
): void {
  // MP_REACH_NLRI adds its header and its next hop: 4 + 5 + 16 octets.
  const room = MAX_MESSAGE - HEADER - 4 - set.length - (family === 'ipv4' ? 0 : 25);
  for (let from = 0; from < nlri.length; ) {
    let [to, length] = [from, 0];
    while (to < nlri.length && length + nlri[to]!.length <= room) length += nlri[to++]!.length;
    if (to === from)
      throw new Error(`${set.length} octets of attributes leave no room for a prefix`);
    const octets = nlri.slice(from, to).flatMap((prefix) => [...Array.from(prefix)]);
    if (family === 'ipv4') writeMessage(out, set, octets);
    else writeMessage(out, [...mpReach(sender, octets), ...set], []);
    from = to;
  }
}

/** RFC 4760 §3. In front of the others, as RFC 7606 §5.1 asks. */
function mpReach(sender: Sender, nlri: readonly number[]): number[] {
  const ipv6Unicast = [0, 2, 1];
  const value = [...ipv6Unicast, 16, ...sender.nextHop.ipv6, 0, ...nlri];
  return attribute(0x80, Attribute.mpReach, value);
}

function writeMessage(
  out: OctetWriter,
  attributes: ArrayLike<number>,
  nlri: readonly number[],
): void {
  const length = HEADER + 4 + attributes.length + nlri.length;
  out.put(Array<number>(16).fill(255));
  out.put([length >>> 8, length & 255, UPDATE, 0, 0]);
  out.put([attributes.length >>> 8, attributes.length & 255]);
  out.put(attributes);
  out.put(nlri);
}
