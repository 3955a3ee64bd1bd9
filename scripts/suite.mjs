/** The suites that are no part of `npm test`: a folder each, whose files end in its name. */

import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { misused, pathOf, wordsOf } from './arguments.mjs';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

/** Runs the files named as arguments, or all; `options` are those of `runTests`. */
export async function runSuite(name, options) {
  const folder = `test/${name}`;
  const all = readdirSync(join(root, folder)).filter((file) => file.endsWith(`.${name}.ts`));
  const whole = all.map((file) => `${folder}/${file}`);
  const words = wordsOf(`npm run ${name}               all of:\n  ${whole.join('\n  ')}
npm run ${name} -- FILE ...   these`);
  const named = words.map((word) => relative(root, pathOf(word)));
  const odd = named.find((file) => !whole.includes(file));
  if (odd !== undefined) misused(`${odd} is no file of this suite`);
  const files = named.length > 0 ? named : whole;
  ensureInstalled();
  ensureBuilt();
  // It needs what the lines above bring.
  const { runTests } = await import('./testRun.mjs');
  if (!(await runTests(files, options))) process.exitCode = 1;
}
