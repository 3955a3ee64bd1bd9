/** Loaded beside the program: keeps its main thread busy for 30 ms of every 60, and no other thread. */

import { isMainThread } from 'node:worker_threads';

const [BURST, EVERY] = [30, 60];

if (isMainThread) {
  setInterval(() => {
    const end = performance.now() + BURST;
    while (performance.now() < end);
  }, EVERY).unref();
}
