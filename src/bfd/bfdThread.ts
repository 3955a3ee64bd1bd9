/**
 * BFD as the main thread sees it: which neighbours are to be watched, what is known of each, and what
 * `show` shows. The thread is started with the first neighbour that has `bfd`.
 */

import type { Worker } from 'node:worker_threads';
import { startThread } from '../host/workerThread.ts';
import { errorText } from '../net/errorText.ts';
import type { BfdEventOut, BfdFact, BfdReport } from './bfdFact.ts';
import { discardedInAll } from './discard.ts';
import type { BfdCounts, BfdTarget, FromThread, ToThread } from './messages.ts';
import type { SessionState } from './packet.ts';

export interface BfdThreadOptions {
  readonly now: () => number;
  readonly onEvent: (event: BfdEventOut) => void;
}

interface Known {
  readonly fact: BfdFact;
  readonly state: SessionState;
  readonly remoteState: SessionState;
}

/** How long the goodbyes may take, in ms. */
const GOODBYE = 500;

export class BfdThread {
  readonly #options: BfdThreadOptions;
  readonly #known = new Map<string, Known>();
  #counts = new Map<string, BfdCounts>();
  #targets: readonly BfdTarget[] = [];
  #worker: Worker | undefined;
  #stopping = false;

  constructor(options: BfdThreadOptions) {
    this.#options = options;
  }

  configure(targets: readonly BfdTarget[]): void {
    this.#targets = targets;
    const names = new Set(targets.map(({ neighbour }) => neighbour));
    for (const neighbour of [...this.#known.keys()].filter((name) => !names.has(name))) {
      this.#known.delete(neighbour);
      this.#options.onEvent({ type: 'BfdForgotten', at: this.#options.now(), neighbour });
    }
    if (!this.#worker && targets.length > 0) this.#start();
    this.#tell({ type: 'configure', targets });
  }

  /** Says goodbye to the other ends; resolves when the thread is over. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const worker = this.#worker;
    if (!worker) return;
    const over = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#tell({ type: 'stop' });
    const limit = setTimeout(() => void worker.terminate(), GOODBYE);
    await over;
    clearTimeout(limit);
  }

  /** Undefined: it is not watched, or nothing is known yet. */
  report(neighbour: string): BfdReport | undefined {
    const known = this.#known.get(neighbour);
    if (!known) return undefined;
    const counts = this.#counts.get(neighbour);
    const discards = counts?.discards ?? {};
    return {
      ...known.fact,
      state: known.state,
      remoteState: known.remoteState,
      transmitInterval: counts?.transmitInterval ?? 0,
      detectionTime: counts?.detectionTime ?? 0,
      sent: counts?.sent ?? 0,
      received: counts?.received ?? 0,
      discarded: discardedInAll(discards),
      discards,
    };
  }

  #start(): void {
    const worker = startThread('bfdWorker', new URL('./worker.ts', import.meta.url));
    this.#worker = worker;
    worker.on('message', (message: FromThread) => this.#hear(message));
    let cause = 'its thread has ended';
    worker.on('error', (error) => {
      cause = errorText(error);
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      if (!this.#stopping)
        this.#fail(
          this.#targets.map(({ neighbour }) => neighbour),
          cause,
        );
    });
  }

  #tell(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromThread): void {
    if (message.type === 'failed') this.#fail(message.neighbours, message.cause);
    else if (message.type === 'counts') {
      this.#counts = new Map(message.counts.map((counts) => [counts.neighbour, counts]));
    } else this.#learn(message);
  }

  #learn(told: Extract<FromThread, { readonly type: 'state' }>): void {
    const { neighbour, state, remoteState, standing, detail, at } = told;
    if (!this.#targets.some((target) => target.neighbour === neighbour)) return;
    const before = this.#known.get(neighbour)?.fact;
    const same = before?.standing === standing;
    const fact = { neighbour, standing, detail, since: same ? before.since : at };
    this.#known.set(neighbour, { fact, state, remoteState });
    if (!same) this.#options.onEvent({ type: 'BfdChanged', at, fact });
  }

  /** Nothing is known of these ways any more, which is no reason to drop a session. */
  #fail(neighbours: readonly string[], cause: string): void {
    const at = this.#options.now();
    for (const neighbour of neighbours) {
      const fact: BfdFact = { neighbour, standing: 'impossible', detail: cause, since: at };
      this.#known.set(neighbour, { fact, state: 'Down', remoteState: 'Down' });
      this.#options.onEvent({ type: 'BfdChanged', at, fact });
    }
  }
}
