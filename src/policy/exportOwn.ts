/**
 * Export policy for our own prefixes: the path attributes that one of them gets at a neighbour, in
 * plain words of the file (`prefer`) or in numbers of it (`prepend`, `med`, `communities`).
 */

import { catalogueEntry, codeOf } from '../config/communityCatalogue.ts';
import type { Neighbour, PrefixConfig } from '../config/config.ts';
import {
  type Communities,
  collectCommunities,
  mergeCommunities,
  NO_COMMUNITIES,
  WELL_KNOWN,
} from '../net/community.ts';
import type { RouteTerms } from '../rib/ownRoute.ts';

/**
 * `normal`: as the file has it. `lowered`: still there, but whoever has another way is to take it,
 * since the service behind it fails, or is about to be withdrawn.
 */
export type Standing = 'normal' | 'lowered';

/** Of our AS in the path of a route that is to be used last: few paths differ by more. */
const BACKUP_PREPEND = 3;
/** Behind those: else a primary that is lowered and a backup would be equal where only lengths count. */
const LOWERED_PREPEND = 5;

const GRACEFUL_SHUTDOWN = wellKnown('graceful-shutdown');

export function exportOwn(
  own: Pick<PrefixConfig, 'communities'>,
  neighbour: Neighbour,
  standing: Standing = 'normal',
): RouteTerms {
  const communities = mergeCommunities(neighbour.communities, own.communities);
  const terms = { prepend: neighbour.prepend, med: neighbour.med, communities };
  if (standing === 'lowered') return lowered(terms, neighbour);
  const backup = neighbour.kind === 'upstream' && neighbour.prefer === 'backup';
  return backup ? backedUp(terms, neighbour, BACKUP_PREPEND) : terms;
}

/** Who discards traffic to a prefix on request, and how it is asked; undefined: not known. */
export function exportBlackhole(neighbour: Neighbour): RouteTerms | undefined {
  const entry = neighbour.kind === 'upstream' ? catalogueEntry(neighbour) : undefined;
  if (entry?.blackhole === undefined) return undefined;
  // RFC 7999 §3.2: it is not to spread.
  const communities = mergeCommunities(codeOf(entry, entry.blackhole), wellKnown('no-export'));
  return { prepend: 0, med: undefined, communities };
}

/** RFC 8326 §4.2, for those who know it; the network's own code or a longer path for the others. */
function lowered(terms: RouteTerms, neighbour: Neighbour): RouteTerms {
  const backup = backedUp(terms, neighbour, LOWERED_PREPEND);
  return { ...backup, communities: mergeCommunities(backup.communities, GRACEFUL_SHUTDOWN) };
}

/** A prepend that the file spells out stands for whatever would be chosen here. */
function backedUp(terms: RouteTerms, neighbour: Neighbour, prepend: number): RouteTerms {
  // RFC 4271 §5.1.2: within our AS nothing is prepended.
  if (terms.prepend > 0 || neighbour.kind === 'internal') return terms;
  const code = backupCode(neighbour);
  if (code === NO_COMMUNITIES) return { ...terms, prepend };
  return { ...terms, communities: mergeCommunities(terms.communities, code) };
}

function backupCode(neighbour: Neighbour): Communities {
  const entry = neighbour.kind === 'upstream' ? catalogueEntry(neighbour) : undefined;
  return entry?.backup === undefined ? NO_COMMUNITIES : codeOf(entry, entry.backup);
}

function wellKnown(name: string): Communities {
  const value = WELL_KNOWN.get(name);
  if (value === undefined) throw new Error(`${name} is no well-known community`);
  return collectCommunities([{ kind: 'standard', value }]);
}
