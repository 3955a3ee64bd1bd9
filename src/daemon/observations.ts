/**
 * The facts as events tell them. Their times are those of the daemon's own steady clock: whoever
 * reports may have read one that jumps. Milliseconds since the epoch.
 */

import type { Facts, SessionFact, TrafficFact } from '../announcer/facts.ts';
import { isDown } from '../announcer/reachability.ts';
import type { SignFact } from '../announcer/sign.ts';
import type { BfdFact } from '../bfd/bfdFact.ts';
import type { CheckConfig } from '../config/checkConfig.ts';
import { type Config, neighboursOf } from '../config/config.ts';
import type { CheckFact } from '../monitor/check.ts';
import { leaseOf } from '../monitor/checks/checkRunner.ts';
import { targetKey } from '../monitor/checks/checkWatcher.ts';
import type { LinkFact, PathFact } from '../monitor/link.ts';
import type { DecidedBy } from './events.ts';

export class Observations {
  readonly #links: Map<string, LinkFact>;
  readonly #bfd: Map<string, BfdFact>;
  readonly #checks: Map<string, CheckFact>;
  readonly #sessions: Map<string, SessionFact>;
  readonly #traffic: Map<string, TrafficFact>;
  readonly #signs: Map<string, readonly SignFact[]>;
  #paths: ReadonlyMap<string, PathFact>;
  #kernelSettled: boolean;
  #stopping: string | undefined;
  #config: Config;

  /** `known`: what has been observed already; undefined: nothing has. */
  constructor(config: Config, known?: Facts) {
    this.#config = config;
    this.#links = new Map(known?.links);
    this.#bfd = new Map(known?.bfd);
    this.#checks = new Map(known?.checks);
    this.#sessions = new Map(known?.sessions);
    this.#signs = new Map(known?.signs);
    this.#traffic = new Map(known?.traffic);
    this.#kernelSettled = known?.kernelSettled ?? config.kernel?.anchor !== true;
    this.#stopping = known?.stopping;
    this.#paths = configuredPaths(config, known?.paths ?? new Map());
  }

  facts(): Facts {
    return {
      links: this.#links,
      paths: this.#paths,
      bfd: this.#bfd,
      checks: this.#checks,
      sessions: this.#sessions,
      signs: this.#signs,
      traffic: this.#traffic,
      kernelSettled: this.#kernelSettled,
      stopping: this.#stopping,
    };
  }

  /** What was found of a check is not true of another that has its name now. */
  configure(config: Config, now: number): void {
    const before = new Map(this.#config.checks.map((check) => [check.name, targetKey(check)]));
    this.#config = config;
    for (const check of config.checks) {
      const same = before.get(check.name) === targetKey(check);
      if (!same) this.#checks.set(check.name, unprobed(check, now));
    }
    this.#paths = configuredPaths(config, this.#paths);
  }

  /** Takes in what the event says; false: nothing that is decided on changed. */
  learn(event: DecidedBy, now: number): boolean {
    switch (event.type) {
      case 'LinkChanged':
        this.#links.set(event.link.interface, event.link);
        return true;
      case 'LinkForgotten':
        return this.#links.delete(event.interface);
      case 'BfdChanged':
        this.#bfd.set(event.fact.neighbour, { ...event.fact, since: now });
        return true;
      case 'KernelSettled':
        this.#kernelSettled = true;
        return true;
      case 'BfdForgotten':
        return this.#bfd.delete(event.neighbour);
      case 'CheckChanged':
        return this.#check(event.check, event.at, now);
      case 'CheckForgotten':
        return this.#forget(event.name, now);
      case 'TrafficMeasured':
        for (const [name, bitsPerSecond] of event.bitsPerSecond) {
          this.#traffic.set(name, { bitsPerSecond, at: now });
        }
        return true;
      case 'SignsChanged':
        this.#signs.set(event.neighbour, event.signs);
        return true;
      case 'PathsResolved':
        this.#paths = configuredPaths(this.#config, event.paths);
        return true;
      case 'SessionUp':
        this.#sessions.set(event.neighbour, { since: now, families: event.negotiated.families });
        return true;
      case 'SessionDown':
        return this.#sessions.delete(event.neighbour);
      case 'StopRequested':
        this.#stopping = event.why;
        return true;
      case 'StoodStill':
        this.#renew(event.since, now);
        return true;
      case 'ConfigLoaded':
      case 'OrdersChanged':
      case 'TimeCame':
        return true;
      default:
        return false;
    }
  }

  /** Checks whose leases have ended between these two; each is given more time once, not for ever. */
  ended(since: number, now: number): readonly CheckConfig[] {
    return this.#config.checks.filter(({ name }) => {
      const fact = this.#checks.get(name);
      if (!fact || fact.detail === STOOD_STILL) return false;
      return since < fact.leaseUntil && fact.leaseUntil <= now;
    });
  }

  /**
   * Nobody could renew what ended meanwhile, and nobody has found anything either: nothing is known of
   * it for as long as a first result may take. But what had failed looks no better for that.
   */
  #renew(since: number, now: number): void {
    for (const check of this.ended(since, now)) {
      const before = this.#checks.get(check.name);
      const unknown = { ...unprobed(check, now), detail: STOOD_STILL };
      const { leaseUntil, detail } = unknown;
      const fact = before && isDown(before) ? { ...before, leaseUntil, detail } : unknown;
      this.#checks.set(check.name, fact);
    }
  }

  #forget(name: string, now: number): boolean {
    const check = this.#config.checks.find((each) => each.name === name);
    if (!check) return this.#checks.delete(name);
    this.#checks.set(name, unprobed(check, now));
    return true;
  }

  /** A lease renewed in time says nothing new: the daemon wakes when it would have ended. */
  #check(check: CheckFact, at: number, now: number): boolean {
    const before = this.#checks.get(check.name);
    const offset = now - at;
    const leaseUntil = check.leaseUntil + offset;
    const renewed = before?.state === check.state && before.leaseUntil > now;
    const since = renewed ? before.since : check.since + offset;
    this.#checks.set(check.name, { ...check, since, leaseUntil });
    return !renewed;
  }
}

const STOOD_STILL = 'it has not been probed since this process stood still';

/**
 * Nothing is known of it, and that has an end, as any lease has: what is announced meanwhile is
 * announced on an old word.
 */
function unprobed(check: CheckConfig, now: number): CheckFact {
  const { name } = check;
  const leaseUntil = now + leaseOf(check);
  return { name, state: 'unknown', since: now, leaseUntil, detail: 'it has not been probed yet' };
}

/** What the file says of interfaces, and for the rest what was derived. */
function configuredPaths(
  config: Config,
  derived: ReadonlyMap<string, PathFact>,
): ReadonlyMap<string, PathFact> {
  return new Map(
    neighboursOf(config).map(({ name, interface: configured }) => [
      name,
      configured === undefined
        ? notConfigured(derived.get(name))
        : { interface: configured, origin: 'configured' },
    ]),
  );
}

function notConfigured(derived: PathFact | undefined): PathFact {
  return derived && derived.origin !== 'configured'
    ? derived
    : { interface: undefined, origin: 'none' };
}
