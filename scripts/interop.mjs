/**
 * `npm run interop`: the tests against real daemons in network namespaces, one after the other: many compare
 * times. Needs root and the daemons; where they are missing it says so and skips. Arguments are files
 * to run instead of all.
 */

import { runSuite } from './suite.mjs';

await runSuite('interop', { jobs: 1, timeout: 600 });
