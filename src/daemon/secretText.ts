/** A secret read where the file says that it is; what is in the way is told without a word of it. */

import { readFile } from 'node:fs/promises';
import type { SecretReference } from '../config/config.ts';
import type { Problem } from '../config/problem.ts';
import { errorCode, errorText } from '../net/errorText.ts';
import { Secret } from '../session/secret.ts';

export type Told = Pick<Problem, 'cause' | 'consequence' | 'mend'>;

/** What a secret is for, and so how long it may be. */
export interface SecretUse {
  /** Octets. */
  readonly longest: number;
  /** What it means that there is none. */
  readonly missing: string;
  /** What takes secrets of some lengths alone. */
  readonly taker: string;
}

export async function secretAt(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
  use: SecretUse,
): Promise<Secret | Told> {
  const text =
    reference.kind === 'env'
      ? (environment[reference.name] ?? notSet(reference.name, use))
      : await readFile(reference.path).then(decoded, (error) =>
          unreadable(reference.path, error, use),
        );
  if (typeof text !== 'string') return text;
  // Editors and `echo` end a file with a line break that nobody means.
  const key = reference.kind === 'file' ? text.replace(/\r?\n$/, '') : text;
  if (/[\r\n]/.test(key)) return LINES;
  const octets = new TextEncoder().encode(key).length;
  return octets >= 1 && octets <= use.longest ? new Secret(key) : wrongLength(octets, use);
}

function decoded(octets: Uint8Array): string | Told {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return { ...LINES, cause: 'the file is not UTF-8 text' };
  }
}

function notSet(name: string, { missing }: SecretUse): Told {
  return {
    cause: `the environment variable ${name} is not set`,
    consequence: missing,
    mend: `set it where multihomed is started (EnvironmentFile= in systemd), and for \`check\` too: ${name}=... multihomed check`,
  };
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'no permission',
};

function unreadable(path: string, error: unknown, { missing }: SecretUse): Told {
  const code = errorCode(error);
  return {
    cause: `cannot read ${path}: ${UNREADABLE[code ?? ''] ?? errorText(error)}`,
    consequence: missing,
    mend:
      code === 'EACCES'
        ? 'run as the user of the daemon, or give that user the file'
        : 'write the password into it, readable for the daemon alone (mode 0600), or correct the path',
  };
}

function wrongLength(octets: number, { longest, taker }: SecretUse): Told {
  return {
    cause: octets === 0 ? 'the password is empty' : `the password has ${octets} octets`,
    consequence: `${taker} of 1 to ${longest} octets`,
    mend: 'agree on another with the neighbour',
  };
}

const LINES: Told = {
  cause: 'the password has several lines',
  consequence: 'which of them is meant is not clear, and no neighbour has such a key',
  mend: 'leave the one line that the neighbour has, too',
};
