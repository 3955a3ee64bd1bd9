/**
 * `npm run interop`: the tests against real daemons in network namespaces, one after the other.
 * Needs root and the daemons; where they are missing it says so and skips. Arguments are files to
 * run instead of all.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, runTap } from './setup.mjs';

const folder = 'test/interop';
const all = readdirSync(join(root, folder)).filter((name) => name.endsWith('.interop.ts'));
const files =
  process.argv.length > 2 ? process.argv.slice(2) : all.map((name) => `${folder}/${name}`);

ensureInstalled();
ensureBuilt();
runTap('--jobs=1', '--timeout=240', ...files);
