/**
 * The one exception to "withdrawals never wait". When checks on several hosts begin to fail within
 * one interval, and so does the check of ourselves, the fault is probably ours: then what those
 * checks would withdraw is held, for a few seconds and once. Off unless the file asks for it. Times
 * are milliseconds since the epoch.
 *
 *   quiet ──enough fail together, the self-check too──► suspected ──one of them is down──► holding
 *     ▲                                                     │ fewer fail                      │
 *     ├─────────────────────────────────────────────────────┘              the time is up, or │
 *     └──────────the self-check is well──────────── over ◄──nothing is left that may be held──┘
 *
 * Nothing here is kept over a restart: checks are unknown then, and nothing has been announced.
 */

import type { Config } from '../config/config.ts';
import type { CorrelatedFailureConfig, WatchedCheck } from '../config/correlatedFailure.ts';
import { ENOUGH_CHECKS, ENOUGH_HOSTS } from '../config/judgeCorrelatedFailure.ts';
import type { CheckVerdict } from './verdict.ts';

export interface Guard {
  /** Of the watched checks and the self-check, once they were up: `well`, or since when they fail. */
  readonly standings: ReadonlyMap<string, 'well' | number>;
  readonly phase: GuardPhase;
}

/** `fault`: when it may have happened that all of them fail of. */
export type GuardPhase =
  | { readonly kind: 'quiet' }
  | { readonly kind: 'suspected'; readonly fault: number }
  | { readonly kind: 'holding'; readonly fault: number; readonly hold: FailureHold }
  | { readonly kind: 'over' };

export interface FailureHold {
  readonly since: number;
  /** What is held is withdrawn then at the latest. */
  readonly until: number;
  readonly selfCheck: string;
  /** What these would withdraw is held. */
  readonly checks: ReadonlySet<string>;
}

const QUIET: GuardPhase = { kind: 'quiet' };
const OVER: GuardPhase = { kind: 'over' };

export const NO_GUARD: Guard = { standings: new Map(), phase: QUIET };

type Verdicts = ReadonlyMap<string, CheckVerdict>;

/** The guard as it is now; the same object while nothing about it is new. */
export function guardAt(
  { correlatedFailure: config }: Config,
  verdicts: Verdicts,
  before: Guard,
  now: number,
): Guard {
  if (!config) return NO_GUARD;
  const standings = standingsOf(config, verdicts, before.standings);
  const phase = new Sight(config, verdicts, standings, now).follow(before.phase);
  const same = standings === before.standings && phase === before.phase;
  return same ? before : { standings, phase };
}

export function holdIn({ phase }: Guard): FailureHold | undefined {
  return phase.kind === 'holding' ? phase.hold : undefined;
}

/** The verdicts as they count for what is announced: of what is held nothing is known. */
export function spared(verdicts: Verdicts, hold: FailureHold): Verdicts {
  const others = new Map(verdicts);
  for (const name of hold.checks) {
    const verdict = verdicts.get(name);
    if (verdict) others.set(name, { ...verdict, holds: 'unknown' });
  }
  return others;
}

function standingsOf(
  { watched, selfCheck }: CorrelatedFailureConfig,
  verdicts: Verdicts,
  before: Guard['standings'],
): Guard['standings'] {
  const after = new Map<string, 'well' | number>();
  for (const name of [...watched.keys(), selfCheck]) {
    const standing = standingAfter(before.get(name), verdicts.get(name));
    if (standing !== undefined) after.set(name, standing);
  }
  const same = after.size === before.size && [...after].every(([k, v]) => before.get(k) === v);
  return same ? before : after;
}

/** What was never up cannot begin to fail, and what has begun to does until it is up again. */
function standingAfter(
  before: 'well' | number | undefined,
  verdict: CheckVerdict | undefined,
): 'well' | number | undefined {
  if (!verdict || verdict.state === 'unknown') return undefined;
  if (verdict.state === 'up') return 'well';
  // A check of which nothing was known falls from being up, or it would be unknown.
  if (before === 'well' || (before === undefined && verdict.state === 'falling')) {
    return verdict.since;
  }
  return before;
}

/** When something may have happened that a check fails of: less than its own time before. */
interface Failing extends WatchedCheck {
  readonly name: string;
  readonly since: number;
}

