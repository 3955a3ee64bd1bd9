/** `npm run hostile`: the built daemon between hostile neighbours. Arguments go to `test/hostile/main.ts`. */

import { ensureBuilt, ensureInstalled, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
run(process.execPath, ['--import=tsx', 'test/hostile/main.ts', ...process.argv.slice(2)]);
