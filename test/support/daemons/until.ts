/** Waiting for something that other programs do, with a deadline and a reason when it is missed. */

import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks, in ms. */
const INTERVAL = 50;

/**
 * Looks until `probe` answers something other than undefined or false, and returns it. Throws
 * after `deadline` ms, saying what was waited for and what `seen` tells at that moment.
 */
export async function until<T>(
  what: string,
  deadline: number,
  probe: () => Promise<T | undefined | false>,
  seen: () => Promise<unknown> = probe,
): Promise<T> {
  const end = performance.now() + deadline;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) break;
    await delay(INTERVAL);
  }
  const last = await seen();
  const text = typeof last === 'string' ? last : JSON.stringify(last);
  throw new Error(`waited ${deadline} ms for ${what}; last seen: ${text}`);
}
