/** The built daemon as a process on loopback, its control socket and its memory. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';

export interface ShownSession {
  readonly name: string;
  readonly state: string;
  readonly dropped: number;
  readonly received: { readonly update: number };
  readonly learned: Readonly<Record<'ipv4' | 'ipv6', { readonly received: number }>>;
}

interface ShownRoute {
  readonly prefix: string;
  readonly paths: readonly {
    readonly neighbour: string;
    readonly state: string;
    readonly asPath: readonly unknown[];
    readonly med: number | null;
  }[];
}

export class Daemon {
  readonly #directory = mkdtempSync(join(tmpdir(), 'multihomed-soak-'));
  #child: ChildProcess | undefined;
  #output = '';

  get file(): string {
    return join(this.#directory, 'multihomed.yaml');
  }

  get socket(): string {
    return join(this.#directory, 'control.sock');
  }

  /** The end of what it logged. */
  get output(): string {
    return this.#output.slice(-20_000);
  }

  async start(content: object): Promise<void> {
    writeFileSync(this.file, JSON.stringify(content));
    const [program = '', ...argv] = command();
    const child = spawn(program, [...argv, 'run', '-c', this.file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-200_000);
    });
    await until('the daemon to answer', 60_000, () =>
      this.sessions().then(
        () => true,
        () => false,
      ),
    );
  }

  /** What it logged since the last time, of at most some thousand lines. */
  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  get running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Writes the file anew and has it read; the answer's status. */
  async reload(content: unknown): Promise<number> {
    writeFileSync(this.file, typeof content === 'string' ? content : JSON.stringify(content));
    return (await this.#ask('POST', '/v1/reload')).status;
  }

  async sessions(): Promise<readonly ShownSession[]> {
    const { body } = await this.#ask('GET', '/v1/sessions');
    const { sessions }: { sessions: readonly { session: ShownSession }[] } = JSON.parse(body);
    return sessions.map(({ session }) => session);
  }

  /** As `expectedRoutes` writes them. */
  async routes(): Promise<Map<string, string>> {
    const { body } = await this.#ask('GET', '/v1/routes');
    const routes = new Map<string, string>();
    for (const line of body.split('\n').filter(Boolean)) {
      const { prefix, paths }: ShownRoute = JSON.parse(line);
      const lines = paths.map(
        ({ neighbour, state, asPath, med }) =>
          `${neighbour} ${JSON.stringify(asPath)} ${med ?? 0}${state === 'best' ? ' best' : state === 'accepted' ? '' : ` ${state}`}`,
      );
      routes.set(prefix, lines.sort().join('\n'));
    }
    return routes;
  }

  /** Resident octets. */
  rss(): number {
    return this.#kilobytes(/^VmRSS:\s+(\d+) kB$/m) * 1024;
  }

  /** The most that it was since `forgetPeak`. */
  peak(): number {
    return this.#kilobytes(/^VmHWM:\s+(\d+) kB$/m) * 1024;
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#child?.pid}/clear_refs`, '5');
  }

  /** Octets of V8's heap that are in use, or were and are not collected yet. */
  async heap(): Promise<number> {
    const { body } = await this.#ask('GET', '/metrics');
    return Number(/^multihomed_memory_bytes\{kind="heap"\} (\S+)$/m.exec(body)?.[1]);
  }

  #kilobytes(line: RegExp): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Number(line.exec(status)?.[1]);
  }

  /** SIGTERM; the exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child && this.running) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(this.#directory, { recursive: true, force: true });
    return child?.exitCode ?? null;
  }

  #ask(method: string, path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.socket, method, path }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
        answer.on('error', reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  }
}
