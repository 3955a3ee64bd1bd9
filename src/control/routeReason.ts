/**
 * Why a path is not the best one, or was refused, in the words of an operator and with the figures
 * that decided (RFC 4271 §9.1.2.2). Which step it was is the RIB's to say: see `rib/explain.ts`.
 */

import { formatIdentifier } from '../net/address.ts';
import { reasonText } from '../policy/importReason.ts';
import type { LostAt } from '../rib/explain.ts';
import type { PathView } from '../rib/routeReader.ts';
import { AttributeCode } from '../wire/constants.ts';
import type { PathAttributes } from './pathAttributes.ts';

export interface RouteReason {
  /** For scripts: the step of the decision process, why it was refused, or `leaving`. */
  readonly code: string;
  /** For people. */
  readonly text: string;
  /** The neighbour whose path it lost to; null: it lost to none. */
  readonly against: string | null;
}

/** A path with its attributes read. */
export interface Contender {
  readonly neighbour: string;
  readonly path: PathView;
  readonly attributes: PathAttributes;
}

export const LEAVING: RouteReason = {
  code: 'leaving',
  text: 'its session is down, and it is being taken away',
  against: null,
};

/** What each step compares: the words for the worse of two, and the figure, if there is one. */
const STEPS: Readonly<
  Record<LostAt, { words: string; figure?: (of: Contender) => string | number }>
> = {
  'llgr-stale': { words: 'long-lived stale (RFC 9494)' },
  'local-pref': { words: 'lower LOCAL_PREF', figure: ({ path }) => path.preference },
  'as-path-length': { words: 'longer AS_PATH', figure: ({ attributes }) => hops(attributes) },
  origin: { words: 'worse ORIGIN', figure: ({ attributes }) => attributes.origin ?? 'none' },
  // RFC 4271 §9.1.2.2(c): a path without one counts as 0.
  med: { words: 'higher MED', figure: ({ attributes }) => attributes.med ?? 0 },
  external: { words: 'learned inside our AS' },
  'next-hop-cost': { words: 'farther next hop', figure: ({ path }) => path.owner.nextHopCost },
  'bgp-identifier': { words: 'higher BGP identifier', figure: identifier },
  'cluster-list-length': { words: 'longer CLUSTER_LIST', figure: clusters },
  'neighbour-address': {
    words: 'higher neighbour address',
    figure: ({ path }) => path.owner.address.text,
  },
  'path-id': { words: 'higher path identifier', figure: ({ path }) => path.pathId ?? 0 },
};

/** `longer AS_PATH (4 against 3 of transit-b)`. */
export function lostReason(at: LostAt, loser: Contender, winner: Contender): RouteReason {
  const { words, figure } = STEPS[at];
  const against = winner.neighbour;
  const compared = figure
    ? `${figure(loser)} against ${figure(winner)} of ${against}`
    : `that of ${against} is not`;
  const cause = at === 'local-pref' && isShutDown(loser) ? ': GRACEFUL_SHUTDOWN (RFC 8326)' : '';
  return { code: at, text: `${words} (${compared})${cause}`, against };
}

export function refusedReason(path: Parameters<typeof reasonText>[0]): RouteReason {
  return { ...reasonText(path), against: null };
}

/** RFC 4271 §9.1.2.2(a): a set counts as 1; RFC 5065 §5.3: confederation segments as nothing. */
function hops({ asPath }: PathAttributes): number {
  return asPath.filter((element) => typeof element === 'number' || 'set' in element).length;
}

/** RFC 8326 §4.3: the preference of an external route is lowered for it. */
function isShutDown({ path, attributes }: Contender): boolean {
  return !path.owner.internal && attributes.communities.includes('graceful-shutdown');
}

/** RFC 4456 §9: ORIGINATOR_ID stands for the identifier of the neighbour. */
function identifier({ path, attributes }: Contender): string {
  const originator = attributes.attributes.find(({ code }) => code === AttributeCode.originatorId);
  if (typeof originator?.value === 'string') return originator.value;
  return formatIdentifier(path.owner.bgpIdentifier);
}

function clusters({ attributes }: Contender): number {
  const list = attributes.attributes.find(({ code }) => code === AttributeCode.clusterList);
  return Array.isArray(list?.value) ? list.value.length : 0;
}
