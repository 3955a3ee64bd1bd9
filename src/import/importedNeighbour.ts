/** Which neighbours are carried over, as what kind, under which name, with which families. */

import type { IpAddress } from '../net/address.ts';
import { type Asn, isReservedAsn, parseAsn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { parseAddress } from '../net/text.ts';
import { inForce } from './evaluate.ts';
import type { Notes } from './note.ts';
import type { Source, SourceNeighbour } from './source.ts';
import type { Statement } from './statement.ts';

export type Exports = 'all' | 'default';

export interface ImportedNeighbour {
  readonly name: string;
  readonly kind: 'upstream' | 'downstream' | 'internal';
  readonly asn: Asn;
  readonly address: IpAddress;
  readonly families: readonly Family[];
  /** Of what was learned, what went to a downstream; undefined: nothing is said of it. */
  readonly exports: Exports | undefined;
  readonly description: string | undefined;
  readonly neighbour: SourceNeighbour;
}

export function importNeighbours(source: Source, notes: Notes): readonly ImportedNeighbour[] {
  const names = new Set<string>();
  return source.neighbours.flatMap((neighbour) => {
    const known = identify(source, neighbour, notes);
    if (!known) return [];
    const description = inForce(neighbour.settings.session.get('description'))?.args.join(' ');
    const name = uniqueName(description, known, names);
    names.add(name);
    return [{ ...known, name, description, neighbour, families: familiesOf(source, neighbour) }];
  });
}

type Identity = Pick<ImportedNeighbour, 'kind' | 'asn' | 'address' | 'exports'>;

function identify(source: Source, neighbour: SourceNeighbour, notes: Notes): Identity | undefined {
  const { id, statement, settings } = neighbour;
  const address = parseAddress(id);
  const remote = inForce(settings.session.get('remote-as'))?.args[0];
  const shutdown = inForce(settings.session.get('shutdown'));
  if (!address) {
    notes.lost(statement, `no session is made: ${id} is no address, and neighbours have one here`);
  } else if (remote === undefined) {
    notes.lost(statement, `no session is made with ${id}: it has no remote-as`);
  } else if (shutdown) {
    notes.lost(
      shutdown.statement,
      `no session is made with ${id}, as it was shut down: add it by hand once it is to come up`,
    );
  } else {
    const asn = remote === 'internal' ? source.asn : parseAsn(remote);
    if (asn !== undefined && !isReservedAsn(asn)) {
      const exports = exportsOf(source, neighbour);
      if (asn === source.asn) return { address, asn, kind: 'internal', exports: undefined };
      const kind = exports === undefined ? kindByRole(neighbour) : 'downstream';
      return { address, asn, kind, exports };
    }
    notes.lost(statement, `no session is made with ${id}: its AS number has to be known`);
  }
  return undefined;
}

/**
 * The daemons do not know what a neighbour is to us. An upstream is sent our prefixes and nothing
 * else, so that taking a customer for one harms nobody else, while the reverse would be a leak.
 */
function kindByRole({ settings }: SourceNeighbour): 'upstream' | 'downstream' {
  const role = inForce(settings.session.get('local-role'))?.args[0];
  return role === 'provider' || role === 'rs-server' ? 'downstream' : 'upstream';
}

/**
 * Where it is sure that learned routes are to go there: a default route that was made up for it, or
 * the outgoing map that `generate` wrote. A map of somebody else that lets everything out may well
 * be a leak that the upstream has always filtered.
 */
function exportsOf(source: Source, { settings }: SourceNeighbour): Exports | undefined {
  const scopes = [settings.ipv4, settings.ipv6];
  if (scopes.some((scope) => inForce(scope.get('default-originate')))) return 'default';
  if (!source.generated) return undefined;
  const entries = scopes.flatMap((scope) => {
    const name = inForce(scope.get('route-map out'))?.args[0];
    return source.routeMaps.get(name ?? '') ?? [];
  });
  const passing = entries.filter(({ permits, matches }) => permits && !isOwnOnly(matches));
  if (passing.some(({ matches }) => matches.length === 0)) return 'all';
  return passing.length > 0 ? 'default' : undefined;
}

/** `generate` has every own prefix go out under a condition on its path, which is empty. */
function isOwnOnly(matches: readonly Statement[]): boolean {
  return matches.some(({ words }) => words[1] === 'as-path');
}

/** Those that the session carried, by the daemons' rules. */
function familiesOf(source: Source, { settings }: SourceNeighbour): readonly Family[] {
  const byDefault = source.router.get('bgp default ipv4-unicast')?.statement.negated !== true;
  const ipv4 = settings.ipv4.get('activate');
  const carriesIpv4 = ipv4 ? !ipv4.statement.negated : byDefault;
  return [
    ...(carriesIpv4 ? (['ipv4'] as const) : []),
    ...(inForce(settings.ipv6.get('activate')) ? (['ipv6'] as const) : []),
  ];
}

/** What commands take in a name's place. */
const RESERVED = ['all', 'any', 'site'];
const LONGEST_NAME = 50;

function uniqueName(
  description: string | undefined,
  { asn, address, kind }: Identity,
  taken: ReadonlySet<string>,
): string {
  // What follows in brackets or after a comma is about the name, not part of it.
  const slug = (description ?? '')
    .replace(/[(,;[].*$/, '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, LONGEST_NAME);
  const nameless = kind === 'internal' ? `router-${address.text.replaceAll(':', '-')}` : `as${asn}`;
  const base = slug === '' || RESERVED.includes(slug) ? nameless : slug;
  const candidates = [base, `${base}-${address.family === 'ipv6' ? 'v6' : 'v4'}`];
  for (let i = 2; candidates.length < taken.size + 3; i++) candidates.push(`${base}-${i}`);
  return candidates.find((name) => !taken.has(name)) ?? base;
}
