/** All checks of the file, each on its own way. See `checkRunner.ts`. */

import type { CheckConfig } from '../../config/checkConfig.ts';
import type { Clock } from '../../session/clock.ts';
import type { CheckFact } from '../check.ts';
import type { CheckEvent } from '../checkEvent.ts';
import { CheckRunner, type LastProbe } from './checkRunner.ts';
import type { Probe } from './probe.ts';
import { probeOf, type Surroundings } from './probes.ts';

export interface CheckWatcherOptions extends Surroundings {
  /** Called for every result. */
  readonly onEvent: (event: CheckEvent) => void;
  readonly clock: Clock;
  /** What looks; but for tests, what is there for its kind. */
  readonly probe?: (config: CheckConfig) => Probe;
}

export interface CheckReport {
  readonly config: CheckConfig;
  /** Undefined: no probe has had a result yet. */
  readonly fact: CheckFact | undefined;
  readonly last: LastProbe | undefined;
}

/**
 * First probes begin within this, in ms; of many checks later, so that they come this far apart then
 * and ever after.
 */
const FIRST = 1000;
const APART = 5;

/** Nothing in it throws or rejects. */
export class CheckWatcher {
  readonly #options: CheckWatcherOptions;
  readonly #probe: (config: CheckConfig) => Probe;
  #runners: ReadonlyMap<string, CheckRunner> = new Map();
  /** Those of which it has been told that they cannot be probed. */
  readonly #faulty = new Set<string>();
  #running = false;

  constructor(options: CheckWatcherOptions) {
    this.#options = options;
    this.#probe = options.probe ?? ((config) => probeOf(config, options));
  }

  start(): void {
    this.#running = true;
    this.#begin([...this.#runners.values()]);
  }

  /** Resolves when nothing is left of any probe; no event comes after the call. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  /**
   * Probes these and no others. What is known of one stays while it probes the same thing. Returns
   * a line for each difference.
   */
  configure(checks: readonly CheckConfig[]): readonly string[] {
    const before = this.#runners;
    const kept = new Set<CheckRunner>();
    const changes: string[] = [];
    const runners = checks.map((config): [string, CheckRunner] => {
      const { name } = config;
      const old = before.get(name);
      const same = old !== undefined && targetKey(old.config) === targetKey(config);
      if (!same) {
        changes.push(`check ${name}: ${old ? 'looks elsewhere, begins anew' : 'added'}`);
        return [name, this.#runner(config)];
      }
      kept.add(old);
      if (wholeKey(old.config) !== wholeKey(config)) {
        changes.push(`check ${name}: changed, its state kept`);
        old.reconfigure(config, this.#probe(config));
      }
      return [name, old];
    });
    this.#runners = new Map(runners);
    for (const [name, runner] of before) {
      if (kept.has(runner)) continue;
      if (!this.#runners.has(name)) changes.push(`check ${name}: removed`);
      this.#forget(runner);
    }
    if (this.#running) this.#begin([...this.#runners.values()].filter((each) => !kept.has(each)));
    return changes;
  }

  /** Resolves with what that probe found; undefined: nothing has been found, or there is no such check. */
  async runNow(name: string): Promise<CheckFact | undefined> {
    const runner = this.#runners.get(name);
    if (!runner || !this.#running) return runner?.fact;
    await runner.runNow();
    return runner.fact;
  }

  /** What the kernel says of a link counts at once. */
  linkChanged(name: string): void {
    for (const { config } of this.#runners.values()) {
      const { probe } = config;
      if (probe.kind === 'link' && probe.interface === name) void this.runNow(config.name);
    }
  }

  /** In the file's order, as they are now: what nobody has renewed is stale. */
  reports(): readonly CheckReport[] {
    return [...this.#runners.values()].map(({ config, fact, last, stale }) => ({
      config,
      fact: fact && stale ? { ...fact, state: 'stale', since: fact.leaseUntil } : fact,
      last,
    }));
  }

  #begin(runners: readonly CheckRunner[]): void {
    const within = Math.max(FIRST, runners.length * APART);
    for (const runner of runners) runner.start(within);
  }

  #runner(config: CheckConfig): CheckRunner {
    const { onEvent, clock } = this.#options;
    const { name } = config;
    return new CheckRunner(config, this.#probe(config), clock, {
      onFact: (check, at) => {
        this.#faulty.delete(name);
        onEvent({ type: 'CheckChanged', at, check });
      },
      onFault: (cause) => {
        if (this.#faulty.has(name)) return;
        this.#faulty.add(name);
        onEvent({ type: 'CheckFailed', at: clock.wall(), name, cause });
      },
    });
  }

  #forget(runner: CheckRunner): void {
    const { onEvent, clock } = this.#options;
    const { name } = runner.config;
    void runner.stop();
    this.#faulty.delete(name);
    if (runner.fact) onEvent({ type: 'CheckForgotten', at: clock.wall(), name });
  }
}

/** Equal for two checks exactly when they look at the same thing in the same way. */
export function targetKey({ probe, source, via }: CheckConfig): string {
  return JSON.stringify([probe, source?.text, via]);
}

function wholeKey(config: CheckConfig): string {
  const { name, probe, source, via, ...times } = config;
  return JSON.stringify(times);
}
