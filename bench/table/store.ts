/**
 * Tables as files, made once and kept in the temporary directory: making them takes seconds, and a
 * feeder reads one in milliseconds. A file's name says everything that it was made from.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOctets } from '../feeder/nlri.ts';
import { PREFIX_LISTS, RECORDED_TABLE } from '../paths.ts';
import { drawnPrefixes, type Family, listedPrefixes, type PrefixList } from './prefixes.ts';
import { tableProfile } from './profile.ts';
import { recordedPeers, recordedUpdates } from './recorded.ts';
import { type Sender, updates } from './updates.ts';

/** What one neighbour announces. */
export interface Table {
  /** Whole UPDATE messages. */
  readonly file: string;
  readonly peerAs: number;
  readonly prefixes: Readonly<Record<Family, number>>;
}

/** The tables of some neighbours, and how many different prefixes are in them. */
export interface Workload {
  readonly tables: readonly Table[];
  readonly union: Readonly<Record<Family, number>>;
}

export interface TableSize {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Distinct attribute sets of both families. */
  readonly sets: number;
}

export const FULL: TableSize = { ipv4: 1_000_000, ipv6: 200_000, sets: 158_000 };
export const QUICK: TableSize = { ipv4: 50_000, ipv6: 10_000, sets: 7_900 };

/** Counts up when the same input would give other tables. */
const VERSION = 1;
const SEED = 4271;
const DIRECTORY = join(tmpdir(), 'multihomed-bench-tables');

/** The addresses of the neighbours, in their order: they become next hops. */
export type Addresses = readonly Readonly<Record<Family, string>>[];

/** AS numbers without a meaning of their own, one a neighbour. */
const FIRST_AS = 3000;

export function synthetic(size: TableSize, addresses: Addresses): Workload {
  const profile = tableProfile();
  let lists: readonly PrefixList[] | undefined;
  const tables = addresses.map((address, i) => {
    const sender = senderOf(FIRST_AS + i, address);
    const make = () => {
      lists ??= drawnPrefixes(size, profile, SEED);
      return updates(lists, size.sets, sender, profile, SEED + 1 + i);
    };
    const file = stored(['synthetic', size, profile, sender, i], make);
    return { file, peerAs: sender.peerAs, prefixes: { ipv4: size.ipv4, ipv6: size.ipv6 } };
  });
  return { tables, union: { ipv4: size.ipv4, ipv6: size.ipv6 } };
}

/** Real prefixes of both families, with attribute sets as in the synthetic tables. */
export function listed(addresses: Addresses): Workload {
  const profile = tableProfile();
  const lists = (['ipv4', 'ipv6'] as const).map((family) =>
    listedPrefixes(family, PREFIX_LISTS[family]),
  );
  const [ipv4 = 0, ipv6 = 0] = lists.map(({ starts }) => starts.length - 1);
  const tables = addresses.map((address, i) => {
    const sender = senderOf(FIRST_AS + i, address);
    const make = () => updates(lists, FULL.sets, sender, profile, SEED + 1 + i);
    const file = stored(['listed', ipv4, ipv6, profile, sender, i], make);
    return { file, peerAs: sender.peerAs, prefixes: { ipv4, ipv6 } };
  });
  return { tables, union: { ipv4, ipv6 } };
}

/** The fullest recorded peers, as many as there are addresses, under their own AS numbers. */
export function recorded(addresses: Addresses): Workload {
  const peers = recordedPeers(RECORDED_TABLE).slice(0, addresses.length);
  const union = new Set<string>();
  const tables = peers.map((peer, i) => {
    const sender = senderOf(peer.peerAs, addresses[i]!);
    const file = stored(['recorded', RECORDED_TABLE, sender], () => recordedUpdates(peer, sender));
    for (const nlri of [...peer.sets.values()].flat()) union.add(String.fromCharCode(...nlri));
    return { file, peerAs: peer.peerAs, prefixes: { ipv4: peer.prefixes, ipv6: 0 } };
  });
  return { tables, union: { ipv4: union.size, ipv6: 0 } };
}

function senderOf(peerAs: number, address: Addresses[number]): Sender {
  const nextHop = { ipv4: addressOctets(address.ipv4), ipv6: addressOctets(address.ipv6) };
  return { peerAs, nextHop };
}

/** The file for what `from` says; written under another name first, so that it is whole or absent. */
function stored(from: readonly unknown[], make: () => Uint8Array): string {
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, ...from]))
    .digest('hex');
  const file = join(DIRECTORY, `${key.slice(0, 32)}.updates`);
  if (existsSync(file)) return file;
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, make());
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
