/** One program that a test started: its output so far, and its end by pid. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './until.ts';

/** How long a program may take to end by itself before it is killed, in ms. */
const GRACE = 5000;
/** Nothing is measured by it: it ends a test that hangs. In ms. */
const LIMIT = 60_000;

export class Program {
  readonly name: string;
  readonly #child: ChildProcess;
  /** It has ended, and all that it wrote has been read. */
  readonly #closed: Promise<unknown>;
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
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve));
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

  /** Resolves with its exit code, null when a signal ended it, once its output is whole. */
  async exited(): Promise<number | null> {
    if (this.running) await once(this.#child, 'exit');
    // Who it left behind may have the other end of a pipe for as long as they like.
    const limit = new AbortController();
    const pause = delay(GRACE, undefined, { signal: limit.signal }).catch(() => {});
    await Promise.race([this.#closed, pause]);
    limit.abort();
    return this.#child.exitCode;
  }

  /** Waits until it has written this: what it does and what it tells of that are two moments. */
  async untilSaid(what: RegExp): Promise<void> {
    await until(
      `${this.name} to say ${what}`,
      LIMIT,
      async () => what.test(this.#output),
      async () => this.#output,
    );
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
