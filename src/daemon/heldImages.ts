/** Our routes at each neighbour, as a record begins with them. */

import type { HeldImage } from '../record/line.ts';
import type { HeldRoutes } from '../session/outflow.ts';

export function heldImages(held: ReadonlyMap<string, HeldRoutes>): ReadonlyMap<string, HeldImage> {
  return new Map([...held].map(([name, routes]) => [name, heldImage(routes)]));
}

function heldImage({ outlet, routes }: HeldRoutes): HeldImage {
  return {
    outlet,
    routes: routes.map(({ prefixes, terms, key }) => {
      return { prefixes: prefixes.texts, terms, again: key === undefined };
    }),
  };
}
