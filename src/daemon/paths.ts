/**
 * Through which interface each neighbour is reached: looked up where the file does not say, and not
 * lost sight of when its link dies, which may well change what the routes say.
 */

import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import type { KernelInterface, KernelSubnet } from '../monitor/ipJson.ts';
import type { PathFact } from '../monitor/link.ts';
import { connectedInterface, interfaceSubnets, type RouteLookup } from '../monitor/routeLookup.ts';
import { type IpAddress, isLinkLocal } from '../net/address.ts';
import { contains, maxLength, prefixOf } from '../net/prefix.ts';
import { parseAddress } from '../net/text.ts';

/** By neighbour name. */
export type Paths = ReadonlyMap<string, PathFact>;

/** Whom the lookups ask; the kernel, but for tests. */
export interface Kernel {
  readonly route: (address: string) => Promise<RouteLookup>;
  readonly interfaces: () => Promise<readonly KernelInterface[]>;
}

const KERNEL: Kernel = { route: connectedInterface, interfaces: interfaceSubnets };
const NO_PATH: PathFact = { interface: undefined, origin: 'none' };

/**
 * The paths of the neighbours that the file leaves open. `before` is the last result, for links that
 * have died since. Asks the kernel for all of them in parallel; never rejects.
 */
export async function derivePaths(
  config: Config,
  before: Paths = new Map(),
  kernel: Kernel = KERNEL,
): Promise<Paths> {
  const open = neighboursOf(config).filter(isOpen);
  if (open.length === 0) return new Map();
  const interfaces = await kernel.interfaces();
  const found = await Promise.all(
    open.map(async (neighbour): Promise<[string, PathFact]> => {
      if (!isOnOneLink(neighbour)) return [neighbour.name, NO_PATH];
      const { name, address } = neighbour;
      const route = await kernel.route(address.text);
      return [name, settlePath(address, route, interfaces, before.get(name))];
    }),
  );
  return new Map(found);
}

/** Those whose paths follow the kernel's routes. */
export function routedNeighbours(config: Config): readonly IpAddress[] {
  return neighboursOf(config)
    .filter((neighbour) => isOpen(neighbour) && isOnOneLink(neighbour))
    .map(({ address }) => address);
}

/**
 * Decides on a path. The kernel's route is what packets follow, but once a link is dead the kernel
 * may leave its route out of account (`ignore_routes_with_linkdown`), or have dropped it, and then
 * what it says is about the wrong way: a gateway, or a wider subnet that happens to cover the
 * neighbour. `interfaces` are all there are; empty: not known.
 */
export function settlePath(
  neighbour: IpAddress,
  route: RouteLookup,
  interfaces: readonly KernelInterface[],
  before: PathFact | undefined,
): PathFact {
  const around = interfaces.map(({ name, up, subnets }) => {
    return { name, up, length: narrowest(subnets, neighbour) };
  });
  const [dead] = around
    .filter(({ up, length }) => !up && length >= 0)
    .sort((a, b) => b.length - a.length);
  const through = route.connected ? route : undefined;
  // Equally narrow: two ports in one network, and the neighbour is reached through the other now.
  if (dead && dead.length > livingLength(around, through)) return derived(dead.name);
  if (through?.interface !== undefined) return derived(through.interface);
  // IPv6 addresses go when their interface is set down, and all of them when it is deleted.
  const wasThere = before?.origin === 'derived' ? before.interface : undefined;
  const wasLeft = interfaces.some(({ name, up }) => name === wasThere && up);
  return wasThere === undefined || wasLeft ? NO_PATH : derived(wasThere);
}

interface Surrounding {
  readonly name: string;
  readonly up: boolean;
  /** Of its narrowest subnet around the neighbour; -1: none is. */
  readonly length: number;
}

/** How narrow the network is through which the neighbour is reached now; -1: not through any. */
function livingLength(around: readonly Surrounding[], through: RouteLookup | undefined): number {
  if (through?.interface === undefined) {
    return Math.max(-1, ...around.filter(({ up }) => up).map(({ length }) => length));
  }
  // Not the length of the link's subnet: somebody may have moved the dead link's route to it.
  if (through.length !== undefined) return through.length;
  const length = around.find(({ name }) => name === through.interface)?.length ?? -1;
  // A route to the device without a subnet was made by hand, for this very neighbour.
  return length < 0 ? Number.POSITIVE_INFINITY : length;
}

function derived(name: string): PathFact {
  return { interface: name, origin: 'derived' };
}

/** The length of the narrowest subnet around the neighbour; -1: none is. */
function narrowest(subnets: readonly KernelSubnet[], neighbour: IpAddress): number {
  const lengths = subnets.map(({ address, length }) => {
    const own = parseAddress(address);
    if (own?.family !== neighbour.family || length > maxLength(own.family)) return -1;
    return contains(prefixOf(own, length), neighbour) ? length : -1;
  });
  return Math.max(-1, ...lengths);
}

function isOpen(neighbour: Neighbour): boolean {
  return neighbour.interface === undefined;
}

/**
 * A neighbour that may be further away may be reached another way when a link dies. A link-local
 * address is on any link: only the file can say on which.
 */
function isOnOneLink({ multihop, address }: Neighbour): boolean {
  return multihop === 1 && !isLinkLocal(address);
}
