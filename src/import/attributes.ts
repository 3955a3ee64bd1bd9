/** The attributes of an own route on its way through a route-map, and what each `set` does to them. */

import { type Asn, parseAsn } from '../net/asn.ts';
import { collectCommunities, formatCommunities, parseCommunity } from '../net/community.ts';
import type { Family } from '../net/family.ts';
import { parseAddress } from '../net/text.ts';
import type { Statement } from './statement.ts';

export interface OwnRouteAttributes {
  /** Our AS number beyond the once that every path to another AS has. */
  readonly prepend: number;
  readonly med: number | undefined;
  /** As the file writes them. */
  readonly communities: ReadonlySet<string>;
  readonly nextHop: Readonly<Record<Family, string | undefined>>;
  /** What was not taken, and what that means. */
  readonly losses: readonly { readonly statement: Statement; readonly means: string }[];
  /** Where the attributes that differ between prefixes come from. */
  readonly origins: Readonly<Partial<Record<'prepend' | 'med' | 'communities', Statement>>>;
}

export function originated(): OwnRouteAttributes {
  return {
    prepend: 0,
    med: undefined,
    communities: new Set(),
    nextHop: { ipv4: undefined, ipv6: undefined },
    losses: [],
    origins: {},
  };
}

/** `ours`: our AS number. */
export function takeSet(
  before: OwnRouteAttributes,
  statement: Statement,
  ours: Asn,
): OwnRouteAttributes {
  const [, what = '', ...args] = statement.words;
  switch (what) {
    case 'as-path':
      return takePrepend(before, statement, args, ours);
    case 'metric':
      return takeMed(before, statement, args);
    case 'community':
    case 'large-community':
    case 'extcommunity':
      return takeCommunities(before, statement, what, args);
    case 'ip':
    case 'ipv6':
      return takeNextHop(before, statement, args);
    case 'local-preference': // RFC 4271 §5.1.5: never sent to another AS
    case 'weight':
      return before;
    case 'origin':
      return args[0] === 'igp' ? before : lost(before, statement, 'ORIGIN is always IGP');
  }
  return lost(before, statement, 'routes are sent without it');
}

/** The most that the file takes. */
const MAX_PREPEND = 16;

function takePrepend(
  before: OwnRouteAttributes,
  statement: Statement,
  [verb, ...numbers]: readonly string[],
  ours: Asn,
): OwnRouteAttributes {
  const own = numbers.filter((number) => parseAsn(number) === ours).length;
  if (verb !== 'prepend' || own < numbers.length) {
    const means =
      'only our own AS number is put into the path: routes are sent without this, and are more attractive than they were';
    return lost(before, statement, means);
  }
  const prepend = before.prepend + own;
  const taken = { ...before, prepend: Math.min(prepend, MAX_PREPEND) };
  const after = { ...taken, origins: { ...before.origins, prepend: statement } };
  if (prepend <= MAX_PREPEND) return after;
  return lost(after, statement, `at most ${MAX_PREPEND} prepends are sent`);
}

function takeMed(
  before: OwnRouteAttributes,
  statement: Statement,
  [text = '']: readonly string[],
): OwnRouteAttributes {
  const med = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(med <= 0xffff_ffff)) return lost(before, statement, 'MED is a fixed number, or none');
  return { ...before, med, origins: { ...before.origins, med: statement } };
}

function takeCommunities(
  before: OwnRouteAttributes,
  statement: Statement,
  what: keyof typeof KINDS,
  args: readonly string[],
): OwnRouteAttributes {
  const words = args.filter((word) => word !== 'additive');
  const extended = what === 'extcommunity';
  const values = extended
    ? words.slice(1).map((word) => `${EXTENDED[words[0] ?? '']}:${word}`)
    : words;
  const wanted = values.length === 1 && values[0] === 'none' ? [] : values;
  const good = wanted
    .map(communityText)
    .filter((text) => text !== undefined)
    .filter((text) => kindOf(text) === KINDS[what]);
  // Extended communities are always added to those that are there.
  const adds = extended || args.includes('additive');
  const kept = [...before.communities].filter((text) => adds || kindOf(text) !== KINDS[what]);
  const after = {
    ...before,
    communities: new Set([...kept, ...good]),
    origins: { ...before.origins, communities: statement },
  };
  if (good.length === wanted.length) return after;
  return lost(after, statement, 'not all of these communities are understood: the rest is sent');
}

const KINDS = {
  community: 'standard',
  'large-community': 'large',
  extcommunity: 'extended',
} as const;

/** The daemons' words for the two kinds that are known. */
const EXTENDED: Readonly<Record<string, string>> = { rt: 'rt', soo: 'ro' };

/** What the daemons call IANA's names otherwise. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['local-AS', 'no-export-subconfed'],
  ['local-as', 'no-export-subconfed'],
]);

/** As the file writes it; undefined: not a community. */
export function communityText(text: string): string | undefined {
  const community = parseCommunity(NAMES.get(text) ?? text);
  return community && formatCommunities(collectCommunities([community]))[0];
}

function kindOf(text: string) {
  return parseCommunity(text)?.kind;
}

/** `ip next-hop A`, `ipv6 next-hop global A`. */
function takeNextHop(
  before: OwnRouteAttributes,
  statement: Statement,
  args: readonly string[],
): OwnRouteAttributes {
  const address = parseAddress(args.at(-1) ?? '');
  if (args[0] !== 'next-hop' || !address || args.includes('local')) {
    return lost(before, statement, 'the next hop is an address of ours, fixed for all routes');
  }
  return { ...before, nextHop: { ...before.nextHop, [address.family]: address.text } };
}

function lost(before: OwnRouteAttributes, statement: Statement, means: string): OwnRouteAttributes {
  return { ...before, losses: [...before.losses, { statement, means }] };
}
