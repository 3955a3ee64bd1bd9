/** What the link watcher reports. Times are milliseconds since the epoch. */

import type { LinkFact } from './link.ts';

export type LinkEvent =
  | { readonly type: 'LinkChanged'; readonly link: LinkFact }
  /** It is no longer watched: what was told of it must not be believed any more. */
  | { readonly type: 'LinkForgotten'; readonly at: number; readonly interface: string }
  /** Addresses, or routes to neighbours, changed: derived interfaces must be looked up again. */
  | { readonly type: 'AddressesChanged'; readonly at: number }
  /** The kernel's reports stopped coming; until they are back, links are looked at once a second. */
  | { readonly type: 'WatcherFailed'; readonly at: number; readonly cause: string }
  /** They are back, and every link has been looked at anew. */
  | { readonly type: 'WatcherRecovered'; readonly at: number };
