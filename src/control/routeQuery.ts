/**
 * Which routes are asked for, and how a query string says it. The command line says it in the same
 * words, so that both refuse the same.
 */

import type { IpAddress } from '../net/address.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import { maxLength, type Prefix, prefixOf } from '../net/prefix.ts';
import { parseAddress, parseCidr, parsePrefix } from '../net/text.ts';
import { type Parameter, type ParameterSchema, QueryError, readParameters } from './parameters.ts';

export interface RouteQuery {
  readonly scope: RouteScope;
  /** Only paths of this neighbour; undefined: of all. */
  readonly neighbour: string | undefined;
  /** Only paths in this state, the best one being accepted, too; undefined: in any. */
  readonly state: RouteState | undefined;
  /** No more prefixes than this; undefined: all of them. */
  readonly limit: number | undefined;
}

export type RouteScope =
  | { readonly kind: 'exact' | 'covered' | 'covering'; readonly prefix: Prefix }
  /** The longest prefix that covers the address: what traffic to it would follow. */
  | { readonly kind: 'match'; readonly address: IpAddress }
  | { readonly kind: 'all'; readonly families: readonly Family[] };

const ROUTE_STATES = ['best', 'accepted', 'refused'] as const;
export type RouteState = (typeof ROUTE_STATES)[number];

/** The most prefixes that may be asked for; without it, all. */
const MOST = 9_999_999_999;

/** Parameters of the query string; the first four exclude each other. */
export const ROUTE_PARAMETERS = [
  'prefix',
  'match',
  'covered',
  'covering',
  'family',
  'neighbour',
  'state',
  'limit',
] as const;
export type RouteParameter = (typeof ROUTE_PARAMETERS)[number];
export type RouteParameters = Readonly<Partial<Record<RouteParameter, string>>>;

const SCOPES = ['prefix', 'match', 'covered', 'covering'] as const;

const DESCRIPTIONS: Readonly<Record<RouteParameter, string>> = {
  prefix: 'Exactly this prefix',
  match: 'The longest prefix that covers this address and has a path that was not refused',
  covered: 'Every prefix within this one, itself included',
  covering: 'Every prefix that covers this prefix or address, itself included',
  family: 'Only this address family',
  neighbour: 'Only the paths of this neighbour',
  state: 'Only paths in this state, the best one being accepted, too',
  limit: 'No more prefixes than this',
};

const SCHEMAS: Readonly<Partial<Record<RouteParameter, ParameterSchema>>> = {
  family: { type: 'string', enum: FAMILIES },
  state: { type: 'string', enum: ROUTE_STATES },
  limit: { type: 'integer', minimum: 1, maximum: MOST },
};

/** As the control server checks and documents them. */
export const ROUTES_PARAMETERS: readonly Parameter[] = ROUTE_PARAMETERS.map((name) => ({
  name,
  description: DESCRIPTIONS[name],
  schema: SCHEMAS[name] ?? { type: 'string' },
}));

/** Reads a query string's parameters; throws QueryError. */
export function routeParameters(search: URLSearchParams): RouteParameters {
  return Object.fromEntries(readParameters(search, ROUTES_PARAMETERS));
}

/** Throws QueryError. */
export function routeQuery(parameters: RouteParameters): RouteQuery {
  const { neighbour, state, limit } = parameters;
  return {
    scope: scopeOf(parameters),
    neighbour,
    state: state === undefined ? undefined : stateOf(state),
    limit: limit === undefined ? undefined : limitOf(limit),
  };
}

function scopeOf(parameters: RouteParameters): RouteScope {
  const family = parameters.family === undefined ? undefined : familyOf(parameters.family);
  const named = SCOPES.filter((name) => parameters[name] !== undefined);
  const [name, second] = named;
  if (second) throw new QueryError(`${name} and ${second} exclude each other`);
  if (!name) return { kind: 'all', families: family ? [family] : FAMILIES };
  const scope = placeOf(name, parameters[name] ?? '');
  const place = scope.kind === 'match' ? scope.address : scope.prefix;
  if (family && place.family !== family) {
    throw new QueryError(`${place.text} is ${place.family}, not ${family}`);
  }
  return scope;
}

function placeOf(
  name: (typeof SCOPES)[number],
  text: string,
): Exclude<RouteScope, { kind: 'all' }> {
  switch (name) {
    case 'match':
      return { kind: 'match', address: addressOf(text) };
    case 'prefix':
      return { kind: 'exact', prefix: prefixIn(text) };
    case 'covered':
      return { kind: 'covered', prefix: prefixIn(text) };
    case 'covering':
      return { kind: 'covering', prefix: text.includes('/') ? prefixIn(text) : hostPrefix(text) };
  }
}

function addressOf(text: string): IpAddress {
  const address = parseAddress(text);
  if (!address) throw new QueryError(`"${text}" is neither a prefix nor an IP address`);
  return address;
}

function hostPrefix(text: string): Prefix {
  const address = addressOf(text);
  return prefixOf(address, maxLength(address.family));
}

function prefixIn(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix) return prefix;
  const cidr = parseCidr(text);
  if (!cidr) throw new QueryError(`"${text}" is not a prefix`);
  const meant = prefixOf(cidr.address, cidr.length);
  throw new QueryError(
    `${text} has bits set after its /${cidr.length}: the prefix would be ${meant.text}`,
  );
}

function familyOf(text: string): Family {
  const family = FAMILIES.find((known) => known === text);
  if (!family) throw new QueryError(`"${text}" is not a family: ipv4 or ipv6`);
  return family;
}

function stateOf(text: string): RouteState {
  const state = ROUTE_STATES.find((known) => known === text);
  if (!state) throw new QueryError(`"${text}" is not a state: ${ROUTE_STATES.join(', ')}`);
  return state;
}

function limitOf(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) {
    throw new QueryError(`"${text}" is not a limit: a number from 1 on`);
  }
  return Number(text);
}
