/**
 * What the kernel's own words say of an interface: the flags that `ip` prints, the files of sysfs.
 * An interface is up only when it is set up, has carrier, and is past what an operational state
 * may still be waiting for (802.1X, a lower link); all else is down, for a cause.
 */

import type { LinkFact } from './link.ts';

/** Everything but what only the demo says. */
export type KernelCause = Exclude<LinkFact['cause'], 'simulated'>;

/**
 * `flags` as `ip` names them. NO-CARRIER is iproute2's word for UP without RUNNING, which follows
 * the operational state; LOWER_UP follows the carrier itself and is the first to go.
 */
export function causeOfFlags(flags: readonly string[]): KernelCause {
  if (!flags.includes('UP')) return 'admin-down';
  return flags.includes('LOWER_UP') && !flags.includes('NO-CARRIER') ? 'up' : 'no-carrier';
}

/** The content of `carrier` and `operstate` of an interface that is set up. */
export function causeOfSysfs(carrier: string, operstate: string): KernelCause {
  return carrier.trim() === '1' && isOperational(operstate) ? 'up' : 'no-carrier';
}

/** The content of `operstate` (RFC 2863); of an interface that is set down it is `down`. */
export function isOperational(operstate: string): boolean {
  // `unknown`: a driver that does not tell (loopback, tun), for which the kernel assumes the best.
  return ['up', 'unknown'].includes(operstate.trim());
}
