/**
 * What a neighbour was sent of one of our own prefixes: its filters and route-maps, run as the daemon
 * runs them on a route that begins here. What cannot be told is `unknown`, never guessed: a prefix
 * is announced only where it surely was.
 */

import type { Family } from '../net/family.ts';
import { communityText, type OwnRouteAttributes, originated, takeSet } from './attributes.ts';
import { isPermitted } from './prefixList.ts';
import type {
  RouteMapEntry,
  Setting,
  Settings,
  Source,
  SourceNetwork,
  TextEntry,
} from './source.ts';
import type { Statement } from './statement.ts';

export type Outcome =
  | { readonly kind: 'sent'; readonly attributes: OwnRouteAttributes }
  | { readonly kind: 'refused' }
  /** `statement` is what is not understood. */
  | { readonly kind: 'unknown'; readonly statement: Statement; readonly means: string };

/** True, false, or what is not understood. */
type Matched = boolean | { readonly statement: Statement; readonly means: string };

const REFUSED = { kind: 'refused' } as const;

export class Evaluation {
  readonly #source: Source;
  /** Of all evaluations together: a file can ask for more than anybody would wait for. */
  #steps = 2_000_000;

  constructor(source: Source) {
    this.#source = source;
  }

  /** What `settings`, those of the prefix's family, let out of `network`. */
  outcome(network: SourceNetwork, settings: Settings): Outcome {
    const { prefix } = network;
    const list = inForce(settings.get('prefix-list out'));
    if (list) {
      const known = this.#source.prefixLists[prefix.family].get(list.args[0] ?? '');
      this.#steps -= known?.length ?? 0;
      if (!known || !isPermitted(known, prefix)) return REFUSED;
    }
    const paths = inForce(settings.get('filter-list out'));
    const passed = paths ? this.#passesPathList(paths.args[0] ?? '') : true;
    if (passed !== true) return notPassed(passed);
    const distribute = inForce(settings.get('distribute-list out'));
    if (distribute) {
      const means = 'access-lists are not understood';
      return { kind: 'unknown', statement: distribute.statement, means };
    }
    const start = this.#start(network);
    if (start.kind !== 'sent') return start;
    const map = inForce(settings.get('route-map out'));
    return map ? this.#run(map.args[0] ?? '', network, start.attributes, map.statement) : start;
  }

  /** The route as `network` makes it, before any neighbour is looked at. */
  #start(network: SourceNetwork): Outcome {
    const attributes = originated();
    if (network.routeMap === undefined) return { kind: 'sent', attributes };
    return this.#run(network.routeMap, network, attributes, network.statement);
  }

  #run(
    name: string,
    network: SourceNetwork,
    attributes: OwnRouteAttributes,
    from: Statement,
  ): Outcome {
    for (const entry of this.#source.routeMaps.get(name) ?? []) {
      if (this.#steps-- < 0) {
        const means = 'there is more of it than can be followed';
        return { kind: 'unknown', statement: from, means };
      }
      const matched = this.#matchesAll(entry, network, attributes);
      if (matched === false) continue;
      if (matched !== true) return { kind: 'unknown', ...matched };
      if (!entry.permits) return REFUSED;
      const [jump] = entry.jumps;
      if (jump) {
        const means = 'route-maps that go on elsewhere are not understood';
        return { kind: 'unknown', statement: jump, means };
      }
      return { kind: 'sent', attributes: this.#applied(entry, attributes) };
    }
    // No entry has it, or there is no such map: the daemons refuse either.
    return REFUSED;
  }

  #applied(entry: RouteMapEntry, attributes: OwnRouteAttributes): OwnRouteAttributes {
    return entry.sets.reduce((before, set) => takeSet(before, set, this.#source.asn), attributes);
  }

  /** One that is false makes the rest irrelevant, understood or not. */
  #matchesAll(
    entry: RouteMapEntry,
    network: SourceNetwork,
    attributes: OwnRouteAttributes,
  ): Matched {
    const results = entry.matches.map((match) => this.#matches(match, network, attributes));
    if (results.includes(false)) return false;
    return results.find((result) => result !== true) ?? true;
  }

  #matches(
    statement: Statement,
    { prefix }: SourceNetwork,
    { communities }: OwnRouteAttributes,
  ): Matched {
    const [, what = '', ...args] = statement.words;
    const list = args.at(-1) ?? '';
    if ((what === 'ip' || what === 'ipv6') && args[0] === 'address' && args[1] === 'prefix-list') {
      const family: Family = what === 'ip' ? 'ipv4' : 'ipv6';
      const known = this.#source.prefixLists[family].get(args[2] ?? '');
      this.#steps -= known?.length ?? 0;
      return family === prefix.family && known !== undefined && isPermitted(known, prefix);
    }
    if (what === 'as-path') return this.#passesPathList(list);
    if (what === 'community') return this.#hasCommunities(args, communities, statement);
    // RFC 4271 §5.1.1: `network` originates with IGP, which is what we send too.
    if (what === 'origin') return args[0] === 'igp';
    return { statement, means: 'this condition is not understood' };
  }

  /** Whether a path with nothing in it yet passes. */
  #passesPathList(name: string): Matched {
    for (const entry of this.#source.asPathLists.get(name) ?? []) {
      const matched = matchesEmptyPath(entry.values.join(' '));
      if (matched === undefined) {
        return { statement: entry.statement, means: 'this regular expression is not understood' };
      }
      if (matched) return entry.permits;
    }
    return false;
  }

  #hasCommunities(
    [name = '', exact]: readonly string[],
    communities: ReadonlySet<string>,
    statement: Statement,
  ): Matched {
    const list = this.#source.communityLists.get(name);
    if (!list || exact !== undefined) {
      return { statement, means: 'this condition on communities is not understood' };
    }
    return list.find((entry) => hasAll(entry, communities))?.permits ?? false;
  }
}

/** The setting, unless it is missing or taken back with `no`. */
export function inForce(setting: Setting | undefined): Setting | undefined {
  return setting?.statement.negated === false ? setting : undefined;
}

function notPassed(passed: Exclude<Matched, true>): Outcome {
  return passed === false ? REFUSED : { kind: 'unknown', ...passed };
}

function hasAll({ values }: TextEntry, communities: ReadonlySet<string>): boolean {
  return values.every((value) => {
    const text = communityText(value);
    return value === 'internet' || (text !== undefined && communities.has(text));
  });
}

/**
 * Whether a regular expression matches the empty path, by its shape: running one of an unknown hand
 * can take for ever. Undefined: not one of the usual shapes.
 */
function matchesEmptyPath(regex: string): boolean | undefined {
  if (/^\^?(\.\*|\[0-9\]\*|_)?\$?$/.test(regex)) return true;
  // Our own number any number of times, as in `^(64500_)*$`.
  if (/^\^\(_?\d{1,10}_?\)\*\$$/.test(regex)) return true;
  // It begins with a number that must be there.
  if (/^[\^_]*\(?\d{1,10}(?![*?\d])[^|*?]*$/.test(regex)) return false;
  return /^\.\+$|^\^?\[0-9\]\+/.test(regex) && !regex.includes('|') ? false : undefined;
}
