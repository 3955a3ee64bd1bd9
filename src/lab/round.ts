/** Experiments made ready: every file read and judged before the first lab is built. */

import { basename, dirname, resolve } from 'node:path';
import type { Render } from '../generate/template.ts';
import type { Daemon } from './daemons/daemon.ts';
import type { Degradable } from './degradedLinks.ts';
import { degradedLinks, stepFaults } from './disturb.ts';
import type { Experiment } from './experiment.ts';
import { experimentOf } from './experimentFile.ts';
import { type Features, unavailable } from './features.ts';
import { judgeConfigs } from './judgeConfigs.ts';
import { LabError } from './labError.ts';
import { playerOf } from './players/players.ts';
import { readText } from './textFile.ts';
import type { Topology } from './topology.ts';
import { topologyOf } from './topologyFile.ts';

export interface Ready {
  readonly experiment: Experiment;
  /** Why it cannot be played here; then the rest is not there. */
  readonly unavailable: string | undefined;
  readonly file: string;
  readonly topology: Topology | undefined;
  readonly players: ReadonlyMap<string, Daemon>;
  /** Links that are degraded while it runs, and how; undefined: none. */
  readonly degradable: Degradable | undefined;
}

export interface ReadyOptions {
  /** The file of a topology by its name. */
  readonly topologyFile: (name: string) => string;
  readonly render: Render;
  readonly features: Features;
}

/** Throws LabError. */
export function readyExperiment(
  file: string,
  { topologyFile, render, features }: ReadyOptions,
): Ready {
  const name = basename(file).replace(/\.ya?ml$/, '');
  const experiment = experimentOf(readText(file), file, name);
  const reason = unavailable(experiment, features);
  const at = topologyPath(experiment, file, topologyFile);
  if (reason !== undefined) {
    const nothing = { topology: undefined, players: new Map(), degradable: undefined };
    return { experiment, unavailable: reason, file: at, ...nothing };
  }
  const topology = withConfigs(topologyOf(readText(at), at), experiment, file);
  judgeConfigs(topology);
  const strangers = [
    ...stepFaults(topology, experiment.steps),
    ...strangersOf(topology, experiment),
  ];
  if (strangers.length > 0) {
    throw new LabError(`${file}, on ${topology.name}: ${strangers.join('; ')}`);
  }
  const players = new Map(
    [...experiment.players].map(([node, player]) => [node, playerOf(player, render)] as const),
  );
  const degradable = degradableOf(experiment, topology, features);
  return { experiment, unavailable: undefined, file: at, topology, players, degradable };
}

function degradableOf(
  { needs, name, steps }: Experiment,
  topology: Topology,
  { means }: Features,
): Degradable | undefined {
  const links = degradedLinks(topology, steps);
  if (links.length === 0) return undefined;
  if (means !== undefined && needs.includes('degraded-links')) return { means, links };
  throw new LabError(`${name} degrades a link; write needs: [degraded-links]`);
}

function topologyPath(
  { topology }: Experiment,
  file: string,
  topologyFile: (name: string) => string,
): string {
  return topology.includes('/') ? resolve(dirname(file), topology) : topologyFile(topology);
}

function withConfigs(topology: Topology, { configs }: Experiment, file: string): Topology {
  const nodes = topology.nodes.map((node) => {
    const config = configs.get(node.name);
    return config === undefined ? node : { ...node, config: resolve(dirname(file), config) };
  });
  return { ...topology, nodes };
}

/** Names that the experiment has and the topology has not. */
function strangersOf({ nodes }: Topology, experiment: Experiment): readonly string[] {
  const { client, players, configs, expectations } = experiment;
  const named = [
    ...(client ? [client.node] : []),
    ...players.keys(),
    ...configs.keys(),
    ...expectations.flatMap((each) => [each.from, each.with]).filter((name) => name !== '-'),
  ];
  const unknown = named.filter((name) => !nodes.some((node) => node.name === name));
  return [...new Set(unknown)].map((name) => `there is no node ${name}`);
}
