/** Changes of octets that know nothing of what they mean: flips, cuts, copies, splices. */

import type { Random } from './random.ts';

/** Where lengths and counts go wrong. */
const INTERESTING = [0, 1, 2, 3, 4, 15, 16, 17, 31, 32, 33, 64, 127, 128, 129, 254, 255];

type Mutation = (octets: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  (octets, random) => changed(octets, random, (octet) => octet ^ (1 << random.below(8))),
  (octets, random) => changed(octets, random, () => random.below(256)),
  (octets, random) => changed(octets, random, () => random.pick(INTERESTING)),
  (octets, random) => changed(octets, random, (octet) => octet + (random.oneIn(2) ? 1 : -1)),
  (octets, random) => octets.slice(0, random.below(octets.length + 1)),
  removed,
  repeated,
  spliced,
];

/** One to four changes; never longer than `limit`. */
export function mutateOctets(
  octets: Uint8Array,
  other: Uint8Array,
  random: Random,
  limit: number,
): Uint8Array {
  let result = octets;
  for (let left = 1 + random.below(4); left > 0; left--) {
    result = random.pick(MUTATIONS)(result, random, other);
  }
  return result.length > limit ? result.slice(0, limit) : result;
}

function changed(octets: Uint8Array, random: Random, to: (octet: number) => number): Uint8Array {
  const result = octets.slice();
  if (result.length === 0) return Uint8Array.of(random.below(256));
  const at = random.below(result.length);
  result[at] = to(result[at]!);
  return result;
}

function removed(octets: Uint8Array, random: Random): Uint8Array {
  const from = random.below(octets.length + 1);
  const to = Math.min(octets.length, from + 1 + random.below(8));
  return joined(octets.subarray(0, from), octets.subarray(to));
}

function repeated(octets: Uint8Array, random: Random): Uint8Array {
  const from = random.below(octets.length + 1);
  const piece = octets.subarray(from, from + 1 + random.below(16));
  return joined(octets.subarray(0, from), piece, octets.subarray(from));
}

/** The beginning of one and the end of another. */
function spliced(octets: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const head = octets.subarray(0, random.below(octets.length + 1));
  return joined(head, other.subarray(random.below(other.length + 1)));
}

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}
