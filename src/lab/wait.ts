/** Waiting for something to be so, by looking. */

import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from './labError.ts';

/** Between two looks, in ms. */
const INTERVAL = 100;

/** Throws LabError after `limit` ms; `what` ends "waited for", and is asked only then. */
export async function waitFor(
  what: () => string,
  limit: number,
  probe: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await probe())) {
    signal?.throwIfAborted();
    if (performance.now() > end) throw new LabError(`waited ${limit / 1000} s for ${what()}`);
    await delay(INTERVAL, undefined, signal ? { signal } : {});
  }
}
