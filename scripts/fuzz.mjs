/** `npm run fuzz`: mutated messages, files and requests. Arguments go to `test/fuzz/main.ts`. */

import { ensureInstalled, run } from './setup.mjs';

const NODE = ['--expose-gc', '--import=tsx'];

ensureInstalled();
run(process.execPath, [...NODE, 'test/fuzz/main.ts', ...process.argv.slice(2)]);
