/**
 * `multihomed plan`: what the file would put on the wire. A running daemon is asked, since it alone
 * knows what is there and what was ordered and charged; without one it is as at a first start.
 */

import { decide } from '../announcer/decide.ts';
import { NO_FACTS } from '../announcer/facts.ts';
import { plan } from '../announcer/plan.ts';
import { initialState } from '../announcer/state.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { NoDaemonError } from '../control/controlError.ts';
import { plannedNeighbour, type WirePlanView } from '../control/wirePlanView.ts';
import { readFileText } from '../daemon/fileText.ts';
import type { Command } from './command.ts';
import { configPath } from './configPath.ts';
import { daemonClient } from './daemonClient.ts';
import { jsonText } from './json.ts';
import { OperatorClient } from './operatorClient.ts';
import { allUp } from './planView.ts';
import type { Terminal } from './terminal.ts';
import { wirePlanText } from './wirePlanText.ts';

/** Throws ControlError, CommandError or FileError. Returns the exit code: 1 when the file has an error. */
export async function runPlan(
  { config: named, json }: Extract<Command, { name: 'plan' }>,
  terminal: Terminal,
): Promise<number> {
  const file = configPath(named);
  const text = await readFileText(file);
  const { config, problems } = loadConfig(text, file);
  if (!config) {
    const told = problems.map((each) => formatProblem(each, file, text)).join('\n');
    if (json) terminal.stdout(jsonText({ error: { code: 'configuration-refused' }, problems }));
    else terminal.stderr(`${told}\nmultihomed: a daemon would not take ${file}\n`);
    return 1;
  }
  const view = await planned(config, problems, text, named);
  const lines = json ? [] : wirePlanText(view, file, terminal);
  terminal.stdout(json ? jsonText(view) : `${lines.join('\n')}\n`);
  return 0;
}

async function planned(
  config: Config,
  warnings: readonly Problem[],
  text: string,
  named: string | undefined,
): Promise<WirePlanView> {
  try {
    return await new OperatorClient(await daemonClient(named)).plan(text);
  } catch (error) {
    if (!(error instanceof NoDaemonError)) throw error;
    return planFromNothing(config, warnings);
  }
}

/** As at a first start, once every session and every check is up. */
export function planFromNothing(config: Config, warnings: readonly Problem[]): WirePlanView {
  const nothing = { ...config, prefixes: [], upstreams: [], downstreams: [], internal: [] };
  const facts = { ...NO_FACTS, checks: allUp(config) };
  const before = decide(nothing, facts, initialState(nothing), 0);
  return {
    against: 'nothing',
    configFile: null,
    warnings,
    neighbours: plan(before, config, facts, 0).map(plannedNeighbour),
  };
}
