/**
 * A program run to its end in a process group of its own, of which nothing is left afterwards: not
 * the program, not what it started, not its pipes.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import type { TimeLimit } from './probe.ts';

export interface ProgramEnd {
  /** Undefined: a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** It wrote more than may be, and was killed for that. */
  readonly flooded: boolean;
}

export interface Program {
  /** Its path or name, then its arguments. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Of all that it writes, in octets. */
const MAX_OUTPUT = 64 * 1024;
/**
 * How long the pipes may outlive the program, in ms: for what it wrote last, unless somebody who left
 * the process group still holds them.
 */
const DRAIN = 100;

/** Rejects when the program cannot be started. Ends soon after the time is over, unless the kernel hangs. */
export function runGroup({ argv, env }: Program, limit: TimeLimit): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const [file = '', ...rest] = argv;
    // Detached: the leader of a new session and process group. No descriptor of ours but the pipes.
    const child = spawn(file, rest, {
      detached: true,
      cwd: '/',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (): void => killGroup(child);
    limit.listen(kill);
    const output = new Output(child);
    let drained: NodeJS.Timeout | undefined;
    const settle = (end: () => void): void => {
      clearTimeout(drained);
      limit.listen(undefined);
      child.stdout?.destroy();
      child.stderr?.destroy();
      end();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, by) => {
      kill();
      const end = () =>
        settle(() =>
          resolve({ code: code ?? undefined, signal: by ?? undefined, ...output.result() }),
        );
      child.once('close', end);
      drained = setTimeout(end, DRAIN);
    });
  });
}

class Output {
  readonly #child: ChildProcess;
  readonly #parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  #octets = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.on('data', (part: Buffer) => this.#take(name, part));
      child[name]?.on('error', () => {});
    }
  }

  result(): Pick<ProgramEnd, 'stdout' | 'stderr' | 'flooded'> {
    const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString('utf8');
    const { stdout, stderr } = this.#parts;
    const flooded = this.#octets > MAX_OUTPUT;
    return { stdout: text(stdout), stderr: text(stderr), flooded };
  }

  #take(name: 'stdout' | 'stderr', part: Buffer): void {
    this.#octets += part.length;
    if (this.#octets <= MAX_OUTPUT) this.#parts[name].push(part);
    else killGroup(this.#child);
  }
}

/**
 * While any process of the group is there, the kernel gives its number to nobody else; once none
 * is, it would have to go around all numbers first.
 */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left, or a set-user-ID program is not ours to kill.
  }
}
