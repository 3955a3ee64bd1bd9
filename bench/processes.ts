/**
 * What processes cost, read from /proc: CPU time and memory of a daemon with all its children, and
 * how busy the whole machine was meanwhile.
 */

import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that descend from it, at this moment. */
export function processTree(roots: readonly number[]): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = stat(Number(name))?.parent;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const found = new Set(roots);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/**
 * Seconds of user and system time of all threads that live. The scheduler's own account: it counts
 * nanoseconds, where utime and stime in /proc/PID/stat are the same sum in hundredths of a second.
 */
export function cpuSeconds(pids: readonly number[]): number {
  let ns = 0;
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`)) {
      ns += Number(text(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0);
    }
  }
  return ns / 1e9;
}

export interface Memory {
  /** Octets in RAM, pages that processes share counted for each. */
  readonly rss: number;
  /** The same with each shared page divided among those that have it. */
  readonly pss: number;
}

export function memoryOf(pids: readonly number[]): Memory {
  let [rss, pss] = [0, 0];
  for (const pid of pids) {
    const rollup = text(`/proc/${pid}/smaps_rollup`) ?? '';
    const octets = (key: string) =>
      1024 * Number(new RegExp(`^${key}: +(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
    rss += octets('Rss');
    pss += octets('Pss');
  }
  return { rss, pss };
}

/** Seconds that all processors together were not idle, since the machine started. */
export function machineBusySeconds(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (text('/proc/stat') ?? '')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS;
}

/** USER_HZ, the same on all that Linux runs on today. */
const TICKS = 100;

/** `pid (name) state ppid ...`; the name may have anything in it. */
function stat(pid: number): { readonly parent: number } | undefined {
  const line = text(`/proc/${pid}/stat`);
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields && { parent: Number(fields[1]) };
}

/** Undefined: the process is no more. */
function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
