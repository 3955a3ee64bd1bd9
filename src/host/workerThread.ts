/** Threads of our own: a module in each, which talks by messages. */

import type { Worker } from 'node:worker_threads';
import { lateModule } from './lateModule.ts';

/**
 * Among the sources the thread is the module at `source`; in the bundle it is an entry of its own
 * (`scripts/build.mjs`), the file of that name, above the chunks.
 */
export function startThread(entry: 'bfdWorker' | 'installWorker', source: URL): Worker {
  const here = import.meta.url;
  const { Worker } = lateModule('node:worker_threads');
  if (here.endsWith('.ts')) return new Worker(underTsx(source), { eval: true });
  const folder = here.includes('/chunks/') ? '..' : '.';
  return new Worker(new URL(`${folder}/${entry}.js`, here));
}

/** Sources run through tsx, whose hooks a thread does not inherit (Node 20). */
function underTsx(source: URL): string {
  const tsx = import.meta.resolve('tsx/esm/api');
  return `import('${tsx}').then(({ register }) => { register(); return import('${source}'); })`;
}
