/** One look at what is held of one neighbour's routes. */

import type { TableSample } from '../announcer/tableSigns.ts';
import { addressFromOctets } from '../net/address.ts';
import { addressOctets, type Family } from '../net/family.ts';
import { type Prefix, prefixOf } from '../net/prefix.ts';
import type { Rib } from '../rib/rib.ts';
import type { PeerIndex } from '../rib/ribIn.ts';

interface Sampled {
  readonly at: number;
  readonly sessionSince: number | undefined;
  readonly families: readonly Family[];
  readonly canaries: readonly Prefix[];
  /** Undefined: nothing has been learned yet. */
  readonly rib: Pick<Rib, 'counts' | 'reader' | 'isRefreshing'> | undefined;
  readonly peer: PeerIndex | undefined;
}

export function tableSample(sampled: Sampled): TableSample {
  const { at, sessionSince, families, canaries, rib, peer } = sampled;
  if (!rib || peer === undefined) {
    return { at, sessionSince, size: 0, hasDefault: false, canaries: 0 };
  }
  const sends = (prefix: Prefix): boolean => {
    const paths = rib.reader.route(prefix)?.paths ?? [];
    // What is only kept of it over a restart, it does not send; but what it is about to send again
    // (RFC 7313 §4) it does.
    const isRefreshing = rib.isRefreshing(peer, prefix.family);
    return paths.some((path) => path.peer === peer && (isRefreshing || !path.stale));
  };
  return {
    at,
    sessionSince,
    size: families.reduce((sum, family) => sum + rib.counts(peer, family).received, 0),
    hasDefault: families.some((family) => sends(defaultRoute(family))),
    canaries: canaries.filter(sends).length,
  };
}

function defaultRoute(family: Family): Prefix {
  return prefixOf(addressFromOctets(new Uint8Array(addressOctets(family))), 0);
}
