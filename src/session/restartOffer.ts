/** What our OPEN says of restarts (RFC 4724 §3, RFC 8538 §2, RFC 9494 §3.1). */

import type { Neighbour } from '../config/config.ts';
import { afiSafiOf } from '../net/family.ts';
import type { Capability } from '../wire/capability.ts';

/** We were up before this process was, and neighbours may still hold what that one sent. */
export interface Restarted {
  /** Packets were forwarded all the while: the machine has been up since. */
  readonly forwarding: boolean;
}

/** Seconds that neighbours are asked to keep our routes for: time for a process to start, no more. */
export const RESTART_TIME = 30;

export function restartCapabilities(
  { gracefulRestart, longLivedStaleTime, families }: Neighbour,
  restarted: Restarted | undefined,
): readonly Capability[] {
  if (gracefulRestart === 'none') return [];
  const restarts = gracefulRestart === 'both';
  const entries = (restarts ? families : []).map((family) => ({
    ...afiSafiOf(family),
    // What forwards is the kernel: the end of this process changes nothing of that.
    forwarding: restarted?.forwarding ?? true,
  }));
  const offered: Capability = {
    kind: 'gracefulRestart',
    restarting: restarts && restarted !== undefined,
    notification: true,
    // RFC 4724 §3: without a family the time has no meaning.
    restartTime: restarts ? RESTART_TIME : 0,
    entries,
  };
  if (longLivedStaleTime === undefined) return [offered];
  const staleEntries = entries.map((entry) => ({ ...entry, staleTime: longLivedStaleTime }));
  return [offered, { kind: 'longLivedGracefulRestart', entries: staleEntries }];
}
