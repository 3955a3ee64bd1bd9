/**
 * `multihomed simulate SCENARIO`, or `--fail X --for 90s --repeat 3 --every 5m`: the announcer's own
 * decisions on virtual time, beside those of a daemon without a flap budget. It asks no daemon.
 */

import type { Config } from '../config/config.ts';
import { formatProblem } from '../config/problem.ts';
import { readConfigFile } from '../daemon/configFile.ts';
import { readFileText } from '../daemon/fileText.ts';
import {
  durationOf,
  type FailureKind,
  type Scenario,
  scenarioFault,
} from '../simulate/scenario.ts';
import { loadScenario } from '../simulate/scenarioFile.ts';
import { type SimulationResult, simulate } from '../simulate/simulate.ts';
import type { Command, FlagScenario } from './command.ts';
import { CommandError } from './commandError.ts';
import { configPath } from './configPath.ts';
import { jsonText } from './json.ts';
import { formatSpan } from './span.ts';
import { type Cell, formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Throws CommandError or FileError. Returns the exit code: 1 when a file has an error. */
export async function runSimulate(
  { config: named, scenario: asked, json }: Extract<Command, { name: 'simulate' }>,
  terminal: Terminal,
): Promise<number> {
  const file = configPath(named);
  const read = await readConfigFile(file);
  if (!read.ok) return refused(terminal, read.failure);
  const scenario = typeof asked === 'string' ? await scenarioIn(asked, terminal) : fromFlags(asked);
  if (!scenario) return 1;
  const fault = scenarioFault(scenario, read.config);
  if (fault !== undefined) throw new CommandError(fault);
  const result = simulate(read.config, scenario);
  terminal.stdout(
    json
      ? jsonText({ scenario: scenarioView(scenario), ...result })
      : simulationText(result, scenario, read.config, terminal),
  );
  return 0;
}

async function scenarioIn(file: string, terminal: Terminal): Promise<Scenario | undefined> {
  const text = await readFileText(file);
  const { scenario, problems } = loadScenario(text);
  if (problems.length > 0) {
    refused(terminal, problems.map((each) => formatProblem(each, file, text)).join('\n'));
  }
  return scenario;
}

function fromFlags({ fail, for: length, repeat, every }: FlagScenario): Scenario {
  const times = { at: 60_000, for: length, repeat, every };
  const failures = fail.map((name) => ({ fail: name, as: 'link' as const, ...times }));
  return { failures, duration: durationOf(failures), behind: new Map() };
}

function refused({ stderr }: Terminal, failure: string): number {
  stderr(`${failure}\n`);
  return 1;
}

/** Times in seconds. */
function scenarioView({ failures, duration, behind }: Scenario): object {
  return {
    failures: failures.map(({ fail, as, at, for: length, repeat, every }) => {
      return { fail, as, at: at / 1000, for: length / 1000, repeat, every: every / 1000 };
    }),
    duration: duration / 1000,
    behind: Object.fromEntries(behind),
  };
}

function simulationText(
  { ours, naive }: SimulationResult,
  { failures, duration }: Scenario,
  { upstreams }: Config,
  { width, paint }: Terminal,
): string {
  const played = failures.map(({ fail, as, for: length, repeat, every }) => {
    const again = repeat > 1 ? `, ${repeat} times, every ${formatSpan(every)}` : '';
    return `${fail} ${FAILS[as]} for ${formatSpan(length)}${again}`;
  });
  const rows = upstreams.flatMap(({ name }) => [
    row(name, 'multihomed', ours, name),
    row('', 'without', naive, name),
  ]);
  const titles = ['UPSTREAM', '', 'UPDATES', 'SUPPRESSED', 'PENALTY', 'DARK'];
  return [
    `${played.join('; ')}; played for ${formatSpan(duration)}`,
    '',
    ...formatTable(titles, rows, { width, paint }),
    '',
    `Dark everywhere: ${ours.dark} s; ${naive.dark} s without a flap budget.`,
    'DARK: seconds in which it was well, and the network behind the upstream did not use it, or used it',
    'though the upstream led nowhere.',
    '',
  ].join('\n');
}

const FAILS: Readonly<Record<FailureKind, string>> = {
  link: 'fails',
  hole: 'forwards into a hole',
  isolated: 'is isolated',
};

function row(
  title: string,
  who: string,
  { upstreams }: SimulationResult['ours'],
  name: string,
): readonly Cell[] {
  const played = upstreams.find((each) => each.name === name);
  if (!played) return [title, who, '-', '-', '-', '-'];
  const { updates, suppressions, peakPenalty, dark } = played;
  const times = suppressions === 0 ? 'no' : suppressions === 1 ? 'once' : `${suppressions} times`;
  return [title, who, String(updates), times, String(peakPenalty), `${dark} s`];
}
