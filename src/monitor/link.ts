/** Links and paths as facts. Times are milliseconds since the epoch. */

/** The state of one network interface. */
export interface LinkFact {
  readonly interface: string;
  readonly state: 'up' | 'down';
  /** Why it is down, in the kernel's terms; `up` has none. `simulated`: the demo's relay. */
  readonly cause: 'up' | 'no-carrier' | 'admin-down' | 'absent' | 'simulated';
  readonly since: number;
}

/** The interface through which a neighbour is reached. */
export interface PathFact {
  readonly interface: string | undefined;
  /** `configured` in the file, `derived` from the connected route, `none`: no connected route. */
  readonly origin: 'configured' | 'derived' | 'none';
}
