/** The feeder as the benches see it: orders to give, sightings to wait for. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Namespace } from '../../test/support/netns.ts';
import type { FeederPlan, Order, Received, Sighting } from './orders.ts';

/** What it may take to answer, in ms; nothing is measured by it. */
const LIMIT = 60_000;

interface Waiter {
  readonly see: (sighting: Sighting) => void;
  readonly fail: (error: Error) => void;
}

export class Feeder {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiters = new Set<Waiter>();
  #failure: string | undefined;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stderr.pipe(process.stderr);
    createInterface(child.stdout)
      .on('line', (line) => {
        const sighting: Sighting = JSON.parse(line);
        if (sighting.type === 'lost')
          this.#fail(`the daemon ended session ${sighting.session}: ${sighting.how}`);
        for (const { see } of [...this.#waiters]) see(sighting);
      })
      .on('close', () => this.#fail('the feeder ended'));
  }

  /** Throws when a session is gone that should be there: nothing more can come of it. */
  check(): void {
    if (this.#failure !== undefined) throw new Error(this.#failure);
  }

  #fail(failure: string): void {
    this.#failure ??= failure;
    for (const { fail } of [...this.#waiters]) fail(new Error(failure));
  }

  /** Resolves when it listens. */
  static async start(namespace: Namespace, plan: FeederPlan): Promise<Feeder> {
    const program = new URL('./program.ts', import.meta.url).pathname;
    const tsx = `--import=${import.meta.resolve('tsx')}`;
    const argv = [process.execPath, tsx, program, JSON.stringify(plan)];
    const feeder = new Feeder(spawn('ip', ['netns', 'exec', namespace.name, ...argv]));
    await feeder.see('to listen', 1, LIMIT, ({ type }) => type === 'listening');
    return feeder;
  }

  /** `ip netns exec` becomes the program. */
  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the feeder did not start');
    return pid;
  }

  order(order: Order): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** The next `count` sightings from now on that are so; throws when they take over `limit` ms. */
  see(
    what: string,
    count: number,
    limit: number,
    wanted: (sighting: Sighting) => boolean,
  ): Promise<readonly Sighting[]> {
    const seen: Sighting[] = [];
    return new Promise<readonly Sighting[]>((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const fail = (error: Error) => {
        leave();
        reject(error);
      };
      const waiter: Waiter = {
        fail,
        see: (sighting) => {
          if (!wanted(sighting)) return;
          seen.push(sighting);
          if (seen.length < count) return;
          leave();
          resolve(seen);
        },
      };
      const late = () => fail(new Error(`waited ${limit} ms for the feeder ${what}`));
      const timer = setTimeout(late, limit);
      this.#waiters.add(waiter);
    });
  }

  /** When each of the sessions came to that, in the order of the sightings; ns. */
  async times(
    type: 'confirmed' | 'sending' | 'sent' | 'reached' | 'closed',
    count: number,
    limit: number,
  ): Promise<readonly bigint[]> {
    const seen = await this.see(`to say "${type}"`, count, limit, (one) => one.type === type);
    return seen.map((one) => ('at' in one ? BigInt(one.at) : 0n));
  }

  async counts(): Promise<readonly Received[]> {
    const answer = this.see('to count', 1, LIMIT, ({ type }) => type === 'counts');
    this.order({ order: 'count' });
    const [counts] = await answer;
    return counts?.type === 'counts' ? counts.sessions : [];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
