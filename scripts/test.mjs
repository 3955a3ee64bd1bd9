/**
 * `npm test`: the default suite, after whatever set-up it needs. Arguments go to tap; a folder
 * among them stands for the tests in it. Without any, what was not run is told at the end.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

/** tap takes files only, and does nothing, with success, for want of any. */
function filesOf(argument) {
  const path = join(root, argument);
  if (argument.startsWith('-') || !existsSync(path) || !statSync(path).isDirectory()) {
    return [argument];
  }
  const files = readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(argument, name));
  if (files.length > 0) return files;
  console.error(`${argument} has no file that ends in .test.ts`);
  process.exit(1);
}

async function tellNotRun() {
  const { tsImport } = await import('tsx/esm/api');
  const { missingForInterop } = await tsImport('../test/support/requirements.ts', import.meta.url);
  const missing = missingForInterop();
  const here = missing.length > 0 ? `here it would skip: ${missing.join('; ')}` : 'it can run here';
  console.log(`Not run: the interop suite, \`npm run interop\`; ${here}.`);
}

const argv = process.argv.slice(2);
ensureInstalled();
ensureBuilt();
const { runTests } = await import('./testRun.mjs');
const passed = await runTests((argv.length>0?argv:['test']).flatMap(filesOf), { jobs: availableParallelism()+1, timeout: 120 });
if (!passed) process.exitCode = 1;
if (argv.length === 0) await tellNotRun();
