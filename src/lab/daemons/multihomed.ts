/** This program itself, on the file that the topology binds, with its own control socket. */

import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';
import { ControlClient } from '../../control/client.ts';
import { LabError } from '../labError.ts';
import { readText } from '../textFile.ts';
import type { LabNode } from '../topology.ts';
import type { Daemon, Place } from './daemon.ts';

export const multihomed: Daemon = {
  package: undefined,
  programs: [],
  files: (place) => [{ name: 'multihomed.yaml', text: labFile(place) }],
  commands: ({ home, self }) => [
    { name: 'multihomed', argv: [...self, 'run', '-c', join(home, 'multihomed.yaml')] },
  ],
  ready: async (place) => (await sessions(place)) !== undefined,
  established: async (place) => {
    const up = (await sessions(place)) ?? [];
    return new Set(up.filter(({ state }) => state === 'Established').map(({ address }) => address));
  },
};

/** Undefined: it does not answer. */
async function sessions({ home }: Place) {
  try {
    const client = new ControlClient([join(home, 'control.sock')], { timeout: 2000 });
    return (await client.sessions()).sessions.map(({ session }) => session);
  } catch {
    return undefined; // not yet, or not any more
  }
}

/** The user's file, with what several daemons on one machine must not share put at its end. */
function labFile({ node, home }: Place): string {
  const text = configText(node);
  const own = [
    '# For the lab: several daemons run on this machine.',
    `control: { socket: ${JSON.stringify(join(home, 'control.sock'))} }`,
    `state-dir: ${JSON.stringify(join(home, 'state'))}`,
  ];
  const taken = /^(control|state-dir):/m.exec(text)?.[1];
  if (taken === undefined) return `${text.trimEnd()}\n${own.join('\n')}\n`;
  throw new LabError(`${node.config} sets ${taken}, which the lab has to set; remove it there`);
}

/** What the node's file comes to; throws LabError with every problem located. */
export function configOfNode(node: LabNode): Config {
  const text = configText(node);
  const file = node.config ?? '';
  const { config, problems } = loadConfig(text, file);
  if (config) return config;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const told = errors.map((problem) => formatProblem(problem, file, text));
  throw new LabError(`${node.name} cannot run, and nothing was created:\n${told.join('\n')}`);
}

function configText({ config }: LabNode): string {
  return readText(config ?? '');
}
