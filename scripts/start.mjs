/** `npm start`: the demo, after whatever set-up it needs. Arguments go to `multihomed demo`. */

import { ensureBuilt, ensureInstalled, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
run(process.execPath, ['dist/multihomed.js', 'demo', ...process.argv.slice(2)]);
