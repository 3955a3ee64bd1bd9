/** `multihomed lab`: what each of its actions prints and returns. */

import { spawnSync } from 'node:child_process';
import { runCollector } from '../lab/collector/collector.ts';
import { writeContainerlab } from '../lab/containerlab.ts';
import { judgeConfigs } from '../lab/judgeConfigs.ts';
import { Lab } from '../lab/lab.ts';
import { LabError } from '../lab/labError.ts';
import { namespacesOf } from '../lab/namespaces.ts';
import { runWebClient } from '../lab/play/webClient.ts';
import { runWebServer } from '../lab/play/webServer.ts';
import { isAlive } from '../lab/processId.ts';
import { runRelay } from '../lab/relay/relay.ts';
import { requireMachine } from '../lab/requirements.ts';
import {
  isLeftover,
  labNames,
  namespaceOf,
  RUN_DIRECTORY,
  type RunState,
  readState,
} from '../lab/runState.ts';
import { takeDown } from '../lab/takeDown.ts';
import { readText } from '../lab/textFile.ts';
import type { Topology } from '../lab/topology.ts';
import { topologyOf } from '../lab/topologyFile.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { jsonText } from './json.ts';
import { runLabCompare } from './labCompare.ts';
import { labFile, shippedNames } from './labFiles.ts';
import { clearLeftover, interruptSignal, SELF } from './labProcess.ts';
import { runLabTest } from './labTest.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

type Options = Extract<Command, { name: 'lab' }>;
type Of<A extends Options['action']> = Extract<Options, { action: A }>;

/** Throws CommandError and LabError. Returns the exit code. */
export async function runLab(
  options: Options,
  terminal: Terminal,
  version: string,
): Promise<number> {
  switch (options.action) {
    case 'list':
      return list(options, terminal);
    case 'up':
      return up(options, terminal);
    case 'down':
      return down(options, terminal);
    case 'status':
      return status(options, terminal);
    case 'exec':
      return execute(options);
    case 'containerlab':
      return containerlab(options, terminal, version);
    case 'play':
      return play(options);
    case 'test':
      return runLabTest(options, terminal);
    case 'compare':
      return runLabCompare(options, terminal, version);
  }
}

function list({ json }: Of<'list'>, { stdout, width, paint }: Terminal): number {
  const labs = labNames(RUN_DIRECTORY).map((name) => ({ name, ...stateWords(name) }));
  const [topologies, experiments] = [shippedNames('topologies'), shippedNames('experiments')];
  if (json) {
    stdout(jsonText({ topologies, experiments, labs }));
    return 0;
  }
  const lines = [
    `topologies: ${topologies.join(', ')}`,
    `experiments: ${experiments.join(', ') || 'none'}`,
    ...(labs.length === 0
      ? ['no lab is up']
      : formatTable(
          ['Lab', 'State', 'Topology'],
          labs.map(({ name, state, file }) => [name, state, file]),
          { width, paint },
        )),
  ];
  stdout(`${lines.join('\n')}\n`);
  return 0;
}

function stateWords(name: string): { state: string; file: string } {
  const state = readState(RUN_DIRECTORY, name);
  if (!state) return { state: 'left over', file: '' };
  const word = isLeftover(state) ? 'left over' : state.owner ? 'at work' : 'up';
  return { state: word, file: state.file };
}

async function up(
  { topology: typed, lab }: Of<'up'>,
  { stdout, stderr }: Terminal,
): Promise<number> {
  const file = labFile('topologies', typed);
  const topology = readTopology(file);
  const name = lab ?? topology.name;
  if (!/^[a-z][a-z0-9-]{0,23}$/.test(name)) {
    throw new CommandError(`${name} cannot be the name of a lab: a-z, 0-9 and -, at most 24`);
  }
  requireMachine([topology], []);
  judgeConfigs(topology);
  await clearLeftover(name);
  const interrupt = interruptSignal();
  const progress = (line: string) => stderr(`${line}\n`);
  const built = Lab.plan({
    ...{ name, file, topology, self: SELF, root: RUN_DIRECTORY, progress },
    signal: interrupt,
  });
  try {
    await built.build();
  } catch (error) {
    stderr('taking down what was built\n');
    await takeDown(RUN_DIRECTORY, name);
    if (interrupt.aborted) return 130;
    throw error;
  }
  built.release();
  stdout(`${name} is up: \`multihomed lab status ${name}\`, \`multihomed lab down ${name}\`\n`);
  return 0;
}

function readTopology(file: string): Topology {
  return topologyOf(readText(file), file);
}

