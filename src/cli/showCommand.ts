/** `show` and what follows it on the command line: which screen is meant, and what belongs to it. */

import type { Argv, Options } from 'yargs';
import { type Command, SCREENS, type ShowSubject } from './command.ts';
import { didYouMean } from './didYouMean.ts';
import { type RouteOptions, refuseRouteOptions, routesAsked } from './routeOptions.ts';
import { UsageError } from './usageError.ts';

/** Whatever may follow `show`. */
export const SHOWN: readonly string[] = [...SCREENS, 'events', 'routes'];

export const SHOW_OPTIONS = {
  watch: { type: 'boolean', default: false, describe: 'Show it again every second' },
  follow: {
    type: 'boolean',
    default: false,
    group: 'Of show events:',
    describe: 'Go on with what comes',
  },
} as const satisfies Record<string, Options>;

/** Adds its operands. */
export function describeShow<T>(y: Argv<T>) {
  return y
    .positional('what', {
      type: 'string',
      describe:
        'sessions, announcements, checks, links, budget, config, events or routes; nothing: the one screen that answers',
    })
    .positional('place', {
      type: 'string',
      describe: 'Of routes: a PREFIX, or an ADDRESS for the longest match; nothing: all of them',
    });
}

interface ShowArguments extends RouteOptions {
  readonly what: string | undefined;
  readonly place: string | undefined;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly watch: boolean;
  readonly follow: boolean;
}

/** Throws UsageError. */
export function showCommand(typed: ShowArguments): Command {
  const { what, place, config, json, watch, follow, ...options } = typed;
  if (follow && what !== 'events') throw new UsageError('--follow goes with show events');
  if (watch && json) throw new UsageError('--watch is for people, and --json for scripts');
  if (watch && (what === 'routes' || what === 'events')) {
    throw new UsageError(`--watch does not go with show ${what}`);
  }
  if (what === 'routes') {
    return { name: 'show', what, config, json, routes: routesAsked(place, options) };
  }
  if (what === 'events') {
    const { limit, ...others } = options;
    refuseRouteOptions(place, { ...others, limit: undefined });
    return { name: 'show', what, config, json, follow, limit: limitOf(limit) };
  }
  const subject = subjectOf(what);
  refuseRouteOptions(place, options);
  return { name: 'show', what: subject, config, json, watch };
}

function limitOf(limit: string | undefined): string | undefined {
  if (limit === undefined || /^[1-9]\d{0,3}$/.test(limit)) return limit;
  throw new UsageError(`"${limit}" is not a limit: a number from 1 to 9999`);
}

function subjectOf(what: string | undefined): ShowSubject {
  if (what === undefined) return 'status';
  const subject = SCREENS.find((known) => known === what);
  if (subject) return subject;
  const known = `it shows ${SHOWN.join(', ')}, or with nothing named the whole`;
  throw new UsageError(`show does not know "${what}": ${known}${didYouMean(what, SHOWN)}`);
}
