/**
 * How long it took from a cause to the UPDATE that it led to. What was measured waits here for whoever
 * counts it: the metrics library is read only once somebody asks for metrics.
 */

/** What can lead to an UPDATE. */
export type CauseKind = 'link' | 'check' | 'session' | 'configuration' | 'stop';

export interface Delay {
  readonly cause: CauseKind;
  /** Only what is announced may have been held back on purpose. */
  readonly action: 'announce' | 'withdraw';
  readonly seconds: number;
}

/** An UPDATE that comes later than this after a cause, in ms, did not come of it. */
const BELIEVABLE = 60_000;
/** More than this since the last time somebody took them are not kept: the newest are lost. */
const KEPT = 4096;

export class Delays {
  #waiting: Delay[] = [];
  #cause: { readonly kind: CauseKind; readonly at: number } | undefined;
  /** Nothing else has happened since that something may be withdrawn for. */
  #isLast = false;

  /** Something happened that UPDATEs may follow from. `at`: ms of a clock that does not jump. */
  begin(kind: CauseKind, at: number): void {
    this.#cause = { kind, at };
    this.#isLast = true;
  }

  /** Something happened that is not measured, as an order: what is withdrawn from now on came of that. */
  pass(): void {
    this.#isLast = false;
  }

  /** An UPDATE was handed to the kernel. */
  sent(action: Delay['action'], at: number): void {
    if (!this.#cause || this.#waiting.length >= KEPT) return;
    if (action === 'withdraw' && !this.#isLast) return;
    const delay = at - this.#cause.at;
    if (delay < 0 || delay > BELIEVABLE) return;
    this.#waiting.push({ cause: this.#cause.kind, action, seconds: delay / 1000 });
  }

  /** Those since the last call. */
  take(): readonly Delay[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}
