/** What is told of monitoring stations. Times are milliseconds since the epoch. */

export type StationEvent =
  | { readonly type: 'StationUp'; readonly at: number; readonly station: string }
  /** One that was not up is told of once for each cause, until it is. */
  | {
      readonly type: 'StationDown';
      readonly at: number;
      readonly station: string;
      readonly cause: string;
      readonly wasUp: boolean;
    };

export interface StationReport {
  /** `ADDRESS:PORT`, an IPv6 address in brackets. */
  readonly station: string;
  readonly state: 'up' | 'connecting' | 'waiting';
  /** Of the state, ms since the epoch. */
  readonly since: number;
  /** What the last connection ended with, or why there was none; undefined: nothing yet. */
  readonly lastFault: string | undefined;
  /** Octets handed to the kernel since the daemon started. */
  readonly sent: number;
  /** Octets that it has not read yet, as far as we hold them. */
  readonly unsent: number;
}
