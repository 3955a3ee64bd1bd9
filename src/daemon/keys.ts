/**
 * The TCP MD5 keys that the file points to, and whether this machine can keep the promises that the
 * file makes of connections. What cannot be kept is an error: never a session without its key.
 */

import { readFile } from 'node:fs/promises';
import {
  type Config,
  type Neighbour,
  neighboursOf,
  type SecretReference,
} from '../config/config.ts';
import type { Locate } from '../config/locate.ts';
import type { Problem } from '../config/problem.ts';
import { errorCode, errorText } from '../net/errorText.ts';
import { MAX_SECRET, Secret } from '../session/secret.ts';
import { loadSockopt, type Sockopt } from '../session/sockopt.ts';
import type { Keys } from '../speaker/speaker.ts';

export interface KeySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined: koffi cannot be loaded. */
  readonly sockopt: Pick<Sockopt, 'knowsMd5'> | undefined;
}

export interface FoundKeys {
  readonly keys: Keys;
  /** Of severity error. */
  readonly problems: readonly Problem[];
}

type Told = Pick<Problem, 'cause' | 'consequence' | 'mend'>;

export function ownSources(): KeySources {
  return { environment: process.env, sockopt: loadSockopt() };
}

export async function findKeys(
  config: Config,
  locate: Locate,
  sources: KeySources = ownSources(),
): Promise<FoundKeys> {
  const keys = new Map<string, Secret>();
  const problems: Problem[] = [];
  if (config.kernel?.install === 'full' && !sources.sockopt) {
    const path = ['kernel', 'install'];
    problems.push({ severity: 'error', ...locate(path), path: path.join('.'), ...NO_NETLINK });
  }
  for (const neighbour of neighboursOf(config)) {
    const tell = (key: string, told: Told) => {
      const path = [SECTION[neighbour.kind], neighbour.name, key];
      problems.push({ severity: 'error', ...locate(path), path: path.join('.'), ...told });
    };
    for (const [key, told] of unkept(neighbour, sources.sockopt)) tell(key, told);
    if (!neighbour.password) continue;
    const found = await secretAt(neighbour.password, sources.environment);
    if (found instanceof Secret) keys.set(neighbour.name, found);
    else tell('password', found);
  }
  return { keys, problems };
}

/** Where the file has them. */
const SECTION = {
  upstream: 'upstreams',
  downstream: 'downstreams',
  internal: 'internal',
} as const;

function unkept(
  { password, ttlSecurity, bindToInterface }: Neighbour,
  sockopt: KeySources['sockopt'],
): readonly (readonly [string, Told])[] {
  if (sockopt) return password && !sockopt.knowsMd5 ? [['password', NO_MD5]] : [];
  const asked = { password, 'ttl-security': ttlSecurity, 'bind-to-interface': bindToInterface };
  return Object.entries(asked).flatMap(([key, value]) => (value ? [[key, NO_KOFFI] as const] : []));
}

const NO_KOFFI: Told = {
  cause: 'the optional package koffi, which sets what sockets need for this, cannot be loaded here',
  consequence: 'the session would run without it, so the file is not taken',
  mend: 'run `npm install` without --omit=optional beside multihomed, on Linux',
};

const NO_NETLINK: Told = {
  cause:
    'the optional package koffi, which speaks to the kernel of a full table, cannot be loaded here',
  consequence: 'no learned route would be in the kernel, so the file is not taken',
  mend: 'run `npm install` without --omit=optional beside multihomed, on Linux, or write `install: default`',
};

const NO_MD5: Told = {
  cause: 'this kernel has no TCP MD5 signatures',
  consequence: 'the session would run without its key, so the file is not taken',
  mend: 'use a kernel with CONFIG_TCP_MD5SIG',
};

async function secretAt(
  reference: SecretReference,
  environment: KeySources['environment'],
): Promise<Secret | Told> {
  const text =
    reference.kind === 'env'
      ? (environment[reference.name] ?? notSet(reference.name))
      : await readFile(reference.path).then(decoded, (error) => unreadable(reference.path, error));
  if (typeof text !== 'string') return text;
  // Editors and `echo` end a file with a line break that nobody means.
  const key = reference.kind === 'file' ? text.replace(/\r?\n$/, '') : text;
  if (/[\r\n]/.test(key)) return LINES;
  const octets = new TextEncoder().encode(key).length;
  return octets >= 1 && octets <= MAX_SECRET ? new Secret(key) : wrongLength(octets);
}

function decoded(octets: Uint8Array): string | Told {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return { ...LINES, cause: 'the file is not UTF-8 text' };
  }
}

function notSet(name: string): Told {
  return {
    cause: `the environment variable ${name} is not set`,
    consequence: 'the neighbour refuses a session without its TCP MD5 key',
    mend: `set it where multihomed is started (EnvironmentFile= in systemd), and for \`check\` too: ${name}=... multihomed check`,
  };
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'no permission',
};

function unreadable(path: string, error: unknown): Told {
  const code = errorCode(error);
  return {
    cause: `cannot read ${path}: ${UNREADABLE[code ?? ''] ?? errorText(error)}`,
    consequence: 'the neighbour refuses a session without its TCP MD5 key',
    mend:
      code === 'EACCES'
        ? 'run as the user of the daemon, or give that user the file'
        : 'write the password into it, readable for the daemon alone (mode 0600), or correct the path',
  };
}

function wrongLength(octets: number): Told {
  return {
    cause: octets === 0 ? 'the password is empty' : `the password has ${octets} octets`,
    consequence: `the kernel takes TCP MD5 keys of 1 to ${MAX_SECRET} octets`,
    mend: 'agree on another with the neighbour',
  };
}

const LINES: Told = {
  cause: 'the password has several lines',
  consequence: 'which of them is meant is not clear, and no neighbour has such a key',
  mend: 'leave the one line that the neighbour has, too',
};
