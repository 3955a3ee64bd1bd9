/** `npm run judge`: the flap budget before real networks that damp. Arguments go to the judge. */

import { ensureBuilt, ensureInstalled, run } from './setup.mjs';

ensureInstalled();
ensureBuilt();
run(process.execPath, ['--import=tsx', 'bench/judge/main.ts', ...process.argv.slice(2)]);
