/**
 * The next hops of learned routes, each with a number: one for each neighbour and address. None is
 * forgotten, so that a neighbour that names ever new ones has its share and no more.
 */

import type { UpstreamConfig } from '../config/config.ts';
import { addressFromOctets } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { MAX_HOPS } from '../rib/hopTable.ts';
import type { HopTarget } from './installMessages.ts';

export interface Hop {
  readonly hop: number;
  /** The neighbour's name. */
  readonly neighbour: string;
  readonly family: Family;
  readonly gateway: Uint8Array;
}

/** As many as four of the largest exchanges have, where a route server names all members. */
export const MAX_NEIGHBOUR_HOPS = MAX_HOPS / 4;

export class HopBook {
  readonly #hops = new Map<string, Hop>();
  /** By neighbour. */
  readonly #counts = new Map<string, number>();

  get hops(): readonly Hop[] {
    return [...this.#hops.values()];
  }

  /** The number of the next hop, a new one where `size` is another afterwards; 0: they are too many. */
  numberOf(neighbour: string, gateway: Uint8Array): number {
    const { family, text } = addressFromOctets(gateway);
    const key = `${neighbour} ${text}`;
    const known = this.#hops.get(key);
    if (known) return known.hop;
    const hop = this.#hops.size + 1;
    const count = this.#counts.get(neighbour) ?? 0;
    if (count >= MAX_NEIGHBOUR_HOPS || hop >= MAX_HOPS) return 0;
    this.#counts.set(neighbour, count + 1);
    this.#hops.set(key, { hop, neighbour, family, gateway });
    return hop;
  }

  get size(): number {
    return this.#hops.size;
  }
}

/** What is known of neighbours, by name. */
export interface HopWays {
  /** Packets can be given to them. */
  readonly isLiving: (neighbour: string) => boolean;
  readonly interfaces: ReadonlyMap<string, string>;
}

/**
 * Where each hop leads. Those of an upstream that is lost lead through another one that lives, until
 * every route has a best path anew; primaries come before backups, in the file's order.
 */
export function hopTargets(
  hops: readonly Hop[],
  upstreams: readonly UpstreamConfig[],
  ways: HopWays,
): readonly HopTarget[] {
  const { isLiving, interfaces } = ways;
  const known = new Set(upstreams.map(({ name }) => name));
  const instead = new Map<Family, Hop | undefined>();
  const substitute = (family: Family) => {
    if (!instead.has(family)) instead.set(family, substituteOf(hops, upstreams, ways, family));
    return instead.get(family);
  };
  return hops.map((own) => {
    const { hop, family, neighbour } = own;
    const isLost = known.has(neighbour) && !isLiving(neighbour);
    const { gateway, neighbour: way } = (isLost ? substitute(family) : undefined) ?? own;
    return { hop, family, gateway, device: interfaces.get(way) };
  });
}

function substituteOf(
  hops: readonly Hop[],
  upstreams: readonly UpstreamConfig[],
  { isLiving, interfaces }: HopWays,
  family: Family,
): Hop | undefined {
  const usable = upstreams.filter(
    ({ name, import: { accept } }) => accept !== 'none' && isLiving(name) && interfaces.has(name),
  );
  const inOrder = [
    ...usable.filter(({ prefer }) => prefer !== 'backup'),
    ...usable.filter(({ prefer }) => prefer === 'backup'),
  ];
  for (const { name, address } of inOrder) {
    const of = hops.filter((hop) => hop.neighbour === name && hop.family === family);
    // The neighbour itself before a third party that it has named.
    const own = of.find(({ gateway }) => gateway.join() === address.octets.join());
    const found = own ?? of[0];
    if (found) return found;
  }
  return undefined;
}
