/** `npm run bench`: the measurements, after whatever set-up they need. Arguments go to the runner. */

import { ensureBuilt, ensureInstalled, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
run(process.execPath, ['--import=tsx', 'bench/main.ts', ...process.argv.slice(2)]);
