/**
 * The three stores that hold the prefixes of both families: IPv4, IPv6 up to /64, longer IPv6. A
 * route table has them, and whatever else is kept by prefix.
 */

import type { Blocks } from './blocks.ts';
import { Ipv4Store } from './ipv4Store.ts';
import { Ipv6Store } from './ipv6Store.ts';
import type { PrefixWords } from './rowPrefix.ts';

export type PrefixStore = Ipv4Store | Ipv6Store;

export interface PrefixStores {
  readonly ipv4: Ipv4Store;
  /** Prefixes up to /64, and longer ones. */
  readonly ipv6: Ipv6Store;
  readonly ipv6Long: Ipv6Store;
}

const NARROW_LENGTH = 64;

export function makeStores(blocks: Blocks): PrefixStores {
  return {
    ipv4: new Ipv4Store(blocks),
    ipv6: new Ipv6Store(blocks, 2),
    ipv6Long: new Ipv6Store(blocks, 4),
  };
}

export function storeFor(stores: PrefixStores, { family, length }: PrefixWords): PrefixStore {
  if (family === 'ipv4') return stores.ipv4;
  return length <= NARROW_LENGTH ? stores.ipv6 : stores.ipv6Long;
}

/** Whether the prefix is there; the store is left where it is, or would be. */
export function findRow(store: PrefixStore, row: PrefixWords): boolean {
  const { word0, word1, word2, word3, length } = row;
  if (store.family === 'ipv4') return store.find(word0, length);
  return store.find(word0, word1, word2, word3, length);
}

/** Puts the prefix in where `findRow` has just not found it. */
export function insertRow(store: PrefixStore, { word0, length }: PrefixWords): void {
  if (store.family === 'ipv4') store.insert(word0, length);
  else store.insert(length);
}
