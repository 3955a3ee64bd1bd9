/**
 * BFD of BIRD 2: its pace is said of each BGP session, its passwords of each interface, and once for
 * all neighbours that are further away.
 */

import {
  type BfdAuthentication,
  type Config,
  type Neighbour,
  neighboursOf,
} from '../config/config.ts';
import { placeOf } from './sessionValues.ts';
import type { NotExpressible, Passwords } from './target.ts';

export interface BirdBfd {
  /** Whether there is any. */
  readonly wanted: boolean;
  /** What `protocol bfd` has beside its defaults: `interface "eth1"`, and statements. */
  readonly blocks: readonly { readonly where: string; readonly statements: readonly string[] }[];
  readonly losses: readonly NotExpressible[];
}

export interface BirdBfdOptions {
  readonly bfdPasswords: Passwords;
  /** By neighbour name: what the file leaves open. */
  readonly interfaces: ReadonlyMap<string, string>;
}

/** Of the BGP session; undefined: without BFD. */
export function bfdStatement({ bfd }: Neighbour): string | undefined {
  return bfd && `bfd { interval ${bfd.interval} ms; multiplier ${bfd.multiplier}; }`;
}

export function bfdOf(config: Config, options: BirdBfdOptions): BirdBfd {
  const watched = neighboursOf(config).filter(({ bfd }) => bfd !== undefined);
  const first = new Map<string, Neighbour>();
  const losses: NotExpressible[] = watched.flatMap(strictLosses);
  for (const neighbour of watched) {
    const where = whereOf(neighbour, options.interfaces);
    const why = obstacle(neighbour, where, first, options.bfdPasswords);
    if (why !== undefined) losses.push({ what: `${placeOf(neighbour)}.bfd.password`, why });
    else if (where !== undefined && !first.has(where)) first.set(where, neighbour);
  }
  const blocks = [...first].flatMap(([where, { name, bfd }]) => {
    const password = options.bfdPasswords.get(name);
    if (!bfd?.authentication || password === undefined) return [];
    return [{ where, statements: authentication(bfd.authentication, password) }];
  });
  return { wanted: watched.length > 0, blocks, losses };
}

/** Undefined: the file does not say. */
function whereOf(
  { name, kind, multihop, interface: link }: Neighbour,
  interfaces: BirdBfdOptions['interfaces'],
): string | undefined {
  if (multihop > 1 || kind === 'internal') return 'multihop';
  const device = link ?? interfaces.get(name);
  return device === undefined ? undefined : `interface "${device}"`;
}

/** Why it has not the authentication of the file; `first`: whose each place is. */
function obstacle(
  { name, bfd }: Neighbour,
  where: string | undefined,
  first: ReadonlyMap<string, Neighbour>,
  passwords: Passwords,
): string | undefined {
  const wanted = bfd?.authentication;
  if (wanted && !passwords.has(name)) return NOT_WRITTEN;
  if (where === undefined) return wanted && NOWHERE;
  const other = first.get(where);
  if (!other) return undefined;
  const same =
    keyText(wanted, passwords.get(name)) ===
    keyText(other.bfd?.authentication, passwords.get(other.name));
  return same ? undefined : `BIRD has one for ${where}, and that is ${other.name}'s: ${DOWN}`;
}

const DOWN = 'BFD does not come up';
const NOT_WRITTEN = `no password is written: without it ${DOWN}; --with-secrets writes it`;
const NOWHERE = `BIRD has passwords by interface, and which one is open: without it ${DOWN}; --interface says it`;

function keyText(key: BfdAuthentication | undefined, password: string | undefined): string {
  return key ? authentication(key, password ?? '').join() : '';
}

function authentication(
  { kind, keyId }: BfdAuthentication,
  password: string,
): readonly [string, string] {
  return [`authentication ${kind.replaceAll('-', ' ')}`, `password "${password}" { id ${keyId}; }`];
}

function strictLosses(neighbour: Neighbour): readonly NotExpressible[] {
  if (!neighbour.bfd?.strict) return [];
  const why = 'BIRD begins BFD once the session is up: it comes up without';
  return [{ what: `${placeOf(neighbour)}.bfd.strict`, why }];
}
