/**
 * Why a session with a password does not come up, as far as the kernel tells: it drops what is
 * signed wrongly without a word to either side, and only counts it, for all neighbours together. So
 * what grew is held against the sessions that are down and could be the cause.
 */

import type { KeyMismatch } from '../monitor/keyMismatch.ts';
import type { Md5Counters } from '../monitor/md5Counters.ts';

export interface WatchedSession {
  readonly name: string;
  readonly hasKey: boolean;
  readonly up: boolean;
}

export interface KeyMismatchFound {
  readonly type: 'KeyMismatchFound';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly neighbour: string;
  readonly mismatch: KeyMismatch;
}

const KINDS = ['missing', 'unexpected', 'wrong'] as const;

export class KeyWatch {
  #last: Md5Counters | undefined;
  readonly #found = new Map<string, KeyMismatch>();

  /** What is known of the neighbour's session now; undefined: nothing, or it is up. */
  of(neighbour: string): KeyMismatch | undefined {
    return this.#found.get(neighbour);
  }

  /** Takes the counters of this moment; returns what was not known before. */
  look(
    counters: Md5Counters,
    sessions: readonly WatchedSession[],
    now: number,
  ): readonly KeyMismatchFound[] {
    const last = this.#last;
    this.#last = counters;
    const waiting = sessions.filter(({ up }) => !up);
    this.#forget(waiting);
    if (!last) return [];
    return KINDS.filter((kind) => counters[kind] > last[kind]).flatMap((kind) => {
      const names = waiting
        .filter(({ hasKey }) => hasKey === (kind !== 'unexpected'))
        .map(({ name }) => name);
      return names.flatMap((name) => this.#suspect(name, kind, names, now) ?? []);
    });
  }

  /** A session that is up, or gone from the file, or has a key now, has no such trouble. */
  #forget(waiting: readonly WatchedSession[]): void {
    for (const [name, { kind }] of this.#found) {
      const session = waiting.find((each) => each.name === name);
      if (session?.hasKey !== (kind !== 'unexpected')) this.#found.delete(name);
    }
  }

  #suspect(
    neighbour: string,
    kind: KeyMismatch['kind'],
    suspects: readonly string[],
    now: number,
  ): KeyMismatchFound | undefined {
    const known = this.#found.get(neighbour);
    // Two neighbours with different faults are seen as both, by turns: told once is enough.
    if (known && (known.kind === kind || suspects.length > 1)) return undefined;
    const others = suspects.filter((name) => name !== neighbour);
    const mismatch = { kind, since: now, others };
    this.#found.set(neighbour, mismatch);
    return { type: 'KeyMismatchFound', at: now, neighbour, mismatch };
  }
}
