/**
 * A process by its pid and the moment at which it began: pids are used again, and a lab must never
 * end a process that is not its own.
 */

import { readFileSync } from 'node:fs';

export interface ProcessId {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, in clock ticks since the machine came up. */
  readonly began: string;
}

/** Undefined: there is no such process, or only what its parent has still to read of it. */
export function processId(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may have spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, began] = [fields[0], fields[19]];
    return state === 'Z' || state === 'X' || began === undefined ? undefined : { pid, began };
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, began }: ProcessId): boolean {
  return processId(pid)?.began === began;
}

/** Only if it is still the same process. */
export function signal(id: ProcessId, name: NodeJS.Signals): boolean {
  if (!isAlive(id)) return false;
  try {
    return process.kill(id.pid, name);
  } catch {
    return false; // it ended in between
  }
}
