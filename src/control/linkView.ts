/** A watched link as JSON: what `GET /v1/links` and `show links --json` give. See docs/control.md. */

import type { LinkFact, PathFact } from '../monitor/link.ts';
import { isoTime } from './isoTime.ts';
import type { ControlPort } from './port.ts';

export interface LinkView {
  readonly interface: string;
  /** Null: not looked at yet. */
  readonly state: LinkFact['state'] | null;
  readonly cause: LinkFact['cause'] | null;
  /** When it was first seen so. */
  readonly since: string | null;
  /** The neighbours that are reached through it, in the file's order. */
  readonly neighbours: readonly {
    readonly name: string;
    readonly origin: PathFact['origin'];
  }[];
}

/** `GET /v1/links`. */
export interface LinksView {
  readonly links: readonly LinkView[];
  /** Neighbours whose interface is not known: only timers protect their sessions. */
  readonly unprotected: readonly string[];
}

export function linksView(port: ControlPort): LinksView {
  const byName = new Map<string, { link: LinkFact | undefined; neighbours: Neighbours }>();
  const unprotected: string[] = [];
  for (const { session, path, link } of port.upstreams()) {
    if (path?.interface === undefined) {
      unprotected.push(session.name);
      continue;
    }
    const known = byName.get(path.interface) ?? { link, neighbours: [] };
    known.neighbours.push({ name: session.name, origin: path.origin });
    byName.set(path.interface, known);
  }
  const links = [...byName].map(([name, { link, neighbours }]) => ({
    interface: name,
    state: link?.state ?? null,
    cause: link?.cause ?? null,
    since: isoTime(link?.since),
    neighbours,
  }));
  return { links, unprotected };
}

type Neighbours = { name: string; origin: PathFact['origin'] }[];
