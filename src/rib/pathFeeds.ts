/** All who follow the paths of a table, each at its own pace. Nobody does: the table tells nobody. */

import { PathFeed } from './pathFeed.ts';
import type { PathObserver, RouteTable, Store } from './routeTable.ts';

export class PathFeeds implements PathObserver {
  readonly #table: RouteTable;
  readonly #feeds = new Set<PathFeed>();

  constructor(table: RouteTable) {
    this.#table = table;
  }

  /** As `PathFeed` has it. */
  open(wake: () => void): PathFeed {
    const feed = new PathFeed(this.#table, wake);
    this.#feeds.add(feed);
    this.#table.observer = this;
    return feed;
  }

  close(feed: PathFeed): void {
    this.#feeds.delete(feed);
    if (this.#feeds.size === 0) this.#table.observer = undefined;
  }

  pathChanged(store: Store, column: number, old: number, path: number): void {
    for (const feed of this.#feeds) feed.pathChanged(store, column, old, path);
  }
}
