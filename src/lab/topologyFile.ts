/**
 * A containerlab file as a topology. containerlab has many more keys than are read here, and those
 * are left alone: its schema judges them. What this program runs is judged here, each fault at its
 * place, before anything is created.
 */

import { dirname, resolve } from 'node:path';
import { isEmpty } from '../config/field.ts';
import { Findings, type Place } from '../config/findings.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { type Node, parseYaml } from '../config/yamlTree.ts';
import { judgeTopology, type Places } from './judgeTopology.ts';
import { LabError } from './labError.ts';
import type { LabLink, LinkEnd, Topology } from './topology.ts';
import { readNode } from './topologyNode.ts';
import { child } from './tree.ts';

export interface LoadedTopology {
  /** Undefined when there are errors. */
  readonly topology: Topology | undefined;
  readonly problems: readonly Problem[];
}

/** `file`: its absolute path, which relative paths in it start from. Never throws. */
export function loadTopology(text: string, file: string): LoadedTopology {
  const findings = new Findings();
  const root = parseYaml(text, findings);
  const read = root && readRoot(root, file, findings);
  if (!root && !findings.hasErrors) {
    findings.error(WHOLE, {
      cause: 'the file is empty',
      consequence: 'there is no network to build',
      mend: 'write name: and topology: with nodes and links, as lab/topologies/edge.clab.yml has',
    });
  }
  if (read) judgeTopology(read.topology, read.places, findings);
  const topology = findings.hasErrors ? undefined : read?.topology;
  return { topology, problems: findings.problemsIn(text) };
}

/** The topology, or LabError with every problem located. */
export function topologyOf(text: string, file: string): Topology {
  const { topology, problems } = loadTopology(text, file);
  if (topology) return topology;
  const told = problems.map((problem) => formatProblem(problem, file, text));
  throw new LabError(`${file} cannot be built, and nothing was created:\n${told.join('\n')}`);
}

const WHOLE: Place = { at: 0, path: '' };

interface ReadTopology {
  readonly topology: Topology;
  readonly places: Places;
}

function readRoot(root: Node, file: string, findings: Findings): ReadTopology | undefined {
  const name = child(root, 'name');
  const topology = child(root, 'topology');
  const nodes = child(topology, 'nodes');
  if (name?.kind !== 'scalar' || !/^[a-z][a-z0-9-]{0,23}$/.test(name.text)) {
    findings.error(name ? { at: name.at, path: 'name' } : WHOLE, {
      cause: name ? 'this cannot be the name of a lab' : 'the key name is missing',
      consequence: 'namespaces are called after it',
      mend: 'write a-z, 0-9 and -, at most 24, beginning with a letter',
    });
    return undefined;
  }
  if (nodes?.kind !== 'mapping') {
    findings.error(nodes ? { at: nodes.at, path: 'topology.nodes' } : WHOLE, {
      cause: 'there are no nodes',
      consequence: 'there is no network to build',
      mend: 'write topology: with nodes: below it, and a name for each node',
    });
    return undefined;
  }
  const directory = dirname(resolve(file));
  const places = { nodes: new Map<string, Place>(), links: new Map<LinkEnd, Place>() };
  const read = nodes.entries.map(({ key, keyAt, value }) => {
    const place = { at: keyAt, path: `topology.nodes.${key}` };
    if (places.nodes.has(key)) {
      findings.error(place, {
        cause: `there are two nodes called ${key}`,
        consequence: 'which of them a link leads to is not clear',
        mend: 'rename one',
      });
    }
    places.nodes.set(key, place);
    return readNode(key, value, { place, directory }, findings);
  });
  const links = readLinks(child(topology, 'links'), places.links, findings);
  return { topology: { name: name.text, directory, nodes: read, links }, places };
}

function readLinks(
  node: Node | undefined,
  places: Map<LinkEnd, Place>,
  findings: Findings,
): readonly LabLink[] {
  if (!node || isEmpty(node)) return [];
  const list = node.kind === 'list' ? node.nodes : [node];
  return list.flatMap((each, index) => {
    const path = `topology.links[${index}]`;
    const ends = child(each, 'endpoints');
    const read =
      ends?.kind === 'list' ? ends.nodes.map((end) => readEnd(end, path, places, findings)) : [];
    const [a, b] = read;
    if (a && b && read.length === 2) return [{ ends: [a, b] as const }];
    if (read.length !== 2) {
      findings.error(
        { at: each.at, path },
        {
          cause: 'a link has two endpoints',
          consequence: 'it cannot be laid',
          mend: 'write it as endpoints: ["edge:eth1", "transit-a:eth1"]',
        },
      );
    }
    return [];
  });
}

function readEnd(
  node: Node,
  path: string,
  places: Map<LinkEnd, Place>,
  findings: Findings,
): LinkEnd | undefined {
  const place = { at: node.at, path };
  const match = node.kind === 'scalar' ? /^([^\s:]+):([^\s:]+)$/.exec(node.text) : null;
  if (!match) {
    findings.error(place, {
      cause: `${node.kind === 'scalar' ? `"${node.text}"` : 'this'} is no endpoint`,
      consequence: 'the link leads nowhere',
      mend: 'write node and interface with a colon between them: "edge:eth1"',
    });
    return undefined;
  }
  const end = { node: match[1] ?? '', interface: match[2] ?? '' };
  places.set(end, place);
  return end;
}
