/** A host, or a router that has nothing but its static routes. */

import type { Daemon } from './daemon.ts';

export const none: Daemon = {
  package: undefined,
  programs: [],
  files: () => [],
  commands: () => [],
  ready: async () => true,
  established: async () => new Set<string>(),
};
