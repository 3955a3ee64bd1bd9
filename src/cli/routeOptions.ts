/** What may be typed behind `show routes`, and what is asked of the daemon for it. */

import type { Options } from 'yargs';
import { QueryError } from '../control/parameters.ts';
import { type RouteParameters, routeQuery } from '../control/routeQuery.ts';
import { UsageError } from './usageError.ts';

const group = 'Of show routes:';

export const ROUTE_OPTIONS = {
  covered: { type: 'boolean', default: false, group, describe: 'Every prefix within PREFIX' },
  covering: {
    type: 'boolean',
    default: false,
    group,
    describe: 'Every prefix that covers PREFIX or ADDRESS',
  },
  upstream: {
    type: 'string',
    requiresArg: true,
    group,
    describe: 'Paths of this neighbour alone, whatever it is',
  },
  family: { type: 'string', requiresArg: true, group, describe: 'ipv4 or ipv6' },
  best: { type: 'boolean', default: false, group, describe: 'Best paths alone' },
  refused: { type: 'boolean', default: false, group, describe: 'Refused paths alone' },
  limit: {
    type: 'string',
    requiresArg: true,
    group,
    describe: 'At most so many prefixes (of show events: events)',
  },
} as const satisfies Record<string, Options>;

/** As yargs gives them. */
export interface RouteOptions {
  readonly covered: boolean;
  readonly covering: boolean;
  readonly upstream: string | undefined;
  readonly family: string | undefined;
  readonly best: boolean;
  readonly refused: boolean;
  readonly limit: string | undefined;
}

/** `place`: the prefix or address. Throws UsageError for what the daemon would not understand. */
export function routesAsked(place: string | undefined, options: RouteOptions): RouteParameters {
  const { covered, covering, upstream, family, best, refused, limit } = options;
  if (covered && covering) throw new UsageError('--covered and --covering exclude each other');
  if (best && refused) throw new UsageError('--best and --refused exclude each other');
  if (place === undefined && covered) throw new UsageError('--covered needs a PREFIX');
  if (place === undefined && covering) {
    throw new UsageError('--covering needs a PREFIX or an ADDRESS');
  }
  const state = best ? 'best' : refused ? 'refused' : undefined;
  const parameters: RouteParameters = {
    ...(place !== undefined && { [scopeOf(place, options)]: place }),
    ...(family !== undefined && { family }),
    ...(upstream !== undefined && { neighbour: upstream }),
    ...(state !== undefined && { state }),
    ...(limit !== undefined && { limit }),
  };
  try {
    routeQuery(parameters);
  } catch (error) {
    if (error instanceof QueryError) throw new UsageError(`show routes: ${error.message}`);
    throw error;
  }
  return parameters;
}

function scopeOf(place: string, { covered, covering }: RouteOptions) {
  if (covered) return 'covered';
  if (covering) return 'covering';
  return place.includes('/') ? 'prefix' : 'match';
}

/** Throws UsageError where one of them was typed for something else than routes. */
export function refuseRouteOptions(place: string | undefined, options: RouteOptions): void {
  if (place !== undefined) throw new UsageError(`unknown argument ${place} for show`);
  const values: Readonly<Record<string, unknown>> = { ...options };
  const typed = Object.keys(ROUTE_OPTIONS).find((name) => values[name] || values[name] === '');
  if (typed !== undefined) throw new UsageError(`--${typed} goes with show routes`);
}
