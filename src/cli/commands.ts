/**
 * Every command but `run` and `show`, read in one piece: in pieces of their own, they would cut what `run`
 * shares with each into so many files that finding them is most of its start.
 */

import { runDemo } from '../demo/demo.ts';
import { runCheck } from './check.ts';
import type { Command } from './command.ts';
import { runCompletion } from './completion.ts';
import { runDecode } from './decode.ts';
import { runDrain, runUndrain } from './drain.ts';
import { runExplain } from './explain.ts';
import { runGenerate } from './generate.ts';
import { runImport } from './importFile.ts';
import { runLab } from './lab.ts';
import { runMrt } from './mrt.ts';
import { runOrder } from './order.ts';
import { runRecord } from './record.ts';
import { runApply, runReload } from './reload.ts';
import { runReplay } from './replay.ts';
import { runSchema } from './schema.ts';
import { runSimulate } from './simulate.ts';
import { processTerminal } from './terminal.ts';
import { runPlan } from './wirePlan.ts';

/** Returns the exit code, or throws what `failure.ts` has words for. */
export async function executeOnce(
  command: Exclude<Command, { name: 'run' | 'show' }>,
  version: string,
): Promise<number> {
  const terminal = processTerminal();
  switch (command.name) {
    case 'demo': {
      const { stdout, stderr, paint } = terminal;
      const { stay } = command;
      return runDemo({ stay, version, write: stdout, complain: stderr, paint });
    }
    case 'check':
      return runCheck(command, terminal);
    case 'reload':
      return runReload(command, terminal);
    case 'plan':
      return runPlan(command, terminal);
    case 'apply':
      return runApply(command, terminal);
    case 'explain':
      return runExplain(command, terminal);
    case 'announce':
    case 'withdraw':
      return runOrder(command, terminal);
    case 'drain':
      return runDrain(command, terminal);
    case 'undrain':
      return runUndrain(command, terminal);
    case 'simulate':
      return runSimulate(command, terminal);
    case 'decode':
      return runDecode(command, terminal);
    case 'generate':
      return runGenerate(command, terminal, version);
    case 'import':
      return runImport(command, terminal);
    case 'lab':
      return runLab(command, terminal, version);
    case 'record':
      return runRecord(command, terminal);
    case 'replay':
      return runReplay(command, terminal);
    case 'mrt':
      return runMrt(command, terminal);
    case 'completion':
      return runCompletion(command, terminal);
    case 'schema':
      return runSchema(terminal);
  }
}
