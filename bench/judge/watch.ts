/**
 * What is seen of one prefix at the network that damps, look by look: how long it could have been
 * reached and was not, and how often it was suppressed. Pure; times are milliseconds.
 */

/** One path there, as FRR tells it. */
export interface Reading {
  readonly upstream: string;
  readonly penalty: number;
  /** The neighbour has it, and it is not suppressed. */
  readonly used: boolean;
  readonly suppressed: boolean;
}

/** What is the case, whatever the edge does. */
export interface Truth {
  /** Since when the service is well; undefined: it is not. */
  readonly wellSince: number | undefined;
  /** The upstreams whose link is well. */
  readonly linked: ReadonlySet<string>;
}

export class Watch {
  /** The prefix is reachable by no upstream while its service is well. */
  dark = 0;
  suppressions = 0;
  peak = 0;
  readonly #suppress: number;
  readonly #reuse: number;
  readonly #suppressed = new Set<string>();
  readonly #penalties = new Map<string, number>();
  #lookedAt: number;

  constructor(begin: number, { suppress, reuse }: { suppress: number; reuse: number }) {
    this.#lookedAt = begin;
    this.#suppress = suppress;
    this.#reuse = reuse;
  }

  look(now: number, { wellSince, linked }: Truth, readings: readonly Reading[]): void {
    const used = readings.some((path) => path.used && linked.has(path.upstream));
    if (wellSince !== undefined && linked.size > 0 && !used) {
      this.dark += Math.max(0, now - Math.max(this.#lookedAt, wellSince));
    }
    this.#lookedAt = now;
    for (const reading of readings) this.#count(reading);
  }

  /** FRR hides that a path is suppressed while it is withdrawn; then its penalty has risen over the limit. */
  #count({ upstream, penalty, used, suppressed }: Reading): void {
    const before = this.#penalties.get(upstream) ?? 0;
    this.#penalties.set(upstream, penalty);
    this.peak = Math.max(this.peak, penalty);
    const isNow = suppressed || (penalty > before && penalty >= this.#suppress);
    if (isNow) {
      if (!this.#suppressed.has(upstream)) this.suppressions++;
      this.#suppressed.add(upstream);
    } else if (used || penalty < this.#reuse) this.#suppressed.delete(upstream);
  }
}
