/** `npm run lab:compare`: the same failures with every daemon that can play the edge, as `docs/lab-comparison.md`. */

import { join } from 'node:path';
import { misused, wordsOf } from './arguments.mjs';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

const words = wordsOf(
  'npm run lab:compare   plays all of them, as root, and writes the tables; takes no arguments',
);
if (words.length > 0) misused('it takes no arguments');
ensureInstalled();
ensureBuilt();
const docs = join(root, 'docs');
run(process.execPath, [join(root, 'dist/multihomed.js'), 'lab', 'compare', '-o', docs]);
