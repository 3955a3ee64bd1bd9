/**
 * A network behind an upstream that damps flaps as FRR does (RFC 2439): what it sees of one prefix,
 * and whether it uses it. Times are milliseconds since the epoch.
 */

import { ceilingOf } from '../announcer/shadow.ts';
import type { DampingProfile } from '../config/damping.ts';

/** Seconds: how coarse decay is, and how often it is looked for what can be used again. */
const TICK = 5;
const SCAN = 10;

export class DampedNetwork {
  suppressions = 0;
  /** The highest that it got. */
  peak = 0;
  /** Undefined: it does not damp. */
  readonly #profile: DampingProfile | undefined;
  /** What it holds: the attributes; undefined: nothing. */
  #held: string | undefined;
  /** It has held it before. */
  #known = false;
  #penalty = 0;
  /** Whole seconds. */
  #chargedAt = 0;
  #suppressed = false;
  #scannedAt = 0;

  constructor(profile: DampingProfile | undefined) {
    this.#profile = profile;
  }

  announce(attributes: string, now: number): void {
    if (this.#held === attributes) return;
    if (this.#held !== undefined) this.#charge('change', now);
    else if (this.#known) this.#charge('reannounce', now);
    this.#held = attributes;
    this.#known = true;
  }

  withdraw(now: number): void {
    if (this.#held === undefined) return;
    this.#held = undefined;
    this.#charge('withdraw', now);
  }

  /** Attributes of what it holds, suppressed or not; undefined: nothing. */
  get held(): string | undefined {
    return this.#held;
  }

  uses(now: number): boolean {
    this.#scan(now);
    return this.#held !== undefined && !this.#suppressed;
  }

  penaltyAt(now: number): number {
    const { maxSuppress = 0, halfLife = 1 } = this.#profile ?? {};
    const elapsed = Math.floor(now / 1000) - this.#chargedAt;
    if (elapsed >= maxSuppress) return 0;
    const ticks = Math.floor(elapsed / TICK);
    return Math.floor(this.#penalty * 2 ** ((-TICK * ticks) / halfLife));
  }

  #charge(charge: 'withdraw' | 'reannounce' | 'change', now: number): void {
    const profile = this.#profile;
    if (!profile) return;
    this.#scan(now);
    this.#penalty = Math.min(ceilingOf(profile), this.penaltyAt(now) + profile[charge]);
    this.#chargedAt = Math.floor(now / 1000);
    this.peak = Math.max(this.peak, this.#penalty);
    if (profile[charge] === 0 || this.#suppressed) return;
    if (this.#penalty < profile.suppress) return;
    this.#suppressed = true;
    this.#scannedAt = this.#chargedAt;
    this.suppressions++;
  }

  /** Every scan since the last one, as far as one of them would have found it under the threshold. */
  #scan(now: number): void {
    if (!this.#profile || !this.#suppressed) return;
    const last = Math.floor(now / 1000 / SCAN) * SCAN;
    if (last <= this.#scannedAt) return;
    this.#scannedAt = last;
    if (this.penaltyAt(last * 1000) < this.#profile.reuse) this.#suppressed = false;
  }
}
