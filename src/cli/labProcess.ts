/** What every command that builds labs shares. */

import { isLeftover, RUN_DIRECTORY, readState } from '../lab/runState.ts';
import { takeDown } from '../lab/takeDown.ts';
import { CommandError } from './commandError.ts';

/** How this very program is started again, for what it runs in namespaces. */
export const SELF = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];

/** Throws CommandError where the lab is up; removes what is left of one that is not. */
export async function clearLeftover(name: string): Promise<void> {
  const state = readState(RUN_DIRECTORY, name);
  if (state && !isLeftover(state)) {
    throw new CommandError(
      `the lab ${name} is up already; \`multihomed lab down ${name}\` takes it down`,
    );
  }
  await takeDown(RUN_DIRECTORY, name);
}

/** Aborted by Ctrl-C or SIGTERM, which then do not end the process. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => controller.abort());
  }
  return controller.signal;
}
