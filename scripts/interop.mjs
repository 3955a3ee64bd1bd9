/**
 * `npm run interop`: the tests against real daemons in network namespaces. Needs root and the daemons;
 * where they are missing it says so and skips. Arguments are files to run instead of all. Most wait for
 * daemons, in namespaces of their own: three run at a time.
 */

import { runSuite } from './suite.mjs';

/** These compare times, or the machine before and after. */
const ALONE = [
  'bfd',
  'bfdBusy',
  'checks',
  'collision',
  'damping',
  'hole',
  'labs',
  'mishaps',
  'systemd',
].map((name) => `test/interop/${name}.interop.ts`);

await runSuite('interop', { jobs: 3, timeout: 300, alone: ALONE });
