/**
 * `npm run equivalence`: the generated configurations in the real daemons, beside `multihomed run`
 * on the file they were generated from. Needs root and the daemons; Quagga from QUAGGA_SBIN. Arguments
 * are files to run instead of all.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, runTap } from './setup.mjs';

const folder = 'test/equivalence';
const all = readdirSync(join(root, folder)).filter((name) => name.endsWith('.equivalence.ts'));
const files =
  process.argv.length > 2 ? process.argv.slice(2) : all.map((name) => `${folder}/${name}`);

ensureInstalled();
ensureBuilt();
runTap('--jobs=1', '--timeout=400', ...files);
