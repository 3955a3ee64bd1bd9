/** Somebody who is told of best paths as export groups are, and is no neighbour. */

import type { Rib } from '../rib/rib.ts';
import type { RouteChange } from '../rib/routeTable.ts';

export interface BestPathFollower {
  /**
   * From now on it is this table that is followed, from its first prefix on. `wake`: there is
   * something for `work` to do that was not there before.
   */
  begin(rib: Rib, wake: () => void): void;
  /** The prefix has another best path, or none. The same object comes every time. */
  changed(change: Readonly<RouteChange>): void;
  /** Looks at about `budget` prefixes; true: there is more that can be done now. */
  work(budget: number): boolean;
}
