/**
 * `multihomed check`: judges the file, then this machine against it. Each problem with its place;
 * when there is no error, what would be announced to whom.
 */

import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { FileError, readFileText } from '../daemon/fileText.ts';
import { findKeys, type KeySources, ownSources } from '../daemon/keys.ts';
import { derivePaths } from '../daemon/paths.ts';
import type { PathFact } from '../monitor/link.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { configPath } from './configPath.ts';
import { jsonText } from './json.ts';
import { type Machine, readMachine } from './machine.ts';
import { machineProblems } from './machineProblems.ts';
import { planText } from './planText.ts';
import { type PlanView, planView } from './planView.ts';
import { type PreflightFinding, preflight, preflightText } from './preflight.ts';
import type { Terminal } from './terminal.ts';

/** What is asked of the machine; handed in, so that tests can be one. */
export interface Surroundings {
  readonly machine: () => Machine;
  readonly paths: (config: Config) => Promise<ReadonlyMap<string, PathFact>>;
  readonly keys: () => KeySources;
  readonly preflight: typeof preflight;
}

/** What `--json` prints. Every key is always there. */
interface CheckView {
  readonly ok: boolean;
  /** Why the file could not be read; null when it was. */
  readonly failure: string | null;
  readonly problems: readonly Problem[];
  /** Null when the file has an error. */
  readonly plan: PlanView | null;
  /** Of --preflight: where the machine is not as the file needs it; null: not asked for. */
  readonly preflight: readonly PreflightFinding[] | null;
}

const OURS: Surroundings = {
  machine: readMachine,
  paths: derivePaths,
  keys: ownSources,
  preflight,
};

/**
 * Throws CommandError or FileError. Returns the exit code: 1 when the file has an error, or --preflight
 * found something.
 */
export async function runCheck(
  options: Extract<Command, { name: 'check' }>,
  terminal: Terminal,
  surroundings: Surroundings = OURS,
): Promise<number> {
  try {
    const file = configPath(options.config);
    const text = await readFileText(file);
    const view = await judge(text, file, surroundings, options.preflight);
    terminal.stdout(options.json ? jsonText(view) : `${checkText(view, file, text, terminal)}\n`);
    return view.ok ? 0 : 1;
  } catch (error) {
    const expected = error instanceof CommandError || error instanceof FileError;
    if (!options.json || !expected) throw error;
    const view: CheckView = {
      ok: false,
      failure: error.message,
      problems: [],
      plan: null,
      preflight: null,
    };
    terminal.stdout(jsonText(view));
    return 1;
  }
}

async function judge(
  text: string,
  file: string,
  { machine, paths: pathsOf, keys, preflight: preflightOf }: Surroundings,
  wantsPreflight: boolean,
): Promise<CheckView> {
  const { config, problems, positions } = loadConfig(text, file);
  if (!config) return refusal(problems);
  const { problems: unkept } = await findKeys(config, positions, keys());
  if (unkept.length > 0) {
    return refusal([...problems, ...unkept]);
  }
  const paths = await pathsOf(config);
  const found = machineProblems(config, machine(), paths, positions);
  const findings = wantsPreflight ? await preflightOf(config, paths) : null;
  return {
    ok: findings === null || findings.length === 0,
    failure: null,
    problems: [...problems, ...found],
    plan: planView(config, paths),
    preflight: findings,
  };
}

function refusal(problems: readonly Problem[]): CheckView {
  return { ok: false, failure: null, problems, plan: null, preflight: null };
}

function checkText(
  { problems, plan, preflight: findings }: CheckView,
  file: string,
  text: string,
  { width, paint }: Terminal,
): string {
  const told = problems.map((problem) => formatProblem(problem, file, text));
  if (!plan) return [...told, badText(file, problems)].join('\n');
  const count = problems.length;
  const warnings = count === 0 ? '' : `, with ${count} warning${count === 1 ? '' : 's'}`;
  const good = paint(count === 0 ? 'good' : 'warn', `${file} is good${warnings}`);
  const machine = findings ? ['', ...preflightText(findings)] : [];
  return [...told, good, ...planText(plan, { width, paint }), ...machine].join('\n');
}

function badText(file: string, problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return `${file} has ${errors} error${errors === 1 ? '' : 's'}: a daemon would not take it`;
}
