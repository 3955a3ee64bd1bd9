/**
 * `npm test`: the default suite, after whatever set-up it needs. Arguments are files, or folders for
 * the tests in them. Without any, what was not run is told at the end.
 */

import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { misused, pathOf, wordsOf } from './arguments.mjs';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

const USE = `npm test                      every test but for those of the suites that need root
npm test -- FILE|FOLDER ...   these: test/wire, test/rib/lane.test.ts`;

function filesOf(argument) {
  const path = pathOf(argument);
  if (!statSync(path).isDirectory()) return [relative(root, path)];
  const files = readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => relative(root, join(path, name)));
  if (files.length === 0) misused(`${argument} has no file that ends in .test.ts`);
  return files;
}

async function tellNotRun() {
  const { tsImport } = await import('tsx/esm/api');
  const { missingForInterop } = await tsImport('../test/support/requirements.ts', import.meta.url);
  const missing = missingForInterop();
  const here = missing.length > 0 ? `here it would skip: ${missing.join('; ')}` : 'it can run here';
  console.log(`Not run: the interop suite, \`npm run interop\`; ${here}.`);
}

const words = wordsOf(USE);
const files = [...new Set((words.length > 0 ? words : ['test']).flatMap(filesOf))];
ensureInstalled();
ensureBuilt();
// It needs what the lines above bring.
const { runTests } = await import('./testRun.mjs');
// One more than cores: some wait, for a program that they started or for a timer.
const passed = await runTests(files, { jobs: availableParallelism() + 1, timeout: 300 });
if (words.length === 0) await tellNotRun();
if (!passed) process.exitCode = 1;
