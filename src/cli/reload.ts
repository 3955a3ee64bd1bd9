/**
 * `multihomed reload` and `multihomed apply`: have the running daemon read its file again, and say
 * what that changed. `apply --confirm` goes back by itself unless `apply --confirmed` comes in time.
 */

import type { Problem } from '../config/problem.ts';
import type { AwaitedConfirmation } from '../control/port.ts';
import { wrap } from '../control/wrap.ts';
import type { Command } from './command.ts';
import { daemonClient } from './daemonClient.ts';
import { jsonText } from './json.ts';
import { OperatorClient } from './operatorClient.ts';
import { formatSpan } from './span.ts';
import type { Terminal } from './terminal.ts';

interface Reload {
  readonly name: 'reload' | 'apply';
  readonly config: string | undefined;
  readonly json: boolean;
  /** Seconds; undefined: it stays. */
  readonly confirm?: number | undefined;
}

/** Throws ControlError or FileError. Returns the exit code. */
export async function runReload(
  { config, json, confirm }: Reload,
  terminal: Terminal,
): Promise<number> {
  const result = await (await daemonClient(config)).reload(confirm);
  if (json) {
    terminal.stdout(jsonText(result));
  } else if (result.ok) {
    for (const warning of result.warnings) terminal.stderr(`${warningText(warning)}\n`);
    const lines = result.changes.length > 0 ? result.changes : ['nothing changed'];
    terminal.stdout(`${lines.join('\n')}\n`);
    if (result.confirmation) {
      const lines = wrap(awaitedText(result.confirmation, confirm ?? 0), terminal.width);
      terminal.stdout(`${lines.join('\n')}\n`);
    }
  } else {
    terminal.stderr(`${result.failure}\nmultihomed: the running configuration was kept\n`);
  }
  return result.ok ? 0 : 1;
}

/** Throws ControlError or FileError. Returns the exit code. */
export async function runApply(
  { name, config, json, confirm, confirmed }: Extract<Command, { name: 'apply' }>,
  terminal: Terminal,
): Promise<number> {
  if (!confirmed) return runReload({ name, config, json, confirm }, terminal);
  const answer = await new OperatorClient(await daemonClient(config)).confirm();
  terminal.stdout(json ? jsonText(answer) : 'confirmed: the configuration stays\n');
  return 0;
}

function awaitedText({ backTo }: AwaitedConfirmation, seconds: number): string {
  const within = formatSpan(seconds * 1000);
  return `to be confirmed within ${within}, by \`multihomed apply --confirmed\`; else, also when this command is long over, the daemon goes back to the configuration that it loaded at ${backTo}`;
}

/** One line: the file's text, which `check` shows beside it, is the daemon's to read, not ours. */
function warningText({ line, column, path, cause, consequence, mend }: Problem): string {
  return `${line}:${column}: warning: ${path}: ${cause}; ${consequence}; ${mend}`;
}
