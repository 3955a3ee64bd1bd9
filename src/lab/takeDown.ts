/** Taking a lab down: its programs by pid, its namespaces by name, its folders; nothing else. */

import { existsSync, rmdirSync } from 'node:fs';
import { deleteNamespace, namespacesOf, pidsIn } from './namespaces.ts';
import { isAlive, type ProcessId, processId, signal } from './processId.ts';
import { isWanted, readState, removeState } from './runState.ts';
import { waitFor } from './wait.ts';

/** In ms, for what was killed to be gone. */
const GONE_LIMIT = 20_000;

/** Does nothing where there is no such lab. Throws LabError when something does not go away. */
export async function takeDown(root: string, name: string): Promise<void> {
  const state = readState(root, name);
  await end(state?.programs ?? []);
  for (const namespace of await namespacesOf(name)) {
    // Children of theirs, and what `lab exec` started.
    const ids = (await pidsIn(namespace)).flatMap((pid) => processId(pid) ?? []);
    await end(ids);
    await deleteNamespace(namespace);
  }
  for (const folder of state?.folders ?? []) {
    if (existsSync(folder) && !isWanted(root, folder, name)) rmdirSync(folder);
  }
  removeState(root, name);
}

/** Kills them: nobody outside of the lab is to be told goodbye, and a frozen one would not listen. */
async function end(ids: readonly ProcessId[]): Promise<void> {
  for (const id of ids) signal(id, 'SIGKILL');
  await waitFor(
    () => `pids ${ids.filter(isAlive).map(({ pid }) => pid)} to end`,
    GONE_LIMIT,
    async () => !ids.some(isAlive),
  );
}
