/** What becomes of our routes in the kernel. Times are milliseconds since the epoch. */

export type KernelEvent =
  /** Routes in words, as `default via 198.51.100.1 dev eth1 metric 20`. */
  | {
      readonly type: 'KernelRoutesChanged';
      readonly at: number;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** Some are not as they should be, for this; told again when it changes. */
  | { readonly type: 'KernelFailed'; readonly at: number; readonly cause: string }
  /** So many of a full table were there at the start, of a run before us. */
  | { readonly type: 'KernelLeftovers'; readonly at: number; readonly routes: number }
  /** What the file wants at the start is there, or cannot be. */
  | { readonly type: 'KernelSettled'; readonly at: number };
