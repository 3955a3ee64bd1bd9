/** Keeps the neighbours' paths found, and the links on them watched. One search at a time. */

import { type Config, neighboursOf } from '../config/config.ts';
import type { LinkWatcher } from '../monitor/linkWatcher.ts';
import { derivePaths, type Kernel, type Paths, routedNeighbours } from './paths.ts';

export interface PathFinderOptions {
  readonly links: Pick<LinkWatcher, 'watch' | 'watchRoutes'>;
  /** The paths of the neighbours that the file leaves open; told for every search. */
  readonly onFound: (paths: Paths) => void;
  readonly kernel?: Kernel;
}

export class PathFinder {
  readonly #options: PathFinderOptions;
  #found: Paths = new Map();
  /** The configuration of the next search; undefined: none is asked for. */
  #next: Config | undefined;
  #searching: Promise<void> | undefined;
  /** What the last search, or the one that goes on, was asked about. */
  #asked = '';

  constructor(options: PathFinderOptions) {
    this.#options = options;
  }

  /**
   * Finds them, anew after changes. Resolves when they have been told, and the state of their
   * links too once the watcher is running. Never rejects.
   */
  find(config: Config): Promise<void> {
    this.#next = config;
    this.#searching ??= this.#search();
    return this.#searching;
  }

  /**
   * The same for another configuration, unless it asks about nothing else: each search starts programs,
   * and a process as large as one with full tables stands still for milliseconds when it starts one.
   * What changes in the kernel meanwhile, the watcher tells.
   */
  follow(config: Config): Promise<void> {
    return questionOf(config) === this.#asked ? Promise.resolve() : this.find(config);
  }

  async #search(): Promise<void> {
    const { links, onFound, kernel } = this.#options;
    for (let config = this.#next; config; config = this.#next) {
      this.#next = undefined;
      this.#asked = questionOf(config);
      links.watchRoutes(routedNeighbours(config));
      // The file's own interfaces need not wait for the lookups.
      const watching = links.watch(interfacesOf(config, this.#found));
      this.#found = await derivePaths(config, this.#found, kernel);
      onFound(this.#found);
      await watching;
      await links.watch(interfacesOf(config, this.#found));
    }
    this.#searching = undefined;
  }
}

/** All that a search asks, and whom it tells. */
function questionOf(config: Config): string {
  const neighbours = neighboursOf(config).map(
    ({ name, address, multihop, interface: configured }) => [
      ...[name, address.text, multihop, configured],
    ],
  );
  return JSON.stringify([neighbours, [...interfacesOf(config, new Map())]]);
}

/** Every interface that a neighbour is reached through, or that a check looks at. */
function interfacesOf(config: Config, found: Paths): ReadonlySet<string> {
  const names = neighboursOf(config).map(
    ({ name, interface: configured }) => configured ?? found.get(name)?.interface,
  );
  const checked = config.checks.map(({ probe }) =>
    probe.kind === 'link' ? probe.interface : undefined,
  );
  return new Set([...names, ...checked].filter((name) => name !== undefined));
}
