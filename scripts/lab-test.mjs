/**
 * `npm run lab:test`: the experiments of `lab/experiments`, on the program as it is built. Arguments
 * go to `multihomed lab test`: `--quick`, or names of experiments. Needs root and the daemons.
 */

import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
run(process.execPath, [join(root, 'dist/multihomed.js'), 'lab', 'test', ...process.argv.slice(2)]);
