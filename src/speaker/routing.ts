/**
 * The RIB that new sessions feed. It is made for one AS and identifier, which attribute sets are judged
 * by when they come in: another identity gets another RIB, and who follows the best paths moves there.
 */

import type { Config } from '../config/config.ts';
import type { BestPathFollower } from './bestPathFollower.ts';
import { RibRunner, type RibRunnerOptions } from './ribRunner.ts';

export class Routing {
  readonly #options: Pick<RibRunnerOptions, 'clock' | 'onEvent'>;
  #current: { readonly identity: string; readonly runner: RibRunner } | undefined;
  #follower: BestPathFollower | undefined;

  constructor(options: Pick<RibRunnerOptions, 'clock' | 'onEvent'>) {
    this.#options = options;
  }

  /** Undefined before the first `runnerFor`. */
  get runner(): RibRunner | undefined {
    return this.#current?.runner;
  }

  /** `held`: as `RibRunnerOptions` has it, should it be a new one. */
  runnerFor({ asn, routerId: bgpIdentifier }: Config, held: boolean): RibRunner {
    const identity = `${asn} ${bgpIdentifier}`;
    if (this.#current?.identity === identity) return this.#current.runner;
    const runner = new RibRunner({ ...this.#options, local: { asn, bgpIdentifier }, held });
    this.#current?.runner.follow(undefined);
    this.#current = { identity, runner };
    runner.follow(this.#follower);
    return runner;
  }

  /** Whom the best paths are told, whatever becomes of the configuration; undefined: nobody. */
  follow(follower: BestPathFollower | undefined): void {
    this.#follower = follower;
    this.#current?.runner.follow(follower);
  }
}
