/**
 * One check on its way: when it is probed, for how long, and what has become of it. Probes begin on
 * a grid, `interval` apart, that late ones do not shift; each begins a little late, by chance, so
 * that many checks, and many daemons, do not come all at once. There is never more than one at a time.
 */

import type { CheckConfig } from '../../config/checkConfig.ts';
import { formatDuration } from '../../config/duration.ts';
import { errorText } from '../../net/errorText.ts';
import type { Clock } from '../../session/clock.ts';
import type { CheckFact } from '../check.ts';
import { failed, type Outcome, type Probe, TimeLimit } from './probe.ts';
import { judgeResult, type Standing, UNPROBED } from './standing.ts';

/** How the last probe went, beside what it found. */
export interface LastProbe {
  /** When it was judged, ms since the epoch. */
  readonly at: number;
  readonly ok: boolean;
  /** In ms. */
  readonly duration: number;
}

export interface RunnerListener {
  /** A result: another state since `at`, or the same with its lease renewed. */
  readonly onFact: (fact: CheckFact, at: number) => void;
  /** It could not be probed, for a fault of ours; its lease runs out unless that ends. */
  readonly onFault: (cause: string) => void;
}

interface Run {
  readonly limit: TimeLimit;
  readonly begin: number;
  /** What is waited for. */
  doing: string;
  /** Its result has been told, or must not be: what still comes is not used. */
  over: boolean;
  /** Settles when the probe has closed all that it opened. */
  closed: Promise<void>;
}

/** Beyond interval and timeout, a result may be late by this, or half the interval, in ms. */
const SLACK = 1000;
/** In so many moments of an interval probes begin, by chance: of many checks some do at the same one. */
const TOGETHER = 100;

export class CheckRunner {
  readonly #clock: Clock;
  readonly #listener: RunnerListener;
  #config: CheckConfig;
  #probe: Probe;
  #standing: Standing = UNPROBED;
  #fact: CheckFact | undefined;
  /** Of the fact, on the monotonic clock. */
  #leaseEnd = Number.POSITIVE_INFINITY;
  #last: LastProbe | undefined;
  #run: Run | undefined;
  /** The probe that was asked for while one was under way. */
  #next: Promise<void> | undefined;
  /** The next point of the grid, on the monotonic clock. */
  #due = 0;
  #cancelTimer: () => void = () => {};
  #stopped = false;

  constructor(config: CheckConfig, probe: Probe, clock: Clock, listener: RunnerListener) {
    this.#config = config;
    this.#probe = probe;
    this.#clock = clock;
    this.#listener = listener;
  }

  get config(): CheckConfig {
    return this.#config;
  }

  /** Undefined: no probe has had a result yet. */
  get fact(): CheckFact | undefined {
    return this.#fact;
  }

  /** Whether nobody has renewed the fact in time. The wall clock may jump; this does not. */
  get stale(): boolean {
    return this.#clock.monotonic() > this.#leaseEnd;
  }

  get last(): LastProbe | undefined {
    return this.#last;
  }

  /** `within`: when the first probe begins at the latest, in ms. The grid follows from that. */
  start(within: number): void {
    const spread = Math.min(this.#config.interval, within);
    this.#due = this.#clock.monotonic() + this.#clock.random() * spread;
    this.#wait(0);
  }

  /** Nothing is told after this. Resolves when everything is closed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    if (!this.#run) return;
    this.#run.over = true;
    this.#run.limit.end();
    await this.#run.closed;
  }

  /** Other times or rules for the same thing: what is known of it stays. */
  reconfigure(config: CheckConfig, probe: Probe): void {
    const rescheduled = config.interval !== this.#config.interval;
    this.#config = config;
    this.#probe = probe;
    if (!rescheduled || this.#stopped) return;
    this.#cancelTimer();
    this.#due = Math.min(this.#due, this.#clock.monotonic() + config.interval);
    this.#wait(0);
  }

  /** Probes at once, beside the grid. Resolves when that probe, begun after the call, is over. */
  runNow(): Promise<void> {
    if (!this.#run) return this.#begin();
    this.#next ??= this.#run.closed.then(() => {
      this.#next = undefined;
      return this.#run ? this.#run.closed : this.#begin();
    });
    return this.#next;
  }

  #wait(late: number): void {
    // What begins together also ends together: one waking of the process for several probes.
    const step = this.#config.interval / TOGETHER;
    const shared = Math.floor((this.#due + late) / step) * step;
    const delay = Math.max(this.#due, shared) - this.#clock.monotonic();
    this.#cancelTimer = this.#clock.after(Math.max(0, delay), () => this.#tick());
  }

  #tick(): void {
    const { interval, timeout } = this.#config;
    const now = this.#clock.monotonic();
    this.#due += interval;
    // After a pause of the whole machine: what was missed is not made up for.
    if (this.#due <= now) this.#due += Math.ceil((now - this.#due + 1) / interval) * interval;
    this.#wait(this.#clock.random() * Math.min(interval / 10, interval - timeout));
    if (!this.#run) void this.#begin();
    else if (this.#run.over) this.#judge(failed(STUCK), this.#run.begin);
  }

  #begin(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    const run: Run = {
      limit: new TimeLimit(),
      begin: this.#clock.monotonic(),
      doing: 'it has only begun',
      over: false,
      closed: Promise.resolve(),
    };
    this.#run = run;
    const cancel = this.#clock.after(this.#config.timeout, () => {
      // The answer may have come while this process could not read.
      this.#clock.afterReads(() => this.#expire(run));
    });
    run.closed = this.#look(run).finally(() => {
      cancel();
      if (this.#run === run) this.#run = undefined;
    });
    return run.closed;
  }

  async #look(run: Run): Promise<void> {
    const stage = (doing: string): void => {
      run.doing = doing;
    };
    try {
      const outcome = await this.#probe({ limit: run.limit, stage });
      if (!run.over) this.#judge(outcome, run.begin);
    } catch (error) {
      if (!run.over) this.#listener.onFault(errorText(error));
    } finally {
      run.over = true;
    }
  }

  /** The result is told before the probe has cleaned up. */
  #expire(run: Run): void {
    if (run.over) return;
    run.over = true;
    const limit = formatDuration(this.#config.timeout);
    this.#judge(failed(`no result within ${limit}: ${run.doing}`), run.begin);
    run.limit.end();
  }

  #judge({ ok, detail }: Outcome, begin: number): void {
    const { name } = this.#config;
    const at = this.#clock.wall();
    this.#last = { at, ok, duration: this.#clock.monotonic() - begin };
    this.#standing = judgeResult(this.#config, this.#standing, ok);
    const { state, settled } = this.#standing;
    const since = this.#fact?.state === state ? this.#fact.since : at;
    const lease = leaseOf(this.#config);
    const leaseUntil = at + lease;
    this.#leaseEnd = this.#clock.monotonic() + lease;
    this.#fact = { name, state, settled, since, leaseUntil, detail };
    this.#listener.onFact(this.#fact, at);
  }
}

/** How long a result may be believed, and within which the first one comes, in ms. */
export function leaseOf({ interval, timeout }: CheckConfig): number {
  return Math.ceil(interval + timeout + Math.max(SLACK, interval / 2));
}

const STUCK = 'the last probe has not ended, though it was told to';
