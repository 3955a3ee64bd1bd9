/**
 * The TCP MD5 keys and BFD passwords that the file points to, and whether this machine can keep the
 * promises that the file makes of connections. What cannot be kept is an error: never a session without
 * its key.
 */

import { type BfdAuthenticationKind, LONGEST_BFD_PASSWORD } from '../config/bfdAuthentication.ts';
import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import type { Locate } from '../config/locate.ts';
import type { Problem } from '../config/problem.ts';
import { MAX_SECRET, Secret } from '../session/secret.ts';
import { loadSockopt, type Sockopt } from '../session/sockopt.ts';
import type { Keys } from '../speaker/speaker.ts';
import { type SecretUse, secretAt, type Told } from './secretText.ts';

export interface KeySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Undefined: koffi cannot be loaded. */
  readonly sockopt: Pick<Sockopt, 'knowsMd5'> | undefined;
}

export interface FoundKeys {
  readonly keys: Keys;
  readonly bfdKeys: Keys;
  /** Of severity error. */
  readonly problems: readonly Problem[];
}

export function ownSources(): KeySources {
  return { environment: process.env, sockopt: loadSockopt() };
}

export async function findKeys(
  config: Config,
  locate: Locate,
  sources: KeySources = ownSources(),
): Promise<FoundKeys> {
  const [keys, bfdKeys] = [new Map<string, Secret>(), new Map<string, Secret>()];
  const problems: Problem[] = [];
  if (config.kernel?.install === 'full' && !sources.sockopt) {
    const path = ['kernel', 'install'];
    problems.push({ severity: 'error', ...locate(path), path: path.join('.'), ...NO_NETLINK });
  }
  for (const neighbour of neighboursOf(config)) {
    const { name, kind, password } = neighbour;
    const authentication = neighbour.bfd?.authentication;
    const tell = (told: Told, ...below: readonly string[]) => {
      const path = [SECTION[kind], name, ...below];
      problems.push({ severity: 'error', ...locate(path), path: path.join('.'), ...told });
    };
    for (const [key, told] of unkept(neighbour, sources.sockopt)) tell(told, key);
    if (password) {
      const found = await secretAt(password, sources.environment, TCP_MD5);
      if (found instanceof Secret) keys.set(name, found);
      else tell(found, 'password');
    }
    if (authentication) {
      const use = bfdUse(authentication.kind);
      const found = await secretAt(authentication.password, sources.environment, use);
      if (found instanceof Secret) bfdKeys.set(name, found);
      else tell(found, 'bfd', 'password');
    }
  }
  return { keys, bfdKeys, problems };
}

const TCP_MD5: SecretUse = {
  longest: MAX_SECRET,
  missing: 'the neighbour refuses a session without its TCP MD5 key',
  taker: 'the kernel takes TCP MD5 keys',
};

function bfdUse(kind: BfdAuthenticationKind): SecretUse {
  return {
    longest: LONGEST_BFD_PASSWORD[kind],
    missing: 'the neighbour discards packets that are not authenticated, and BFD does not come up',
    taker: `for ${kind}, RFC 5880 has passwords`,
  };
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
