/**
 * Communities of single routes as communities of neighbours and of prefixes, which is how the file
 * has them. A community fits when every route that has it is one of a neighbour whose routes all
 * have it, or of a prefix that goes to everybody with it.
 */

import type { SourceNetwork } from './source.ts';

/** What a neighbour is sent: the communities of each route. */
export type SentRoutes = ReadonlyMap<SourceNetwork, ReadonlySet<string>>;

export interface Receiver {
  readonly name: string;
  readonly sent: SentRoutes;
  /** In our own AS: it has no communities of its own in the file, only those of prefixes. */
  readonly internal: boolean;
}

export interface CommunitySplit {
  readonly neighbour: (name: string) => readonly string[];
  readonly network: (network: SourceNetwork) => readonly string[];
  /** Those of routes that fit into neither. */
  readonly unfit: readonly (Cell & { readonly community: string })[];
}

/** A route that has the community, to another AS. */
interface Cell {
  readonly name: string;
  readonly network: SourceNetwork;
}

type Fit = (cell: Cell) => boolean;

export function splitCommunities(receivers: readonly Receiver[]): CommunitySplit {
  const external = receivers.filter(({ internal }) => !internal);
  const sent = new Map(external.map(({ name, sent }) => [name, sent]));
  const [all, outside] = [counts(receivers), counts(external)];
  const carried = new Map(
    [...cellsOf(receivers)].map(([community, cells]) => [community, counted(cells, networkOf)]),
  );
  const neighbours = new Map<string, string[]>();
  const networks = new Map<SourceNetwork, string[]>();
  const unfit: CommunitySplit['unfit'][number][] = [];
  for (const [community, cells] of cellsOf(external)) {
    const [perName, perNetwork] = [counted(cells, nameOf), counted(cells, networkOf)];
    const inRow: Fit = ({ name }) => perName.get(name) === sent.get(name)?.size;
    const inColumn: Fit = ({ network }) => perNetwork.get(network) === outside.get(network);
    const everywhere: Fit = ({ network }) => {
      const count = carried.get(community)?.get(network);
      return count === all.get(network) && (count ?? 0) > 1;
    };
    const [rows, columns] = chosen(cells, inRow, inColumn, everywhere);
    for (const name of new Set(cells.filter(rows).map(nameOf))) {
      append(neighbours, name, community);
    }
    for (const network of new Set(cells.filter(columns).map(networkOf))) {
      append(networks, network, community);
    }
    const rest = cells.filter((cell) => !rows(cell) && !columns(cell));
    unfit.push(...rest.map((cell) => ({ ...cell, community })));
  }
  return {
    neighbour: (name) => neighbours.get(name) ?? [],
    network: (network) => networks.get(network) ?? [],
    unfit,
  };
}

/**
 * Which cells go with their neighbour, and which with their prefix. With the prefix where everybody
 * has it, our own routers too; else with the neighbour if that is enough, and with both if need be.
 */
function chosen(cells: readonly Cell[], inRow: Fit, inColumn: Fit, everywhere: Fit): [Fit, Fit] {
  const none: Fit = () => false;
  if (cells.every(everywhere)) return [none, everywhere];
  if (cells.every(inRow)) return [inRow, none];
  if (cells.every(inColumn)) return [none, inColumn];
  return [inRow, inColumn];
}

function cellsOf(receivers: readonly Receiver[]): ReadonlyMap<string, readonly Cell[]> {
  const cells = new Map<string, Cell[]>();
  for (const { name, sent } of receivers) {
    for (const [network, communities] of sent) {
      for (const community of communities) append(cells, community, { name, network });
    }
  }
  return cells;
}

/** How many receivers a prefix goes to. */
function counts(receivers: readonly Receiver[]): ReadonlyMap<SourceNetwork, number> {
  return counted(
    receivers.flatMap(({ sent }) => [...sent.keys()]),
    (network) => network,
  );
}

function counted<T, K>(values: readonly T[], key: (value: T) => K): ReadonlyMap<K, number> {
  const found = new Map<K, number>();
  for (const value of values) found.set(key(value), (found.get(key(value)) ?? 0) + 1);
  return found;
}

function nameOf({ name }: Cell): string {
  return name;
}

function networkOf({ network }: Cell): SourceNetwork {
  return network;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
