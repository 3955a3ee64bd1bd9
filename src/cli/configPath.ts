/** Which file a command is about. */

import { existsSync } from 'node:fs';
import { CommandError } from './commandError.ts';

const DEFAULTS = ['multihomed.yaml', '/etc/multihomed/multihomed.yaml'] as const;

/** The file named with -c, else the first default that exists; throws CommandError. */
export function configPath(
  given: string | undefined,
  exists: (path: string) => boolean = existsSync,
): string {
  const found = given ?? DEFAULTS.find(exists);
  if (found !== undefined) return found;
  throw new CommandError(
    `no configuration: neither ./${DEFAULTS[0]} nor ${DEFAULTS[1]} exists; write one of them, or name another with -c FILE`,
  );
}
