/** One program that a test started: its output so far, and its end by pid. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.ts';

/** How long a program may take to end by itself before it is killed, in ms. */
const GRACE = 5000;

export class Program {
  readonly name: string;
  readonly #child: ChildProcess;
  #output = '';

  constructor(name: string, argv: readonly string[], cwd: string) {
    const [command = '', ...rest] = argv;
    this.name = name;
    // FRR asks for a pager unless told otherwise; a program must not read the test's own input.
    this.#child = spawn(command, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.#child.on('error', (error) => {
      this.#output += `${error.message}\n`;
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Everything that it wrote to standard output and standard error. */
  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with its exit code, null when a signal ended it. */
  async exited(): Promise<number | null> {
    if (this.running) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  /** Waits for `probe`; fails at once, with the output, when the program ends before that. */
  async ready<T>(deadline: number, probe: () => Promise<T | undefined | false>): Promise<T> {
    const found = await until(
      `${this.name} to be ready`,
      deadline,
      async () => (this.running ? probe() : ('ended' as const)),
      async () => this.#output,
    );
    if (found === 'ended') throw new Error(`${this.name} ended at its start:\n${this.#output}`);
    return found;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited();
  }

  /** SIGTERM, then SIGKILL for one that does not listen. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const timer = setTimeout(() => this.signal('SIGKILL'), GRACE);
    this.signal('SIGTERM');
    await this.exited();
    clearTimeout(timer);
  }
}
