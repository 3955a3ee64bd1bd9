/** Runs one target for a while: mutates what told something new, and watches time and memory. */

import { Random } from './random.ts';
import type { Target } from './target.ts';

/** Inputs that are kept; more would only be drawn more rarely. */
const MAX_POOL = 1000;
/** How often an input that took too long may prove that it was the machine. */
const RETRIES = 5;
/** A power of two. */
const OUTCOMES = 1 << 16;
/** Between two turns of the event loop. */
const BATCH = 512;

export class Finding extends Error {
  override readonly name = 'Finding';
  readonly input: Uint8Array;

  constructor(message: string, input: Uint8Array) {
    super(message);
    this.input = input;
  }
}

export class Fuzzer {
  readonly target: Target;
  executions = 0;
  readonly #random: Random;
  readonly #now: () => number;
  readonly #pool: Uint8Array[];
  /** [hash of an outcome] 1: it has been seen. Of fixed size, so that nothing here grows for ever. */
  readonly #seen = new Uint8Array(OUTCOMES);
  #outcomes = 0;

  /** `now`: milliseconds; where nothing is to be timed, one that stands still. */
  constructor(target: Target, seed: number, now: () => number = () => performance.now()) {
    this.target = target;
    this.#now = now;
    this.#random = new Random(seed);
    this.#pool = [...target.seeds];
  }

  /** Different outcomes so far; of two with one hash the second is not counted. */
  get outcomes(): number {
    return this.#outcomes;
  }

  /** The seeds as they are. Throws Finding. */
  async replay(): Promise<void> {
    for (const input of this.target.seeds) await this.#execute(input);
  }

  /** At least `executions` more, as long as `more` says so. Throws Finding. */
  async run(executions: number, more: () => boolean): Promise<void> {
    const end = this.executions + executions;
    while (this.executions < end && more()) {
      for (let i = 0; i < BATCH && this.executions < end; i++) {
        const [input, other] = [this.#random.pick(this.#pool), this.#random.pick(this.#pool)];
        await this.#execute(this.target.mutate(input, other, this.#random));
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async #execute(input: Uint8Array): Promise<void> {
    this.executions++;
    const before = this.#now();
    const outcome = await this.#outcomeOf(input);
    const elapsed = this.#now() - before;
    if (elapsed > this.#allowedFor(input)) await this.#timeAgain(input);
    const place = placeOf(String(outcome));
    if (this.#seen[place] !== 0) return;
    this.#seen[place] = 1;
    this.#outcomes++;
    if (this.#pool.length < MAX_POOL) this.#pool.push(input);
    else this.#pool[this.#random.below(MAX_POOL)] = input;
  }

  async #outcomeOf(input: Uint8Array): Promise<string | number> {
    try {
      const outcome = this.target.run(input);
      return typeof outcome === 'object' ? await outcome : outcome;
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      throw new Finding(`${this.target.name}: ${stack}`, input);
    }
  }

  #allowedFor(input: Uint8Array): number {
    const { allowance, microsecondsPerOctet } = this.target;
    return allowance + (input.length * microsecondsPerOctet) / 1000;
  }

  /** Work has to be linear in the length: once is a busy machine, each time is the input. */
  async #timeAgain(input: Uint8Array): Promise<void> {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < RETRIES && least > this.#allowedFor(input); i++) {
      const before = this.#now();
      await this.#outcomeOf(input);
      least = Math.min(least, this.#now() - before);
    }
    if (least <= this.#allowedFor(input)) return;
    const text = `${least.toFixed(1)} ms for ${input.length} octets, at best`;
    throw new Finding(`${this.target.name}: ${text}`, input);
  }
}

/** FNV-1a. */
function placeOf(outcome: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < outcome.length; i++) {
    hash = Math.imul(hash ^ outcome.charCodeAt(i), 0x01000193);
  }
  return (hash ^ (hash >>> 16)) & (OUTCOMES - 1);
}