/** What can be seen at one moment, and what follows from it. */
class Sight {
  readonly #config: CorrelatedFailureConfig;
  readonly #verdicts: Verdicts;
  readonly #now: number;
  readonly #failing: readonly Failing[];
  /** Undefined: it is well. */
  readonly #self: Failing | undefined;

  constructor(
    config: CorrelatedFailureConfig,
    verdicts: Verdicts,
    standings: Guard['standings'],
    now: number,
  ) {
    const { watched, selfCheck: name, selfWithin: within } = config;
    this.#config = config;
    this.#verdicts = verdicts;
    this.#now = now;
    const self = standings.get(name);
    this.#self = typeof self === 'number' ? { name, host: '', within, since: self } : undefined;
    this.#failing = [...watched].flatMap(([check, terms]): readonly Failing[] => {
      const since = standings.get(check);
      return typeof since === 'number' ? [{ name: check, since, ...terms }] : [];
    });
  }

  follow(before: GuardPhase): GuardPhase {
    if (before.kind === 'holding') return this.#hold(before);
    // One failure of ours is held for once, however long it lasts.
    if (before.kind === 'over' && this.#self) return before;
    const known = before.kind === 'suspected' && this.#isEnough(before.fault);
    const fault = known ? before.fault : this.#fault();
    if (fault === undefined) return QUIET;
    const bad = this.#bad(fault);
    if (bad.size === 0) return known ? before : { kind: 'suspected', fault };
    return this.#hold({ kind: 'holding', fault, hold: this.#begun(bad) });
  }

  #begun(checks: ReadonlySet<string>): FailureHold {
    const { selfCheck, hold } = this.#config;
    // A lease may have ended while nobody looked.
    const since = Math.min(this.#now, ...[...checks].map((name) => this.#downSince(name)));
    return { since, until: since + hold, selfCheck, checks };
  }

  #hold(before: GuardPhase & { readonly kind: 'holding' }): GuardPhase {
    const { fault, hold } = before;
    const ended = this.#self ? OVER : QUIET;
    if (this.#now >= hold.until) return ended;
    const ours = this.#isEnough(fault);
    const checks = ours ? this.#bad(fault) : this.#recovering(hold.checks);
    if (checks.size === 0 && !ours) return ended;
    const same = checks.size === hold.checks.size && [...checks].every((x) => hold.checks.has(x));
    return same ? before : { kind: 'holding', fault, hold: { ...hold, checks } };
  }

  /** The moment of one fault that explains the self-check and the most others; undefined: too few. */
  #fault(): number | undefined {
    const self = this.#self;
    if (!self || this.#failing.length < ENOUGH_CHECKS) return undefined;
    let best: number | undefined;
    let most = 0;
    for (const { since } of [self, ...this.#failing]) {
      if (!explains(since, self) || !this.#isEnough(since)) continue;
      const explained = this.#explained(since).length;
      if (explained > most) best = since;
      most = Math.max(most, explained);
    }
    return best;
  }

  #isEnough(fault: number): boolean {
    if (!this.#self || !explains(fault, this.#self)) return false;
    const explained = this.#explained(fault);
    const hosts = new Set(explained.map(({ host }) => host));
    return explained.length >= ENOUGH_CHECKS && hosts.size >= ENOUGH_HOSTS;
  }

  #explained(fault: number): readonly Failing[] {
    return this.#failing.filter((each) => explains(fault, each));
  }

  /** What of it would withdraw something. */
  #bad(fault: number): ReadonlySet<string> {
    const explained = this.#explained(fault);
    const bad = explained.filter(({ name }) => this.#verdicts.get(name)?.holds === 'no');
    return new Set(bad.map(({ name }) => name));
  }

  /** Whoever passes again is not withdrawn on its way up. */
  #recovering(checks: ReadonlySet<string>): ReadonlySet<string> {
    return new Set([...checks].filter((name) => this.#verdicts.get(name)?.state === 'rising'));
  }

  #downSince(name: string): number {
    const verdict = this.#verdicts.get(name);
    return verdict && verdict.state !== 'rising' ? verdict.since : this.#now;
  }
}

/** A check notices a fault when it is probed next, and when that probe's time is over at the latest. */
function explains(fault: number, { since, within }: Failing): boolean {
  return since - within <= fault && fault <= since;
}
