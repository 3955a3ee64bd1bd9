/** Whether the files that multihomed runs on in a lab are about the network that the lab is. */

import type { Config } from '../config/config.ts';
import { configOfNode } from './daemons/multihomed.ts';
import { LabError } from './labError.ts';
import { type LabNode, neighboursOf, type Topology } from './topology.ts';

/** Throws LabError: for a file that the daemon would refuse, or one about another network. */
export function judgeConfigs(topology: Topology): void {
  const nodes = topology.nodes.filter(({ daemon }) => daemon === 'multihomed');
  const faults = nodes.flatMap((node) => faultsOf(topology, node, configOfNode(node)));
  if (faults.length === 0) return;
  throw new LabError(
    `configuration and topology differ, and nothing was created:\n${faults.join('\n')}`,
  );
}

function faultsOf(topology: Topology, node: LabNode, config: Config): readonly string[] {
  const { upstreams, downstreams, internal } = config;
  const there = [...upstreams, ...downstreams, ...internal];
  const expected = neighboursOf(topology, node);
  const faults = expected.flatMap(({ node: other, asn, address, interface: device }) => {
    const found = there.find((neighbour) => neighbour.address.text === address);
    if (!found) return [`it has no neighbour ${address}, which is ${other}`];
    return [
      ...(found.asn === asn ? [] : [`${found.name} has AS ${found.asn}; ${other} is AS ${asn}`]),
      ...(found.interface === undefined || found.interface === device
        ? []
        : [`${found.name} is on ${found.interface}; the link to ${other} is ${device}`]),
    ];
  });
  const strangers = there.filter(
    (neighbour) => !expected.some(({ address }) => address === neighbour.address.text),
  );
  const own =
    config.asn === node.asn ? [] : [`its AS is ${config.asn}, and the node's ${node.asn}`];
  return [
    ...own,
    ...faults,
    ...strangers.map(({ name, address }) => `${name} is at ${address.text}, where nobody is`),
  ].map((fault) => `${node.config}: ${fault}`);
}
