/** `npm run lab:compare`: the same failures with every daemon that can play the edge, as `docs/lab-comparison.md`. */

import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
const docs = join(root, 'docs');
run(process.execPath, [join(root, 'dist/multihomed.js'), 'lab', 'compare', '-o', docs]);
