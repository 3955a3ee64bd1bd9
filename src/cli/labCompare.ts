/** `multihomed lab compare`: the compared experiments with every daemon that can play the edge. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderer } from '../generate/template.ts';
import {
  COMPARED,
  type ComparedRun,
  comparisonText,
  figuresOf,
  type Versions,
} from '../lab/compare.ts';
import type { Daemon } from '../lab/daemons/daemon.ts';
import { featuresHere } from '../lab/features.ts';
import type { Lab } from '../lab/lab.ts';
import { LabError } from '../lab/labError.ts';
import { PLAYER_NAMES, type PlayerName, playerOf } from '../lab/players/players.ts';
import { requireMachine } from '../lab/requirements.ts';
import { type Ready, readyExperiment } from '../lab/round.ts';
import { isDamped, runExperiment } from '../lab/runExperiment.ts';
import { RUN_DIRECTORY } from '../lab/runState.ts';
import { runWithin } from '../monitor/ipCommand.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { jsonText } from './json.ts';
import { labFile } from './labFiles.ts';
import { clearLeftover, interruptSignal, SELF } from './labProcess.ts';
import { readTemplates } from './templateFiles.ts';
import type { Terminal } from './terminal.ts';

type Options = Extract<Command, { name: 'lab'; action: 'compare' }>;

/** The node that is played. */
const EDGE = 'edge';

/** Throws CommandError and LabError. Returns the exit code. */
export async function runLabCompare(
  { experiments, output, json }: Options,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const [render, features] = [renderer(readTemplates()), featuresHere()];
  const round = chosen(experiments).map((experiment) =>
    readyExperiment(labFile('experiments', experiment), {
      topologyFile: (topology) => labFile('topologies', topology),
      render,
      features,
    }),
  );
  const players = PLAYER_NAMES.map((name) => [name, playerOf(name, render)] as const);
  requireMachine(
    round.flatMap(({ topology }) => topology ?? []),
    players.map(([, daemon]) => daemon),
  );
  const signal = interruptSignal();
  const runs: ComparedRun[] = [];
  for (const ready of round) {
    for (const [name, daemon] of players) {
      const run = await compared(ready, name, daemon, signal, terminal);
      if (!run) return 130;
      runs.push(run);
    }
  }
  const made = { date: new Date().toISOString().slice(0, 10), versions: await versions(version) };
  const text = comparisonText(runs, made);
  terminal.stdout(json ? jsonText({ ...made, runs }) : text);
  if (output !== undefined) {
    mkdirSync(output, { recursive: true });
    const file = join(output, 'lab-comparison.md');
    writeFileSync(file, `# The same failures, with five daemons as the edge\n\n${text}`);
    terminal.stderr(`${file} is written\n`);
  }
  return runs.every(({ figures }) => figures) ? 0 : 1;
}

function chosen(experiments: readonly string[]): readonly string[] {
  const all = COMPARED.map(({ experiment }) => experiment);
  const stranger = experiments.find((name) => !all.some((each) => each === name));
  if (stranger === undefined) return experiments.length > 0 ? experiments : all;
  throw new CommandError(`${stranger} is not compared; ${all.join(', ')} are`);
}

/** Undefined: somebody wants to stop. */
async function compared(
  { experiment, file, topology, degradable }: Ready,
  player: PlayerName,
  daemon: Daemon,
  signal: AbortSignal,
  { stderr, paint }: Terminal,
): Promise<ComparedRun | undefined> {
  const { name, title, prefix } = experiment;
  const head = { experiment: name, title, player };
  if (!topology) return { ...head, figures: undefined, failure: 'not available' };
  const lab = `c-${player}`;
  await clearLeftover(lab);
  const suppressed = new SuppressedTime(prefix);
  try {
    const run = await runExperiment(
      experiment,
      {
        ...{ name: lab, file, topology, degradable, self: SELF, root: RUN_DIRECTORY, signal },
        players: new Map([[EDGE, daemon]]),
        progress: (line) => stderr(`${paint('dim', `${name}, ${player}: ${line}`)}\n`),
      },
      (built, at) => suppressed.look(built, at),
    );
    return { ...head, figures: figuresOf(run, suppressed.total), failure: undefined };
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof LabError)) throw error;
    stderr(`${error.message}\n`);
    return { ...head, figures: undefined, failure: 'could not be played' };
  }
}

/** Adds up the time between two looks at whose end the prefix was suppressed. */
class SuppressedTime {
  readonly #prefix: string;
  #last = 0;
  total = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  async look(lab: Lab, at: number): Promise<void> {
    const damper = lab.options.topology.nodes.find(({ dampening }) => dampening !== undefined);
    if (!damper) return;
    if (await isDamped(lab, damper.name, this.#prefix)) this.total += at - this.#last;
    this.#last = at;
  }
}

const PACKAGES = { frr: 'frr', bird: 'bird2', exabgp: 'exabgp', gobgp: 'gobgpd' } as const;

async function versions(own: string): Promise<Versions['versions']> {
  const of = async (name: keyof typeof PACKAGES) => {
    const query = ['-W', '-f', '$' + '{Version}', PACKAGES[name]];
    const answer = await runWithin(10_000, 'dpkg-query', ...query);
    return answer.ok ? answer.output.replace(/-[^-]*$/, '') : '(version not known)';
  };
  const [frr, bird, exabgp, gobgp] = await Promise.all(
    (['frr', 'bird', 'exabgp', 'gobgp'] as const).map(of),
  );
  const known = (text: string | undefined) => text ?? '';
  return {
    multihomed: own,
    ...{ frr: known(frr), bird: known(bird), exabgp: known(exabgp), gobgp: known(gobgp) },
  };
}
