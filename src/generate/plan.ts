/**
 * What every BGP daemon has to be told, whichever it is: the sessions, what is sent over each, and
 * what is taken. The announcer itself is asked what is sent, with every link up and nothing stopped,
 * so that a generated configuration cannot say something else than `run` does.
 */

import { decideAfresh } from '../announcer/decide.ts';
import { announcementsIn } from '../announcer/desired.ts';
import { type Config, type Neighbour, neighboursOf, type OwnPrefix } from '../config/config.ts';
import type { IpAddress } from '../net/address.ts';
import { type Communities, formatCommunities } from '../net/community.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import { exportPolicy } from '../policy/exportLearned.ts';
import type { KeyedNeighbour } from './sessionValues.ts';
import { type Passwords, TargetError } from './target.ts';

export interface Plan {
  readonly config: Config;
  readonly neighbours: readonly PlannedNeighbour[];
  /** Everything that is ours, by family, in the file's order. */
  readonly own: Readonly<Record<Family, readonly OwnPrefix[]>>;
}

export interface PlannedNeighbour extends KeyedNeighbour {
  readonly families: readonly PlannedFamily[];
}

export interface PlannedFamily {
  readonly family: Family;
  /** Undefined: our address on the session. */
  readonly nextHop: IpAddress | undefined;
  /** Our own routes, those of equal attributes together. */
  readonly routes: readonly RouteGroup[];
  /** Of what was learned from others, what is sent as well. */
  readonly learned: 'all' | 'default' | 'none';
}

export interface RouteGroup extends SentAttributes {
  readonly prefixes: readonly OwnPrefix[];
}

export interface SentAttributes {
  /** Our AS in the path beyond the once that it is there anyway. */
  readonly prepend: number;
  readonly med: number | undefined;
  readonly communities: Communities;
}

/** Throws TargetError for a password that cannot be written for certain. */
export function planOf(config: Config, passwords: Passwords = NO_PASSWORDS): Plan {
  judgePasswords(passwords);
  const desired = decideAfresh(withoutNeeds(config));
  const prefixes = config.prefixes.map(({ prefix }) => prefix);
  const neighbours = neighboursOf(config).map((neighbour) => {
    const intent = desired.get(neighbour.name);
    const announcements = intent ? [...announcementsIn(intent, prefixes)] : [];
    const routes = announcements.flatMap(({ prefix, route }) =>
      route ? [{ ...route, prefix }] : [],
    );
    return {
      neighbour,
      password: neighbour.password && passwords.get(neighbour.name),
      families: FAMILIES.filter((family) => neighbour.families.includes(family)).map((family) => ({
        family,
        nextHop: neighbour.nextHop[family],
        routes: grouped(routes.filter(({ prefix }) => prefix.family === family)),
        learned: learnedBy(neighbour),
      })),
    };
  });
  return { config, neighbours, own: { ipv4: ownOf(config, 'ipv4'), ipv6: ownOf(config, 'ipv6') } };
}

/** No daemon looks at services; `losses.ts` says so for each prefix that has needs. */
function withoutNeeds(config: Config): Config {
  return { ...config, prefixes: config.prefixes.map((own) => ({ ...own, needs: undefined })) };
}

/**
 * Addresses of ours that the file names. A route with one of them as its next hop would send our
 * traffic to ourselves; not every daemon looks.
 */
export function ownAddresses({ neighbours }: Plan, family: Family): readonly string[] {
  const named = neighbours.flatMap(({ neighbour: { localAddress, nextHop } }) => [
    localAddress,
    nextHop.ipv4,
    nextHop.ipv6,
  ]);
  const texts = named.flatMap((address) => (address?.family === family ? [address.text] : []));
  return [...new Set(texts)].sort();
}

function ownOf({ prefixes }: Config, family: Family): readonly OwnPrefix[] {
  return prefixes.map(({ prefix }) => prefix).filter((prefix) => prefix.family === family);
}

const NO_PASSWORDS: Passwords = new Map();

/** Each daemon has quotes, comments and escapes of its own: what could mean something is refused. */
export function judgePasswords(passwords: Passwords): void {
  const odd = [...passwords].filter(([, text]) => !/^[A-Za-z0-9!%&()*+,./:<=>?@^_~-]+$/.test(text));
  if (odd.length === 0) return;
  throw new TargetError(
    odd.map(
      ([name]) =>
        `the password of ${name} has characters that configurations give a meaning to; agree on one of letters, digits and !%&()*+,./:<=>?@^_~-`,
    ),
  );
}

function learnedBy(neighbour: Neighbour): PlannedFamily['learned'] {
  if (neighbour.kind === 'upstream') return 'none';
  const { export: exported } = exportPolicy(neighbour, false);
  return exported === 'own' ? 'none' : exported;
}

function grouped(
  routes: readonly (SentAttributes & { readonly prefix: OwnPrefix })[],
): readonly RouteGroup[] {
  const groups = new Map<string, RouteGroup>();
  for (const { prefix, prepend, med, communities } of routes) {
    const key = JSON.stringify([prepend, med, formatCommunities(communities)]);
    const before = groups.get(key)?.prefixes ?? [];
    groups.set(key, { prefixes: [...before, prefix], prepend, med, communities });
  }
  return [...groups.values()];
}
