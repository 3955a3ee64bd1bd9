/** Routes of our own, as they are to be sent to one neighbour. */

import type { OwnPrefix } from '../config/config.ts';
import { type Communities, formatCommunities } from '../net/community.ts';
import type { PrefixList } from './prefixList.ts';

/**
 * Everything about a route that depends neither on its prefix nor on the session (whose local address
 * becomes the next hop, whose AS number form becomes the path's).
 */
export interface RouteTerms {
  /** Extra copies of our AS in AS_PATH. */
  readonly prepend: number;
  readonly med: number | undefined;
  readonly communities: Communities;
}

/** One route. Its prefix can only come from the file: see OwnPrefix. */
export interface OwnRoute extends RouteTerms {
  readonly prefix: OwnPrefix;
}

/** Routes that differ in their prefixes alone. */
export interface OwnRoutes {
  readonly prefixes: PrefixList;
  readonly terms: RouteTerms;
}

/** Equal for two terms exactly when the path attributes are that come of them. */
export function termsKey({ prepend, med, communities }: RouteTerms): string {
  return `${prepend} ${med ?? '-'} ${formatCommunities(communities).join(' ')}`;
}