async function down({ lab }: Of<'down'>, { stdout }: Terminal): Promise<number> {
  if (process.getuid?.() !== 0) throw new LabError('taking a lab down needs root: use sudo');
  const names = lab === undefined ? labNames(RUN_DIRECTORY) : [lab];
  if (lab !== undefined && !isThere(lab) && (await namespacesOf(lab)).length === 0) {
    throw new CommandError(`there is no lab ${lab}; \`multihomed lab list\` has those that are up`);
  }
  for (const name of names) {
    await takeDown(RUN_DIRECTORY, name);
    stdout(`${name} is down\n`);
  }
  if (names.length === 0) stdout('no lab is up\n');
  return 0;
}

function isThere(lab: string): boolean {
  return labNames(RUN_DIRECTORY).includes(lab);
}

async function status({ lab, json }: Of<'status'>, terminal: Terminal): Promise<number> {
  const names = lab === undefined ? labNames(RUN_DIRECTORY) : [lab];
  const views = await Promise.all(names.map(async (name) => statusView(stateOf(name))));
  if (json) terminal.stdout(jsonText(views));
  else for (const view of views) printStatus(view, terminal);
  if (names.length === 0 && !json) terminal.stdout('no lab is up\n');
  return views.every(({ sound }) => sound) ? 0 : 1;
}

async function statusView(state: RunState) {
  const topology = readTopology(state.file);
  const { name, file } = state;
  const lab = Lab.existing(
    { ...{ name, file, topology, self: SELF, root: RUN_DIRECTORY }, progress: () => {} },
    state,
  );
  const missing = await lab.missingSessions();
  const nodes = topology.nodes.map(({ name: node, daemon }) => {
    const programs = state.programs.filter((program) => program.node === node);
    const dead = programs.filter((program) => !isAlive(program)).map((program) => program.name);
    return { node, daemon, pids: programs.filter(isAlive).map(({ pid }) => pid), dead };
  });
  const sound = missing.length === 0 && nodes.every(({ dead }) => dead.length === 0);
  return { name, file, sound, nodes, missingSessions: missing };
}

function printStatus(view: Awaited<ReturnType<typeof statusView>>, terminal: Terminal): void {
  const { stdout, width, paint } = terminal;
  const rows = view.nodes.map(({ node, daemon, pids, dead }) => [
    ...[node, daemon, pids.join(' ')],
    dead.length === 0
      ? ({ text: 'as started', colour: 'good' } as const)
      : ({ text: `${dead.join(', ')} ended`, colour: 'bad' } as const),
  ]);
  const table = formatTable(['Node', 'Runs', 'Pids', 'State'], rows, { width, paint });
  const { missingSessions: missing } = view;
  const sessions = missing.length === 0 ? 'every session is up' : `down: ${missing.join(', ')}`;
  stdout(`${[`${view.name} (${view.file})`, ...table, sessions].join('\n')}\n`);
}

function stateOf(lab: string): RunState {
  const state = readState(RUN_DIRECTORY, lab);
  if (state) return state;
  throw new CommandError(`there is no lab ${lab}; \`multihomed lab list\` has those that are up`);
}

/** With this terminal; its exit code is ours. */
function execute({ lab, node, argv }: Of<'exec'>): number {
  const { nodes } = readTopology(stateOf(lab).file);
  if (!nodes.some(({ name }) => name === node)) {
    const names = nodes.map(({ name }) => name).join(', ');
    throw new CommandError(`${lab} has no node ${node}; it has ${names}`);
  }
  const words = ['netns', 'exec', namespaceOf(lab, node), ...argv];
  return spawnSync('ip', words, { stdio: 'inherit' }).status ?? 1;
}

function containerlab(
  { topology: typed, output }: Of<'containerlab'>,
  { stdout }: Terminal,
  version: string,
): number {
  const file = labFile('topologies', typed);
  const topology = readTopology(file);
  const files = writeContainerlab(topology, readText(file), output, version);
  stdout(
    [
      ...files.map((path) => `${output}/${path}`),
      'put the package beside the Dockerfile (`npm pack`), then, in that folder:',
      '  docker build -t multihomed-lab . && sudo containerlab deploy',
      '',
    ].join('\n'),
  );
  return 0;
}

/** Runs until it is ended, with the namespace that it was started in. */
async function play({ part, argument }: Of<'play'>): Promise<number> {
  if (part === 'collector') await runCollector(argument);
  else if (part === 'web') await runWebServer(Number(argument));
  else if (part === 'client') await runWebClient(argument);
  else if (part === 'relay') await runRelay(argument);
  else throw new CommandError(`a lab has no part ${part}`);
  return 0;
}
