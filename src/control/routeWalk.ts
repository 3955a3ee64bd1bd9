/**
 * Goes over the RIB for whoever asked, a prefix a step: it holds nothing of the table between two
 * steps, so that the table may change and the reader take its time.
 */

import { maxLength, prefixOf } from '../net/prefix.ts';
import type { RouteView as HeldRoute, PathView, RouteReader } from '../rib/routeReader.ts';
import type { RouteQuery, RouteState } from './routeQuery.ts';
import { type PathState, pathState, type RouteView, type RouteViewer } from './routeView.ts';

/** What a walk reads. */
export type RouteSource = Pick<RouteReader, 'route' | 'covering' | 'coveredBy' | 'all'>;

const STATES: Readonly<Record<RouteState, readonly PathState[]>> = {
  best: ['best'],
  accepted: ['best', 'accepted'],
  refused: ['refused'],
};

/** Undefined: a prefix was looked at that is not asked for; the walk may pause there, too. */
export function* walkRoutes(
  reader: RouteSource,
  query: RouteQuery,
  viewer: RouteViewer,
): Generator<RouteView | undefined> {
  const { neighbour, state, limit = Number.POSITIVE_INFINITY } = query;
  const states = state && STATES[state];
  const isChosen = (path: PathView) =>
    (states === undefined || states.includes(pathState(path))) &&
    (neighbour === undefined || viewer.nameOf(path) === neighbour);
  let count = 0;
  for (const route of routesIn(reader, query, isChosen)) {
    const chosen = route.paths.filter(isChosen);
    yield chosen.length > 0 ? viewer.view(route, chosen) : undefined;
    if (chosen.length > 0 && ++count >= limit) return;
  }
}

function* routesIn(
  reader: RouteSource,
  { scope, state }: RouteQuery,
  isChosen: (path: PathView) => boolean,
): Generator<HeldRoute> {
  switch (scope.kind) {
    case 'exact': {
      const route = reader.route(scope.prefix);
      if (route) yield route;
      return;
    }
    case 'covered':
      yield* reader.coveredBy(scope.prefix);
      return;
    case 'covering':
      yield* reader.covering(scope.prefix);
      return;
    case 'match': {
      // Traffic follows no path that was refused, unless it is those that are asked about.
      const states = STATES[state === 'refused' ? 'refused' : 'accepted'];
      const host = prefixOf(scope.address, maxLength(scope.address.family));
      for (const route of reader.covering(host)) {
        if (!route.paths.some((path) => isChosen(path) && states.includes(pathState(path))))
          continue;
        yield route;
        return;
      }
      return;
    }
    case 'all':
      for (const family of scope.families) yield* reader.all(family);
  }
}
