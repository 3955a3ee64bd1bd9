/**
 * What a neighbour may send, and what becomes of a session whose neighbour sends more: it ends, and
 * rests for a while.
 */

import type { MaxPrefixes } from '../config/config.ts';
import type { Cease } from '../fsm/events.ts';
import type { Family } from '../net/family.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import { CeaseSubcode } from '../wire/constants.ts';
import { encodePrefixLimit } from '../wire/notification.ts';
import type { Clock } from './clock.ts';
import { PrefixLimit, prefixCount } from './prefixLimit.ts';
import { Rest } from './rest.ts';
import type { SessionReport } from './sessionReport.ts';

export class Allowance {
  #limits: MaxPrefixes;
  readonly #rib: Pick<RibIn, 'counts' | 'overflow' | 'stale'>;
  readonly #peer: PeerIndex;
  readonly #report: Pick<SessionReport, 'add'>;
  readonly #rested: () => void;
  readonly #limit = new PrefixLimit();
  readonly #rest: Rest;
  #toldOverflow = false;

  /** `rested`: the rest is over, or was forgiven. */
  constructor(
    limits: MaxPrefixes,
    clock: Clock,
    rib: Pick<RibIn, 'counts' | 'overflow' | 'stale'>,
    peer: PeerIndex,
    report: Pick<SessionReport, 'add'>,
    rested: () => void,
  ) {
    this.#limits = limits;
    this.#rib = rib;
    this.#peer = peer;
    this.#report = report;
    this.#rested = rested;
    this.#rest = new Rest(clock, rested);
  }

  /** Milliseconds since the epoch; undefined: the session need not rest now. */
  get restingUntil(): number | undefined {
    return this.#rest.until;
  }

  /** A new session. */
  begin(): void {
    this.#limit.begin();
    this.#toldOverflow = false;
  }

  /** True: the limits differ. Whoever raises one does not want to wait for the rest to end. */
  adjust(limits: MaxPrefixes): boolean {
    const differ = JSON.stringify(limits) !== JSON.stringify(this.#limits);
    this.#limits = limits;
    if (differ) this.#forgive();
    return differ;
  }

  /** What the session is to be ended with, the rest having begun; undefined: it may go on. */
  judge(families: readonly Family[]): Cease | undefined {
    this.#judgeOverflow();
    for (const family of families) {
      const cease = this.#judgeFamily(family);
      if (cease) return cease;
    }
    return undefined;
  }

  /** The session is over for good: it is not told of a rest's end. */
  end(): void {
    this.#rest.end();
  }

  /** RFC 7911 gives no way to say that they are too many: they are not kept, and people are told. */
  #judgeOverflow(): void {
    if (this.#toldOverflow || this.#rib.overflow(this.#peer) === 0) return;
    this.#toldOverflow = true;
    this.#report.add({ type: 'PathsNotKept' });
  }

  #forgive(): void {
    if (this.#rest.until === undefined) return;
    this.#rest.end();
    this.#rested();
  }

  /** RFC 4486 §4: Cease/Maximum Number of Prefixes Reached. */
  #judgeFamily(family: Family): Cease | undefined {
    const limits = this.#limits;
    const { received } = this.#rib.counts(this.#peer, family);
    // What it sent in an earlier session, or before a refresh, is not yet known to be sent no more:
    // as much of it as it was allowed then, or refreshes without an end would be a way around.
    const stale = Math.min(this.#rib.stale(this.#peer, family), limits[family] ?? 0);
    const count = Math.max(0, received - stale);
    const finding = this.#limit.check(limits, family, count);
    if (!finding) return undefined;
    const exceeded = finding.kind === 'exceeded';
    this.#report.add({ type: 'PrefixLimit', finding, idle: exceeded ? limits.idle : 0 });
    if (!exceeded) return undefined;
    this.#rest.begin(limits.idle * 1000);
    return {
      subcode: CeaseSubcode.maxPrefixes,
      communication: `more than ${prefixCount(finding.limit, family)}`,
      limit: encodePrefixLimit(family, finding.limit),
    };
  }
}
