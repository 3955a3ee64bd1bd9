/**
 * `npm run browser`: the looking glass in a real Chromium, one file after the other. Where there is no
 * Chromium it says so and skips. Arguments are files to run instead of all.
 */

import { runSuite } from './suite.mjs';

await runSuite('browser', { jobs: 1, timeout: 300 });
