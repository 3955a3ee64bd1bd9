/** What the main thread and the installing one say to each other. */

import type { Family } from '../net/family.ts';

/** RT_TABLE_MAIN. */
export const MAIN = 254;

/**
 * Of routes that the installer puts in; `route.ts` has the other number. Among iproute2's names there
 * is none for it.
 */
export const FULL_PROTOCOL = 180;

/**
 * Words of a row in a `rows` message:
 *
 *   hop (24) | length (8)   address, four words; of IPv4 the first alone counts
 */
export const ROW_WORDS = 5;
/** Set in the hop of a row that is IPv6. */
export const IPV6_ROW = 1 << 22;
/** Rows in a message. */
export const ROWS = 2048;
/** Messages with rows that may be on their way: so much is known of a change, and not written yet. */
export const WINDOW = 4;

/** Where routes are led that refer to a hop of this number. */
export interface HopTarget {
  /** From 1 on. */
  readonly hop: number;
  readonly family: Family;
  readonly gateway: Uint8Array;
  /** The interface; undefined: it is not known yet, and routes wait for it. */
  readonly device: string | undefined;
}

export interface InstallTerms {
  readonly table: number;
  readonly metric: number;
}

export type ToInstaller =
  /** The first one, and no other before it is answered. */
  | ({ readonly type: 'open' } & InstallTerms)
  /** All that there are. */
  | { readonly type: 'hops'; readonly targets: readonly HopTarget[] }
  /** The last of several for the same prefix counts; hop 0: it is to have no route. */
  | { readonly type: 'rows'; readonly rows: Int32Array<ArrayBuffer>; readonly count: number }
  /** What was said before is to be said again; until `settle` nothing goes. */
  | { readonly type: 'begin' }
  /** All has been said: what nobody said goes. */
  | { readonly type: 'settle' }
  /** The kernel may have dropped something. */
  | { readonly type: 'look' }
  | { readonly type: 'stop'; readonly remove: boolean };

/** How things stand. */
export interface InstallCounts {
  readonly installed: Readonly<Record<Family, number>>;
  /** Not as they are to be, and not refused: prefixes. */
  readonly pending: number;
  /** Refused by the kernel: prefixes. */
  readonly failed: Readonly<Record<Family, number>>;
  /** Requests that the kernel has carried out, and refused, since the start. */
  readonly done: number;
  readonly refused: number;
}

export type FromInstaller =
  /** What is there has been read. */
  | { readonly type: 'ready'; readonly leftover: number }
  /** The rows are known; their memory is given back. */
  | { readonly type: 'taken'; readonly rows: Int32Array<ArrayBuffer> }
  | { readonly type: 'counts'; readonly counts: InstallCounts }
  /** Told once a cause, until it is over. */
  | { readonly type: 'failed'; readonly cause: string };
