/** The suites that are no part of `npm test`: a folder each, whose files end in its name. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

/** Runs the files named as arguments, or all; `options` are those of `runTests`. */
export async function runSuite(name, options) {
  const folder = `test/${name}`;
  const all = readdirSync(join(root, folder)).filter((file) => file.endsWith(`.${name}.ts`));
  const files = process.argv.length > 2 ? process.argv.slice(2) : all.map((f) => `${folder}/${f}`);
  ensureInstalled();
  ensureBuilt();
  // It needs what the lines above bring.
  const { runTests } = await import('./testRun.mjs');
  if (!(await runTests(files, options))) process.exitCode = 1;
}
