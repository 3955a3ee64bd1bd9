/** `multihomed lab test`: experiments, one after the other, and their reports. */

import { renderer } from '../generate/template.ts';
import { featuresHere } from '../lab/features.ts';
import { LabError } from '../lab/labError.ts';
import { type ExperimentReport, type PlayedReport, reportOf } from '../lab/report.ts';
import { requireMachine } from '../lab/requirements.ts';
import { type Ready, readyExperiment } from '../lab/round.ts';
import { runExperiment } from '../lab/runExperiment.ts';
import { RUN_DIRECTORY } from '../lab/runState.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { jsonText } from './json.ts';
import { labFile, shippedNames } from './labFiles.ts';
import { clearLeftover, interruptSignal, SELF } from './labProcess.ts';
import { differingOf, reportLines, summaryLines, writeReports } from './labVerdicts.ts';
import { readTemplates } from './templateFiles.ts';
import type { Terminal } from './terminal.ts';

type Options = Extract<Command, { name: 'lab'; action: 'test' }>;

/** Throws CommandError and LabError. Returns the exit code: 1 when an expectation was not met. */
export async function runLabTest(options: Options, terminal: Terminal): Promise<number> {
  const round = chosen(options);
  const playable = round.flatMap(({ topology }) => topology ?? []);
  requireMachine(
    playable,
    round.flatMap(({ players }) => [...players.values()]),
  );
  const signal = interruptSignal();
  const print = (lines: readonly string[]) => {
    if (!options.json) terminal.stdout(`${lines.join('\n')}\n`);
  };
  const reports: ExperimentReport[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    if (options.rounds > 1) print([`round ${number} of ${options.rounds}`]);
    const told = (report: ExperimentReport) => print(reportLines(report, terminal));
    const done = await played(round, { number, signal, terminal, told });
    if (!done) return 130;
    reports.push(...done);
  }
  if (options.json) terminal.stdout(jsonText(reports));
  if (options.output !== undefined) writeReports(options.output, reports, terminal);
  print(summaryLines(reports));
  const isGood = reports.every(({ result }) => result !== 'failed');
  return isGood && differingOf(reports).length === 0 ? 0 : 1;
}

/** Labs at a time. They mostly wait, and know nothing of each other. */
const AT_ONCE = 2;

interface Round {
  readonly number: number;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  readonly told: (report: ExperimentReport) => void;
}

/** In the order of the round; undefined: somebody wants to stop, and every lab is down. */
async function played(
  round: readonly Ready[],
  { number, signal, terminal, told }: Round,
): Promise<readonly ExperimentReport[] | undefined> {
  const reports = new Map<Ready, ExperimentReport>();
  // The longest first, or the last of them would run alone.
  const rest = round.toSorted((a, b) => b.experiment.duration - a.experiment.duration);
  const work = async () => {
    for (let ready = rest.shift(); ready; ready = rest.shift()) {
      const came = await reported(ready, signal, terminal);
      if (!came) return;
      const report = { round: number, ...came };
      reports.set(ready, report);
      told(report);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  // Only now is nobody at work: a fault of one must not leave the lab of another.
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return signal.aborted ? undefined : round.flatMap((ready) => reports.get(ready) ?? []);
}

function chosen({ experiments, quick }: Options): readonly Ready[] {
  const [render, features] = [renderer(readTemplates()), featuresHere()];
  const names = experiments.length > 0 ? experiments : shippedNames('experiments');
  const all = names.map((name) =>
    readyExperiment(labFile('experiments', name), {
      topologyFile: (topology) => labFile('topologies', topology),
      render,
      features,
    }),
  );
  const round = quick ? all.filter(({ experiment }) => experiment.quick) : all;
  if (round.length > 0) return round;
  throw new CommandError('none of these experiments is a quick one');
}

/** Undefined: somebody wants to stop. A lab that does not come up is a failed experiment. */
async function reported(
  { experiment, unavailable, file, topology, players, degradable }: Ready,
  signal: AbortSignal,
  { stderr, paint }: Terminal,
): Promise<PlayedReport | undefined> {
  const { name, title } = experiment;
  if (unavailable !== undefined || !topology) {
    return { name, title, result: 'not available', why: unavailable ?? '' };
  }
  const lab = `x-${name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}`.slice(0, 24);
  await clearLeftover(lab);
  const progress = (line: string) => stderr(`${paint('dim', `${name}: ${line}`)}\n`);
  const root = RUN_DIRECTORY;
  try {
    const told = { self: SELF, root, progress, signal };
    const options = { name: lab, file, topology, players, degradable, ...told };
    return reportOf(await runExperiment(experiment, options), degradable?.means ?? null);
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof LabError)) throw error;
    const verdict = { expected: 'it can be played', seen: error.message, ok: false };
    return {
      ...{ name, title, result: 'failed', verdicts: [verdict], deeds: [], outages: [] },
      ...{ paths: {}, hasClient: false, duration: experiment.duration },
      degradedBy: degradable?.means ?? null,
    };
  }
}
