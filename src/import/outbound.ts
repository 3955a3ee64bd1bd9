/**
 * What each neighbour was sent, folded into what the file can say of a neighbour: prepends, MED and
 * next hop are the same for all prefixes that it is sent.
 */

import type { Family } from '../net/family.ts';
import type { OwnRouteAttributes } from './attributes.ts';
import type { SentRoutes } from './communitySplit.ts';
import { Evaluation, inForce } from './evaluate.ts';
import type { ImportedNeighbour } from './importedNeighbour.ts';
import type { Notes } from './note.ts';
import type { Settings, Source, SourceNetwork } from './source.ts';

export interface Outbound {
  readonly prepend: number;
  readonly med: number | undefined;
  readonly nextHop: Readonly<Record<Family, string | undefined>>;
  /** What the session can carry. */
  readonly families: readonly Family[];
  /** The routes, each with its communities. */
  readonly sent: SentRoutes;
}

/** By neighbour name. */
export function outbounds(
  source: Source,
  neighbours: readonly ImportedNeighbour[],
  notes: Notes,
): ReadonlyMap<string, Outbound> {
  const evaluation = new Evaluation(source);
  return new Map(
    neighbours.map((neighbour) => {
      const routes = sentRoutes(source, neighbour, evaluation, notes);
      return [neighbour.name, folded(routes, neighbour, notes)];
    }),
  );
}

type Routes = ReadonlyMap<SourceNetwork, OwnRouteAttributes>;

function sentRoutes(
  source: Source,
  { name, kind, families, neighbour }: ImportedNeighbour,
  evaluation: Evaluation,
  notes: Notes,
): Routes {
  const sent = new Map<SourceNetwork, OwnRouteAttributes>();
  for (const network of source.networks) {
    const { family } = network.prefix;
    const settings = neighbour.settings[family];
    if (!families.includes(family)) continue;
    if (source.requiresPolicy && kind !== 'internal' && !hasPolicy(settings, 'out')) continue;
    const outcome = evaluation.outcome(network, settings);
    if (outcome.kind === 'sent') {
      sent.set(network, communicated(outcome.attributes, settings));
      for (const { statement, means } of outcome.attributes.losses) notes.lost(statement, means);
    } else if (outcome.kind === 'unknown') {
      const means = `${outcome.means}: what depends on it is not announced to ${name}; add the prefixes that belong there`;
      notes.lost(outcome.statement, means);
    }
  }
  return sent;
}

/** Any of the filters that FRR counts as a policy. */
export function hasPolicy(settings: Settings, direction: 'in' | 'out'): boolean {
  return ['route-map', 'prefix-list', 'filter-list', 'distribute-list'].some(
    (key) => inForce(settings.get(`${key} ${direction}`)) !== undefined,
  );
}

const KINDS = {
  standard: /^(\d+:\d+|[a-z-]+)$/,
  large: /^\d+:\d+:\d+$/,
  extended: /^(rt:|ro:|0x)/,
} as const;

/** Communities are sent unless `no neighbor … send-community` says otherwise. */
function communicated(attributes: OwnRouteAttributes, settings: Settings): OwnRouteAttributes {
  const silenced = (['standard', 'extended', 'large'] as const).filter((kind) =>
    [kind, 'all', ...(kind === 'large' ? [] : ['both'])].some(
      (word) => settings.get(`send-community ${word}`)?.statement.negated,
    ),
  );
  const communities = [...attributes.communities].filter(
    (text) => !silenced.some((kind) => KINDS[kind].test(text)),
  );
  return { ...attributes, communities: new Set(communities) };
}

function folded(routes: Routes, imported: ImportedNeighbour, notes: Notes): Outbound {
  const isExternal = imported.kind !== 'internal';
  const first = tellDifferences(routes, imported, notes);
  const hops = [...routes.values()].map((route) => route.nextHop);
  const nextHop = {
    ipv4: hops.find(({ ipv4 }) => ipv4 !== undefined)?.ipv4,
    ipv6: hops.find(({ ipv6 }) => ipv6 !== undefined)?.ipv6,
  };
  const families = carried(imported, nextHop, notes);
  const kept = [...routes].filter(([{ prefix }]) => families.includes(prefix.family));
  return {
    prepend: isExternal ? (first?.prepend ?? 0) : 0,
    med: isExternal ? first?.med : undefined,
    nextHop,
    families,
    sent: new Map(kept.map(([network, { communities }]) => [network, communities])),
  };
}

/** All prefixes go with what the first one has, which is returned. */
function tellDifferences(
  routes: Routes,
  { name }: ImportedNeighbour,
  notes: Notes,
): OwnRouteAttributes | undefined {
  const [first] = routes.values();
  for (const [network, attributes] of routes) {
    for (const key of ['prepend', 'med'] as const) {
      if (attributes[key] === first?.[key]) continue;
      const origin = attributes.origins[key] ?? first?.origins[key] ?? network.statement;
      const means = `${key} is the same for all prefixes to a neighbour: ${network.prefix.text} goes to ${name} with ${first?.[key] ?? 'none'}`;
      notes.lost(origin, means);
    }
  }
  return first;
}

/** A family needs a next hop, which an address of the other family cannot be. */
function carried(
  { families, address, neighbour }: ImportedNeighbour,
  nextHop: Outbound['nextHop'],
  notes: Notes,
): readonly Family[] {
  const able = families.filter((family) => family === address.family || nextHop[family]);
  for (const family of families.filter((one) => !able.includes(one))) {
    const statement = neighbour.settings[family].get('activate')?.statement ?? neighbour.statement;
    const means = `${family} is not carried on this session: add families: [ipv4, ipv6] and next-hop: { ${family}: our ${family} address on the link }`;
    notes.lost(statement, means);
  }
  return able.length > 0 ? able : [address.family];
}
