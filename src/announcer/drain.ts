/**
 * Taking an upstream, a prefix or the whole site out of use, as one transaction: the routes are made
 * the last choice (RFC 8326), traffic is given time to find another way, they are withdrawn, and that
 * is confirmed. Undone whole, or done. Times are milliseconds since the epoch.
 *
 *   shifting ──traffic is gone, or time is up──► withdrawing ──nothing is left──► drained
 *      │ no other upstream has a prefix any more
 *      └──► undone
 */

export type DrainTarget =
  | { readonly kind: 'upstream'; readonly name: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'site' };

export interface Drain {
  readonly target: DrainTarget;
  readonly phase: 'shifting' | 'withdrawing' | 'drained';
  readonly startedAt: number;
  /** When `phase` began. */
  readonly since: number;
  /** Shifting ends then at the latest. */
  readonly deadline: number;
  /** Traffic under it is gone, in bit/s. */
  readonly threshold: number;
  /** After a restart sessions come up one by one: what is missing until then says nothing. 0: it does. */
  readonly unsettledUntil: number;
  /** Why shifting ended; undefined: it has not. */
  readonly shifted: Shifted | undefined;
}

export type Shifted =
  | { readonly by: 'traffic'; readonly bitsPerSecond: number }
  /** `bitsPerSecond`: what was still there; undefined: nobody measures it. */
  | { readonly by: 'time'; readonly bitsPerSecond: number | undefined };

export interface DrainOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Bit/s. */
  readonly threshold: number;
}

/** Time for routes to converge and flows to end; what keepalives leave is no traffic. */
export const DEFAULT_DRAIN: DrainOptions = { timeout: 60_000, threshold: 100_000 };

export function startDrain(target: DrainTarget, options: DrainOptions, now: number): Drain {
  const { timeout, threshold } = options;
  const deadline = now + timeout;
  const begun = { startedAt: now, since: now, deadline, threshold, unsettledUntil: 0 };
  return { target, phase: 'shifting', ...begun, shifted: undefined };
}

/** As long as it takes at least until sessions can be expected to be back, in ms. */
const SETTLING = 30_000;

/** The drain as the next start finds it: what it waits for is waited for once sessions had time. */
export function resumed(drain: Drain, now: number): Drain {
  if (drain.phase !== 'shifting') return drain;
  const unsettledUntil = now + SETTLING;
  return { ...drain, unsettledUntil, deadline: Math.max(drain.deadline, unsettledUntil) };
}

export function isSettled({ unsettledUntil }: Drain, now: number): boolean {
  return now >= unsettledUntil;
}

export function sameTarget(a: DrainTarget, b: DrainTarget): boolean {
  return drainKey(a) === drainKey(b);
}

export function drainKey(target: DrainTarget): string {
  if (target.kind === 'site') return 'site';
  return target.kind === 'upstream' ? `upstream ${target.name}` : `prefix ${target.prefix}`;
}

/** Whether the target takes this prefix at this upstream with it. */
export function concerns(
  target: DrainTarget,
  prefixes: readonly string[],
  upstream: string,
): boolean {
  if (target.kind === 'site') return true;
  return target.kind === 'upstream' ? target.name === upstream : prefixes[0] === target.prefix;
}

/** What the world says about a drain. */
export interface DrainSight {
  /** Of the interfaces that it empties, together; undefined: one of them is not measured. */
  readonly bitsPerSecond: number | undefined;
  /** When the oldest of those was measured. */
  readonly measuredAt: number;
  /** An upstream still holds something that it withdraws. */
  readonly held: boolean;
}

/**
 * As far as the transaction gets now; the same drain when that is nowhere. Where nothing is held no
 * withdrawal follows that would take it further.
 */
export function advance(drain: Drain, sight: DrainSight, now: number): Drain {
  const shifts = drain.phase === 'shifting' && isSettled(drain, now);
  const shifted = shifts ? shiftedBy(drain, sight, now) : undefined;
  const next: Drain = shifted ? { ...drain, phase: 'withdrawing', since: now, shifted } : drain;
  if (next.phase !== 'withdrawing' || sight.held) return next;
  return { ...next, phase: 'drained', since: now };
}

/** A measurement from before the change says nothing of what it did. */
const MEASURED_AFTER = 1000;

function shiftedBy(
  { startedAt, deadline, threshold }: Drain,
  { bitsPerSecond, measuredAt, held }: DrainSight,
  now: number,
): Shifted | undefined {
  const measured = bitsPerSecond !== undefined && measuredAt >= startedAt + MEASURED_AFTER;
  if (measured && bitsPerSecond < threshold) return { by: 'traffic', bitsPerSecond };
  // Where nothing is announced there is nothing to wait for.
  return now >= deadline || !held ? { by: 'time', bitsPerSecond } : undefined;
}
