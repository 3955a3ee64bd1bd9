/** The installing thread as the main one sees it: started, spoken to, and started again when it dies. */

import type { Worker } from 'node:worker_threads';
import { startThread } from '../host/workerThread.ts';
import { errorText } from '../net/errorText.ts';
import type { Clock } from '../session/clock.ts';
import type { FromInstaller, InstallTerms, ToInstaller } from './installMessages.ts';

export interface InstallThreadOptions {
  readonly clock: Clock;
  readonly terms: InstallTerms;
  /** Another thread, which knows nothing: everything is to be said anew. Also the first one. */
  readonly onStart: () => void;
  readonly onMessage: (message: FromInstaller) => void;
  readonly onFailure: (cause: string) => void;
}

/** How long one that dies is missed, in ms. */
const START_AGAIN = 10_000;
/** How long the end may take, in ms: the deletion of a million routes takes half a second. */
const END_LIMIT = 4000;

export class InstallThread {
  readonly #options: InstallThreadOptions;
  #worker: Worker | undefined;
  #cancel = () => {};
  #stopping = false;

  constructor(options: InstallThreadOptions) {
    this.#options = options;
    this.#start();
  }

  tell(message: ToInstaller): void {
    const given = message.type === 'rows' ? [message.rows.buffer] : [];
    this.#worker?.postMessage(message, given);
  }

  /** Resolves when the thread is over. */
  async stop(remove: boolean): Promise<void> {
    this.#stopping = true;
    this.#cancel();
    const worker = this.#worker;
    if (!worker) return;
    const over = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.tell({ type: 'stop', remove });
    const cancel = this.#options.clock.after(END_LIMIT, () => void worker.terminate());
    await over;
    cancel();
  }

  #start(): void {
    const { clock, terms, onStart, onMessage, onFailure } = this.#options;
    const worker = startThread('installWorker', new URL('./installWorker.ts', import.meta.url));
    this.#worker = worker;
    let cause = 'its thread has ended';
    worker.on('message', onMessage);
    worker.on('error', (error) => {
      cause = errorText(error);
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      if (this.#stopping) return;
      onFailure(cause);
      this.#cancel = clock.after(START_AGAIN, () => this.#start());
    });
    this.tell({ type: 'open', ...terms });
    onStart();
  }
}
