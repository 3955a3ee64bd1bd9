/**
 * The prefixes of a table: drawn from a seed in the proportions of a profile, or read from a list.
 * Every neighbour of a run announces the same ones.
 */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { nlriOf } from '../feeder/nlri.ts';
import type { FamilyProfile, TableProfile } from './profile.ts';
import { drawFrom, type Random, randomFrom } from './random.ts';

export type Family = 'ipv4' | 'ipv6';

/** The NLRI octets of each prefix, behind one another; `starts` has one entry more than prefixes. */
export interface PrefixList {
  readonly family: Family;
  readonly octets: Uint8Array;
  readonly starts: Uint32Array;
}

/** What IANA gave the registries for IPv6, as the first 16 bits. */
const IPV6_BLOCKS: readonly number[] = [
  ...[0x2400, 0x2401, 0x2402, 0x2403, 0x2404, 0x2405, 0x2406, 0x2407, 0x2408, 0x240a, 0x240e],
  ...[0x2600, 0x2601, 0x2602, 0x2603, 0x2604, 0x2605, 0x2606, 0x2607, 0x2620, 0x2800, 0x2801],
  ...[0x2803, 0x2804, 0x2a00, 0x2a01, 0x2a02, 0x2a03, 0x2a04, 0x2a05, 0x2a06, 0x2a07, 0x2a09],
  ...[0x2a0a, 0x2a0b, 0x2a0c, 0x2a0d, 0x2a0e, 0x2a0f, 0x2a10, 0x2a11, 0x2a12, 0x2a13, 0x2a14],
  ...[0x2c0f],
];

/** First octets with special-purpose blocks behind them. */
const IPV4_AVOIDED: readonly number[] = [10, 100, 127, 169, 172, 192, 198, 203];

export function drawnPrefixes(
  counts: Readonly<Record<Family, number>>,
  profile: TableProfile,
  seed: number,
): PrefixList[] {
  const random = randomFrom(seed);
  return [
    drawFamily('ipv4', counts.ipv4, profile.ipv4, random, () => ipv4Address(random)),
    drawFamily('ipv6', counts.ipv6, profile.ipv6, random, () => ipv6Address(random)),
  ];
}

/**
 * Draws distinct prefixes. An address is a number of 32 bits (IPv4) or the first 48 (IPv6), and with
 * its length it is a number too, so that no text is made of it. IPv6 stays under 2^53 without
 * 2000::/3's three bits.
 */
function drawFamily(
  family: Family,
  count: number,
  profile: FamilyProfile,
  random: Random,
  freshAddress: () => number,
): PrefixList {
  const width = family === 'ipv4' ? 32 : 48;
  const drawLength = drawFrom(profile.lengths, random);
  const [addresses, lengths] = [new Float64Array(count), new Uint8Array(count)];
  const known = new Set<number>();
  while (known.size < count) {
    const at = known.size;
    const length = drawLength();
    const above = at > 0 && random.bits() < profile.covered * 2 ** 32 ? random.below(at) : -1;
    const covered = above >= 0 && lengths[above]! < length;
    const address = covered
      ? within(addresses[above]!, lengths[above]!, width, freshAddress())
      : freshAddress();
    const first = cut(address, length, width);
    known.add((first % 2 ** 45) * 64 + length);
    if (known.size === at) continue;
    addresses[at] = first;
    lengths[at] = length;
  }
  return encode(family, addresses, lengths, width);
}

/** The address with all bits behind `length` cleared. */
function cut(address: number, length: number, width: number): number {
  const unit = 2 ** (width - length);
  return Math.floor(address / unit) * unit;
}

/** An address in the block, the rest of it as `rest` has it. */
function within(block: number, length: number, width: number, rest: number): number {
  return block + (rest % 2 ** (width - length));
}

function ipv4Address(random: Random): number {
  for (;;) {
    const first = 1 + random.below(222);
    if (!IPV4_AVOIDED.includes(first)) return first * 2 ** 24 + (random.bits() >>> 8);
  }
}

function ipv6Address(random: Random): number {
  const block = IPV6_BLOCKS[random.below(IPV6_BLOCKS.length)]!;
  // Skewed: some holders announce hundreds of parts.
  const holder = (random.below(4096) * random.below(4096)) >>> 9;
  return block * 2 ** 32 + holder * 2 ** 16 + (random.bits() >>> 16);
}

function encode(
  family: Family,
  addresses: Float64Array,
  lengths: Uint8Array,
  width: number,
): PrefixList {
  const octets = new Uint8Array(addresses.length * (1 + width / 8));
  const starts = new Uint32Array(addresses.length + 1);
  let at = 0;
  for (const [i, address] of addresses.entries()) {
    const length = lengths[i]!;
    starts[i] = at;
    octets[at++] = length;
    for (let bit = 8; bit < length + 8; bit += 8) {
      octets[at++] = Math.floor(address / 2 ** (width - bit)) % 256;
    }
  }
  starts[addresses.length] = at;
  return { family, octets: octets.slice(0, at), starts };
}

/** A gzipped list, `prefix<TAB>origin` a line, comments from `;` on. */
export function listedPrefixes(family: Family, file: string): PrefixList {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').split('\n');
  const octets = new Uint8Array(lines.length * 17);
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    const prefix = line.split('\t')[0] ?? '';
    if (!prefix.includes('/')) continue;
    starts.push(at);
    const nlri = nlriOf(prefix);
    octets.set(nlri, at);
    at += nlri.length;
  }
  return { family, octets: octets.slice(0, at), starts: Uint32Array.from([...starts, at]) };
}
