/** The process of `steady.ts` as the run sees it. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Findings, Order, SteadyPlan } from './steadyTerms.ts';

export class WellBehaved {
  readonly #child: ChildProcess;

  constructor(plan: SteadyPlan) {
    const program = fileURLToPath(new URL('./steady.ts', import.meta.url));
    const execArgv = [`--import=${import.meta.resolve('tsx')}`];
    this.#child = fork(program, [JSON.stringify(plan)], { execArgv });
  }

  async findings(): Promise<Findings> {
    const answer = once(this.#child, 'message');
    this.#order('findings');
    const [findings]: Findings[] = await answer;
    if (!findings) throw new Error('the well-behaved neighbours ended');
    return findings;
  }

  repeat(): void {
    this.#order('repeat');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#order('stop');
    await once(this.#child, 'exit');
  }

  #order(order: Order): void {
    this.#child.send(order);
  }
}
