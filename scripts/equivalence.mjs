/**
 * `npm run equivalence`: the generated configurations in the real daemons, beside `multihomed run`
 * on the file they were generated from. Needs root and the daemons; Quagga from QUAGGA_SBIN. Arguments
 * are files to run instead of all.
 */

import { runSuite } from './suite.mjs';

await runSuite('equivalence', { jobs: 1, timeout: 900 });
