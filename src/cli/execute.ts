/** From a parsed command to the module that does it, read only now. */

import { resolve } from 'node:path';
import { settleEngine } from '../daemon/engine.ts';
import type { Command } from './command.ts';
import { configPath } from './configPath.ts';

/** Returns the exit code. */
export async function execute(command: Command, version: string): Promise<number> {
  if (command.name === 'run') {
    await settleEngine();
    // Standard streams and everything else that the first OPEN does not need stay untouched.
    const { runDaemon } = await import('../daemon/run.ts');
    // Whoever asks the daemon for its file may be in another directory.
    return runDaemon({ configFile: resolve(configPath(command.config)), version });
  }
  if (command.name === 'show') {
    const { showAny } = await import('./showAny.ts');
    return showAny(command);
  }
  const { executeOnce } = await import('./commands.ts');
  return executeOnce(command, version);
}
