/** `npm run soak`: the built daemon under load for minutes. Arguments go to `test/soak/main.ts`. */

import { ensureBuilt, ensureInstalled, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
run(process.execPath, ['--import=tsx', 'test/soak/main.ts', ...process.argv.slice(2)]);
