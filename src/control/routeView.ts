/**
 * One prefix with its paths as JSON: a line of `GET /v1/routes`, and of `show routes --json`. Every
 * key is always there; what does not exist is null. See docs/control.md.
 */

import type { Family } from '../net/family.ts';
import type { PathStanding } from '../rib/explain.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { RouteView as HeldRoute, PathView } from '../rib/routeReader.ts';
import { type PathAttributes, PathAttributesReader } from './pathAttributes.ts';
import { LEAVING, lostReason, type RouteReason, refusedReason } from './routeReason.ts';

export interface RouteView {
  readonly prefix: string;
  readonly family: Family;
  /** The best one first, then those that were accepted, then the others. */
  readonly paths: readonly RoutePathView[];
}

export interface RoutePathView extends PathAttributes {
  readonly neighbour: string;
  /** RFC 7911; null: the neighbour sends none. */
  readonly pathId: number | null;
  readonly state: PathState;
  /** Why it is not the best one; null: it is. */
  readonly reason: RouteReason | null;
  /** Degree of preference: LOCAL_PREF of internal neighbours, else 100, or 0 by RFC 8326. */
  readonly localPref: number;
  /** The AS that ONLY_TO_CUSTOMER names, received or added (RFC 9234 §5); null: there is none. */
  readonly onlyToCustomer: number | null;
  /** Not announced again since the session, or a refresh, began anew. */
  readonly stale: boolean;
  /** RFC 9494. */
  readonly llgrStale: boolean;
}

export const PATH_STATES = ['best', 'accepted', 'refused', 'leaving'] as const;
/** `leaving`: the session is down, and the path is about to be taken away. */
export type PathState = (typeof PATH_STATES)[number];

const STATE_OF: Readonly<Record<PathStanding['kind'], PathState>> = {
  best: 'best',
  lost: 'accepted',
  refused: 'refused',
  leaving: 'leaving',
};

export function pathState({ standing }: PathView): PathState {
  return STATE_OF[standing.kind];
}

/** Makes views of routes, one after the other. */
export class RouteViewer {
  readonly #nameOf: (peer: PeerIndex) => string;
  readonly #attributes = new PathAttributesReader();

  constructor(nameOf: (peer: PeerIndex) => string) {
    this.#nameOf = nameOf;
  }

  nameOf({ peer }: PathView): string {
    return this.#nameOf(peer);
  }

  /** `chosen`: those of its paths that are to be shown. */
  view(route: HeldRoute, chosen: readonly PathView[]): RouteView {
    const paths = chosen.map((path) => this.#pathView(route, path));
    const rank = ({ state }: RoutePathView) => PATH_STATES.indexOf(state);
    const { text: prefix, family } = route.prefix;
    return { prefix, family, paths: paths.sort((a, b) => rank(a) - rank(b)) };
  }

  #pathView(route: HeldRoute, path: PathView): RoutePathView {
    const attributes = this.#attributes.read(path);
    return {
      neighbour: this.nameOf(path),
      pathId: path.pathId ?? null,
      state: pathState(path),
      reason: this.#reason(route, path, attributes),
      localPref: path.preference,
      ...attributes,
      onlyToCustomer: path.onlyToCustomer || null,
      stale: path.stale,
      llgrStale: path.llgrStale,
    };
  }

  #reason(route: HeldRoute, path: PathView, attributes: PathAttributes): RouteReason | null {
    const { standing } = path;
    switch (standing.kind) {
      case 'best':
        return null;
      case 'leaving':
        return LEAVING;
      case 'refused':
        return refusedReason(standing.reason);
      case 'lost': {
        const winner = route.paths.find(({ column }) => column === standing.to);
        if (!winner) throw new Error('a path lost to one that is not there');
        return lostReason(
          standing.at,
          { neighbour: this.nameOf(path), path, attributes },
          {
            neighbour: this.nameOf(winner),
            path: winner,
            attributes: this.#attributes.read(winner),
          },
        );
      }
    }
  }
}
