/** Whether the parts of a topology fit together; each fault at its place. */

import type { Findings, Place, Told } from '../config/findings.ts';
import { nearest } from '../config/nearest.ts';
import { prefixOf } from '../net/prefix.ts';
import { parseCidr } from '../net/text.ts';
import { type LabLink, type LabNode, type LinkEnd, nodeOf, type Topology } from './topology.ts';

export interface Places {
  readonly nodes: ReadonlyMap<string, Place>;
  readonly links: ReadonlyMap<LinkEnd, Place>;
}

/** Of a network interface's name (IFNAMSIZ, less the NUL). */
const MAX_NAME = 15;

/** Reports and returns nothing: what is wrong is in `findings`. */
export function judgeTopology(topology: Topology, places: Places, findings: Findings): void {
  const tellNode = (node: LabNode, told: Told) =>
    findings.error(places.nodes.get(node.name) ?? { at: 0, path: '' }, told);
  const tellEnd = (end: LinkEnd, told: Told) =>
    findings.error(places.links.get(end) ?? { at: 0, path: '' }, told);
  const sound = ({ name }: LabNode) => !findings.isFaulty(`topology.nodes.${name}.labels`);
  for (const node of topology.nodes.filter(sound)) judgeNode(node, tellNode);
  judgeUnique(topology.nodes, tellNode);
  judgeEnds(topology, tellEnd);
  for (const link of topology.links) judgeAddresses(topology, link, tellEnd);
  // A link that could not be read would leave its interface behind.
  if (!findings.isFaulty('topology.links')) judgeInterfaces(topology, tellNode);
}

function judgeNode(node: LabNode, tell: (node: LabNode, told: Told) => void): void {
  if (!/^[a-z][a-z0-9-]*$/.test(node.name) || node.name.length > MAX_NAME) {
    tell(node, {
      cause: `"${node.name}" cannot be the name of a node`,
      consequence: `names of more than ${MAX_NAME} characters do not fit where the kernel shows them`,
      mend: `write a-z, 0-9 and -, at most ${MAX_NAME}, beginning with a letter`,
    });
  }
  const isSpeaker = !['web', 'none'].includes(node.daemon);
  if (isSpeaker && (node.asn === undefined || node.routerId === undefined)) {
    tell(node, {
      cause: `${node.daemon} speaks BGP, and lab.asn or lab.router-id is missing`,
      consequence: 'its neighbours cannot be told who it is',
      mend: 'write both labels',
    });
  }
  if (!isSpeaker && node.asn !== undefined) {
    tell(node, {
      cause: `lab.asn stands at a node that runs no BGP`,
      consequence: 'its neighbours would wait for it',
      mend: 'remove the label, or name a daemon that speaks BGP',
    });
  }
  if (node.dampening !== undefined && node.daemon !== 'frr') {
    tell(node, {
      cause: `${node.daemon} has no route flap damping here`,
      consequence: 'it would not damp',
      mend: 'let FRR run at this node',
    });
  }
  if (node.bfd && node.daemon !== 'frr' && node.daemon !== 'bird') {
    tell(node, {
      cause: `lab.bfd stands at a node that runs ${node.daemon}`,
      consequence: 'its neighbours would hear no BFD packet from it',
      mend:
        node.daemon === 'multihomed'
          ? 'write bfd: {} to the neighbour in its own file'
          : 'let FRR or BIRD run at this node',
    });
  }
}

/** An AS may have several routers only where they are joined to each other, or play two sites. */
function judgeUnique(nodes: readonly LabNode[], tell: (node: LabNode, told: Told) => void): void {
  tellRepeated(nodes, tell, ({ routerId }) => (routerId === undefined ? [] : [routerId]), {
    what: 'the router id',
    consequence: 'their neighbours would take them for one (RFC 4271 §6.8)',
  });
  tellRepeated(
    nodes.filter(({ daemon }) => daemon !== 'multihomed'),
    tell,
    ({ asn }) => (asn === undefined ? [] : [String(asn)]),
    { what: 'the AS number', consequence: 'each would refuse the paths of the other as loops' },
  );
  const addresses = ({ addresses }: LabNode) =>
    [...addresses.values()].flat().map((text) => text.split('/')[0] ?? '');
  tellRepeated(nodes, tell, addresses, {
    what: 'the address',
    consequence: 'what is sent to it arrives at one of them, nobody knows which',
  });
}

