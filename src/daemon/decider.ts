/**
 * What is decided, from event to desired set: facts are updated, what was really sent is charged to
 * the flap budget, the announcer decides. No clock, no sockets, no files: the daemon runs it, and so
 * does the replay of what a daemon has recorded. Times are milliseconds since the epoch.
 */

import { deconfigured, lost, sent } from '../announcer/charge.ts';
import { decide, type Outcome } from '../announcer/decide.ts';
import type { Facts } from '../announcer/facts.ts';
import { type State, withConfig } from '../announcer/state.ts';
import type { Config } from '../config/config.ts';
import { isKeptByNeighbour, type RestartTerms } from '../fsm/gracefulRestart.ts';
import { RESTART_TIME } from '../session/restartOffer.ts';
import type { DecidedBy } from './events.ts';
import { Observations } from './observations.ts';

/** By neighbour: those of its last session; undefined: graceful restart was not negotiated. */
export type RestartTermsByName = ReadonlyMap<string, RestartTerms | undefined>;

/** Where a decider begins that another one has left off. */
export interface Known {
  readonly facts: Facts;
  readonly restartTerms: RestartTermsByName;
}

export class Decider {
  config: Config;
  /** What is remembered. */
  state: State;
  /** The last decision; undefined: none was made yet. */
  outcome: Outcome | undefined;
  readonly #observations: Observations;
  readonly #restartTerms: Map<string, RestartTerms | undefined>;

  constructor(config: Config, state: State, known?: Known) {
    this.config = config;
    this.state = state;
    this.#observations = new Observations(config, known?.facts);
    this.#restartTerms = new Map(known?.restartTerms);
  }

  /** The facts as they are now. */
  facts(): Facts {
    return this.#observations.facts();
  }

  /** Whether the lease of a check has ended between these two that may be given more time. */
  hasLapsed(since: number, now: number): boolean {
    return this.#observations.ended(since, now).length > 0;
  }

  get restartTerms(): RestartTermsByName {
    return this.#restartTerms;
  }

  /** Takes another configuration; nothing is decided by that. */
  configure(config: Config, now: number): void {
    this.config = config;
    this.#observations.configure(config, now);
    // Once it is in force nobody is left to charge them to.
    this.state = withConfig(deconfigured(this.state, config, now), config);
  }

  /** Takes in what the event says; false: nothing that is decided on changed. */
  learn(event: DecidedBy, now: number): boolean {
    if (event.type === 'SessionUp') {
      this.#restartTerms.set(event.neighbour, event.negotiated.gracefulRestart);
    }
    const learned = this.#observations.learn(event, now);
    const charged = this.#charge(event, now);
    return learned || charged;
  }

  decide(now: number): Outcome {
    this.outcome = decide(this.config, this.facts(), this.state, now, this.outcome);
    this.state = this.outcome.state;
    return this.outcome;
  }

  /** What upstreams were really sent, or lost; false: nothing was. */
  #charge(event: DecidedBy, now: number): boolean {
    if (event.type !== 'RoutesSent' && event.type !== 'SessionDown') return false;
    const upstream = this.config.upstreams.find(({ name }) => name === event.neighbour);
    if (!upstream) return false;
    const before = this.state;
    this.state =
      event.type === 'SessionDown'
        ? lost(before, upstream, now, this.#keptUntil(event, now))
        : sent(before, upstream, event.difference, event.asked, now);
    return this.state !== before;
  }

  /** 0: the neighbour has dropped what it was sent. */
  #keptUntil(
    { neighbour, reason }: DecidedBy & { readonly type: 'SessionDown' },
    now: number,
  ): number {
    const isKept = isKeptByNeighbour(this.#restartTerms.get(neighbour), reason);
    return isKept ? now + RESTART_TIME * 1000 : 0;
  }
}
