/** What the RIB still has to sweep: one job after another, a slice at a time. */

import type { Family } from '../net/family.ts';
import type { RibPeer } from './ribPeer.ts';
import type { Sweep } from './sweep.ts';

export interface SweepJob {
  /**
   * `leave`: all of a session's paths go; `refresh`: what was not refreshed; `judge`: none, but by new
   * rules; `long-lived`: none but those with NO_LLGR.
   */
  readonly kind: 'leave' | 'refresh' | 'judge' | 'long-lived';
  readonly peer: RibPeer;
  /** Undefined: both. */
  readonly family: Family | undefined;
  readonly sweep: Sweep;
  readonly end: () => void;
}

type Matches = (job: SweepJob) => boolean;

export class SweepJobs {
  readonly #jobs: SweepJob[] = [];

  /** `urgent`: before all others. */
  add(job: SweepJob, urgent: boolean): void {
    if (urgent) this.#jobs.unshift(job);
    else this.#jobs.push(job);
  }

  has(matches: Matches): boolean {
    return this.#jobs.some(matches);
  }

  cancel(matches: Matches): void {
    for (const job of this.#jobs.filter(matches)) this.#jobs.splice(this.#jobs.indexOf(job), 1);
  }

  /** Does at once, and whole, what still waits of these. */
  finish(matches: Matches): void {
    const jobs = this.#jobs.filter(matches);
    this.cancel(matches);
    for (const { sweep, end } of jobs) {
      sweep.step(Number.MAX_SAFE_INTEGER);
      end();
    }
  }

  /**
   * Does about `budget` rows of what is waiting; false: nothing waits any more. Something that
   * throws is a bug of ours: it is not tried again, and what else waits is for the next call.
   */
  step(budget: number): boolean {
    let left = budget;
    for (let job = this.#jobs[0]; job && left > 0; job = this.#jobs[0]) {
      left = this.#stepJob(job, left);
      if (!job.sweep.done) break;
      this.#jobs.shift();
      job.end();
    }
    return this.#jobs.length > 0;
  }

  #stepJob(job: SweepJob, budget: number): number {
    try {
      return job.sweep.step(budget);
    } catch (error) {
      this.cancel((other) => other === job);
      throw error;
    }
  }
}

export function isOf(
  job: SweepJob,
  kind: SweepJob['kind'],
  peer: RibPeer,
  family: Family,
): boolean {
  return job.kind === kind && job.peer === peer && job.family === family;
}