function tellRepeated(
  nodes: readonly LabNode[],
  tell: (node: LabNode, told: Told) => void,
  valuesOf: (node: LabNode) => readonly string[],
  { what, consequence }: { readonly what: string; readonly consequence: string },
): void {
  const first = new Map<string, LabNode>();
  for (const node of nodes) {
    for (const value of valuesOf(node)) {
      const other = first.get(value);
      if (!other) first.set(value, node);
      else {
        tell(node, {
          cause: `${what} ${value} is ${other === node ? 'here twice' : `that of ${other.name}, too`}`,
          ...{ consequence, mend: 'give each its own' },
        });
      }
    }
  }
}

function judgeEnds(topology: Topology, tell: (end: LinkEnd, told: Told) => void): void {
  const used = new Set<string>();
  for (const end of topology.links.flatMap(({ ends }) => ends)) {
    const names = topology.nodes.map(({ name }) => name);
    if (!names.includes(end.node)) {
      const near = nearest(end.node, names);
      tell(end, {
        cause: `there is no node ${end.node}`,
        consequence: 'the link leads nowhere',
        mend: near ? `did you mean ${near}?` : `write one of ${names.join(', ')}`,
      });
    }
    if (!/^eth[1-9]\d?$/.test(end.interface)) {
      tell(end, {
        cause: `${end.interface} cannot be an end of a link`,
        consequence: 'eth0 is the management network of containerlab, and links start at eth1',
        mend: 'write eth1 to eth99',
      });
    }
    const text = `${end.node}:${end.interface}`;
    if (used.has(text)) {
      tell(end, {
        cause: `${text} is the end of another link, too`,
        consequence: 'only one of them can be laid',
        mend: 'take the next interface',
      });
    }
    used.add(text);
  }
}

/** Both ends of a link must be in one network, family by family. */
function judgeAddresses(
  topology: Topology,
  { ends }: LabLink,
  tell: (end: LinkEnd, told: Told) => void,
): void {
  const networks = ends.map(({ node, interface: device }) =>
    (nodeOf(topology, node)?.addresses.get(device) ?? []).flatMap((text) => {
      const cidr = parseCidr(text);
      return cidr ? [prefixOf(cidr.address, cidr.length).text] : [];
    }),
  );
  const [near = [], far = []] = networks;
  for (const network of near.filter((each) => !far.includes(each))) {
    tell(ends[0], lonely(ends[0], ends[1], network));
  }
  for (const network of far.filter((each) => !near.includes(each))) {
    tell(ends[1], lonely(ends[1], ends[0], network));
  }
}

function lonely(end: LinkEnd, other: LinkEnd, network: string): Told {
  return {
    cause: `${end.node} is in ${network} on this link, and ${other.node} is not`,
    consequence: 'they do not reach each other',
    mend: `give ${other.node} an address of ${network} on ${other.interface}`,
  };
}

/** An address on an interface that no link ends at would fail when the lab is built. */
function judgeInterfaces(topology: Topology, tell: (node: LabNode, told: Told) => void): void {
  const ends = topology.links.flatMap(({ ends }) => ends);
  for (const node of topology.nodes) {
    for (const device of node.addresses.keys()) {
      if (device === 'lo') continue;
      if (ends.some((end) => end.node === node.name && end.interface === device)) continue;
      tell(node, {
        cause: `an address is on ${device}, and no link ends there`,
        consequence: 'there is no such interface',
        mend: `add a link to ${node.name}:${device}, or correct the name`,
      });
    }
  }
}
