/** The `prefixes` of the file: one for each network, with the upstreams it went to. */

import type { CommunitySplit } from './communitySplit.ts';
import type { ImportedNeighbour } from './importedNeighbour.ts';
import type { Notes } from './note.ts';
import type { Outbound } from './outbound.ts';
import type { Source, SourceNetwork } from './source.ts';

export interface ImportedPrefix {
  readonly text: string;
  /** Undefined: all of them. */
  readonly upstreams: readonly string[] | undefined;
  readonly communities: readonly string[];
}

export function importPrefixes(
  source: Source,
  neighbours: readonly ImportedNeighbour[],
  outbounds: ReadonlyMap<string, Outbound>,
  split: CommunitySplit,
  notes: Notes,
): readonly ImportedPrefix[] {
  const seen = new Set<string>();
  for (const { name, network, community } of split.unfit) {
    const means = `${community} went with ${network.prefix.text} to ${name}, but neither with everything to ${name} nor with ${network.prefix.text} to everybody: it is not sent`;
    notes.lost(network.statement, means);
  }
  return source.networks.flatMap((network) => {
    const { text } = network.prefix;
    if (seen.has(text)) return [];
    seen.add(text);
    tellAnchor(source, network, notes);
    const upstreams = upstreamsOf(network, neighbours, outbounds, notes);
    return [{ text, upstreams, communities: split.network(network) }];
  });
}

/** Undefined: all of them. */
function upstreamsOf(
  network: SourceNetwork,
  neighbours: readonly ImportedNeighbour[],
  outbounds: ReadonlyMap<string, Outbound>,
  notes: Notes,
): readonly string[] | undefined {
  const { family } = network.prefix;
  const able = neighbours.filter(({ name }) => outbounds.get(name)?.families.includes(family));
  const isSent = ({ name }: ImportedNeighbour) => outbounds.get(name)?.sent.has(network) === true;
  for (const { name } of able.filter((one) => one.kind !== 'upstream' && !isSent(one))) {
    const means = `${name} is sent it now: neighbours of this kind are sent every prefix of ours`;
    notes.changed(network.statement, means);
  }
  const upstreams = able.filter(({ kind }) => kind === 'upstream');
  const sentTo = upstreams.filter(isSent).map(({ name }) => name);
  return sentTo.length === upstreams.length ? undefined : sentTo;
}

/** FRR announces a network only while its table has a route to it. */
function tellAnchor(source: Source, { statement, prefix }: SourceNetwork, notes: Notes): void {
  const checks = source.router.get('bgp network import-check')?.statement.negated;
  const byDefault = source.dialect === 'frr' && !source.datacenter;
  if (!(checks === undefined ? byDefault : !checks) || source.anchors.has(prefix.text)) return;
  const means =
    'it was announced while the routing table had a route to exactly this prefix; now it is while a session is up';
  notes.changed(statement, means);
}
