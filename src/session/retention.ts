/**
 * A neighbour's routes that are stale: kept from a session that has ended (RFC 4724 §4.2), or not
 * announced again yet in a refresh (RFC 7313 §4). Each family has one deadline at a time, and when
 * it passes what is still stale goes.
 *
 *   session ends ─► restart ─────────► return ────────► End-of-RIB
 *                     │   session up    ▲    within STALE_LIMIT
 *     RestartTime     ▼                 │
 *                   long-lived ─────────┘ (its own deadline runs on)
 *                     RFC 9494
 *
 *   BoRR ─► refresh ─► EoRR within STALE_LIMIT
 */

import type { RestartTerms } from '../fsm/gracefulRestart.ts';
import type { Family } from '../net/family.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import type { Clock } from './clock.ts';
import type { SessionReport } from './sessionReport.ts';

/** `restart`: the neighbour is away; `return`: it is back, and has not said End-of-RIB. */
export type StalePhase = 'restart' | 'long-lived' | 'return' | 'refresh';

/** As shown; times in milliseconds since the epoch. */
export interface StaleRoutes {
  readonly family: Family;
  readonly phase: StalePhase;
  readonly since: number;
  /** When they go, at the latest. */
  readonly until: number;
}

interface Stale extends StaleRoutes {
  readonly cancel: () => void;
}

type StaleRib = Pick<
  RibIn,
  'peerDown' | 'retain' | 'refreshBegin' | 'refreshEnd' | 'longLive' | 'stale'
>;

/**
 * Seconds. How long a neighbour that is back, or that has begun a refresh, may take to say the end
 * of it: a full table takes less.
 */
export const STALE_LIMIT = 360;

export class Retention {
  readonly #peer: PeerIndex;
  readonly #rib: StaleRib;
  readonly #clock: Clock;
  readonly #report: Pick<SessionReport, 'add'>;
  readonly #stale = new Map<Family, Stale>();
  /** The neighbour is away, and the RIB still has its routes. */
  #away: RestartTerms | undefined;

  constructor(peer: PeerIndex, rib: StaleRib, clock: Clock, report: Pick<SessionReport, 'add'>) {
    this.#peer = peer;
    this.#rib = rib;
    this.#clock = clock;
    this.#report = report;
  }

  get routes(): readonly StaleRoutes[] {
    return [...this.#stale.values()].map(({ family, phase, since, until }) => {
      return { family, phase, since, until };
    });
  }

  /**
   * The session has ended, and the neighbour may come back. `longest`: seconds that routes may be
   * stale beyond its restart time; undefined: none.
   */
  keep(terms: RestartTerms, longest: number | undefined): void {
    this.#clear();
    this.#rib.retain(this.#peer, terms.families);
    const families = terms.families.filter((family) => this.#rib.stale(this.#peer, family) > 0);
    if (families.length === 0) {
      this.end();
      return;
    }
    this.#away = terms;
    const { restartTime } = terms;
    this.#report.add({ type: 'RoutesKept', families, seconds: restartTime });
    for (const family of families) {
      this.#wait(family, 'restart', restartTime, () => this.#restartTimeOver(family, longest));
    }
  }

  /** The session is up again; `terms`: what was negotiated now. */
  resume(terms: RestartTerms | undefined): void {
    this.#away = undefined;
    for (const { family, phase } of [...this.#stale.values()]) {
      // RFC 4724 §4.2, RFC 9494 §4.2: without its F bit, or without the family, at once.
      const kept = phase === 'long-lived' ? terms?.longLived?.forwarding : terms?.forwarding;
      const none = this.#rib.stale(this.#peer, family) === 0;
      if (none || !kept?.includes(family)) this.#gone(family);
      else if (phase === 'restart') {
        this.#wait(family, 'return', STALE_LIMIT, () => this.#gone(family));
      }
    }
  }

  /** RFC 4724 §4.2: all that is still there has been announced again. */
  endOfRib(family: Family): void {
    const stale = this.#stale.get(family);
    if (stale && stale.phase !== 'refresh') this.#gone(family);
  }

  /** BoRR. */
  refreshBegins(family: Family): void {
    // RFC 7313 §4: nobody begins a refresh before End-of-RIB, which sweeps as well.
    const phase = this.#stale.get(family)?.phase;
    if (phase !== undefined && phase !== 'refresh') return;
    this.#rib.refreshBegin(this.#peer, family);
    this.#wait(family, 'refresh', STALE_LIMIT, () => this.#gone(family));
  }

  /** EoRR. */
  refreshEnds(family: Family): void {
    if (this.#stale.get(family)?.phase === 'refresh') this.#gone(family);
  }

  /** The session is over, and nothing of it stays. */
  end(): void {
    this.#clear();
    this.#away = undefined;
    this.#rib.peerDown(this.#peer);
  }

  /** Whatever is kept from a session before goes. */
  drop(): void {
    if (!this.#away) return;
    this.#report.add({ type: 'RoutesSwept', families: [...this.#stale.keys()] });
    this.end();
  }

  #restartTimeOver(family: Family, longest: number | undefined): void {
    const asked = this.#away?.longLived?.staleTime[family] ?? 0;
    // RFC 9494 §4.2: ours to shorten.
    const seconds = Math.min(asked, longest ?? 0);
    if (seconds === 0) {
      this.#gone(family);
      return;
    }
    this.#rib.longLive(this.#peer, family);
    this.#report.add({ type: 'RoutesLongLived', family, seconds });
    this.#wait(family, 'long-lived', seconds, () => this.#gone(family));
  }

  /** What is stale of the family goes. */
  #gone(family: Family): void {
    const stale = this.#stale.get(family);
    stale?.cancel();
    this.#stale.delete(family);
    if (stale && stale.phase !== 'refresh') {
      this.#report.add({ type: 'RoutesSwept', families: [family] });
    }
    if (this.#away && this.#stale.size === 0) this.end();
    else this.#rib.refreshEnd(this.#peer, family);
  }

  #wait(family: Family, phase: StalePhase, seconds: number, over: () => void): void {
    const before = this.#stale.get(family);
    before?.cancel();
    const now = this.#clock.wall();
    const cancel = this.#clock.after(seconds * 1000, over);
    const since = before?.since ?? now;
    this.#stale.set(family, { family, phase, since, until: now + seconds * 1000, cancel });
  }

  #clear(): void {
    for (const { cancel } of this.#stale.values()) cancel();
    this.#stale.clear();
  }
}
