/**
 * Modules that are read when they are first used, in the middle of what uses them: each costs the
 * start time and the daemon memory, and few daemons need it. `import` would read them at the start,
 * `import()` would make whoever asks wait; and a bundler leaves this one as it is.
 */

import { createRequire } from 'node:module';

interface LateModules {
  /** Optional: throws where it is not installed. */
  readonly koffi: typeof import('koffi');
  /** For records. */
  readonly 'node:crypto': typeof import('node:crypto');
  /** c-ares, for checks that ask name servers. */
  readonly 'node:dns/promises': typeof import('node:dns/promises');
  /** For operators, who come after the first OPEN, and for checks. */
  readonly 'node:http': typeof import('node:http');
  readonly 'node:https': typeof import('node:https');
  readonly 'node:tls': typeof import('node:tls');
  /** For BFD, and for a full table in the kernel. */
  readonly 'node:worker_threads': typeof import('node:worker_threads');
}

const load = createRequire(import.meta.url);

/** From memory from the second time on. */
export function lateModule<Name extends keyof LateModules>(name: Name): LateModules[Name] {
  return load(name);
}
