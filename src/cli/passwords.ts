/** The passwords that the file points to, as text: for `generate --with-secrets` alone. */

import type { Config } from '../config/config.ts';
import { findKeys } from '../daemon/keys.ts';
import type { Passwords } from '../generate/target.ts';
import { MAX_SECRET } from '../session/secret.ts';
import type { Keys } from '../speaker/speaker.ts';
import { CommandError } from './commandError.ts';

export interface WrittenPasswords {
  readonly passwords: Passwords;
  readonly bfdPasswords: Passwords;
}

/** Throws CommandError where one cannot be had. */
export async function passwordsOf(
  config: Config,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<WrittenPasswords> {
  // What is generated may run elsewhere: this machine need not be able to use them.
  const { keys, bfdKeys, problems } = await findKeys(config, () => ({ line: 0, column: 0 }), {
    environment,
    sockopt: { knowsMd5: true },
  });
  if (problems.length > 0) {
    const lines = problems.map(({ path, cause, mend }) => `${path}: ${cause}; ${mend}`);
    throw new CommandError(`nothing was generated:\n${lines.join('\n')}`);
  }
  return { passwords: textsOf(keys), bfdPasswords: textsOf(bfdKeys) };
}

function textsOf(keys: Keys): Passwords {
  return new Map(
    [...keys].map(([name, key]) => {
      const octets = new Uint8Array(MAX_SECRET);
      return [name, new TextDecoder().decode(octets.subarray(0, key.copyTo(octets, 0)))];
    }),
  );
}
