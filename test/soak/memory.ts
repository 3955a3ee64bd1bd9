/** The daemon's resident memory over time. */

import type { Daemon } from './daemon.ts';

const INTERVAL = 1000;
/** What the last fifth may have more than the second: V8 grows its heap until it has to collect. */
const SLACK = 40 << 20;

export class Memory {
  readonly #daemon: Daemon;
  readonly #samples: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  start(): void {
    this.#timer = setInterval(() => this.#samples.push(this.#daemon.rss()), INTERVAL);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  text(): string {
    const [second, last] = [this.#fifth(1), this.#fifth(4)].map((octets) =>
      Math.round(octets / 1e6),
    );
    return `RSS ${second} MB in the second fifth, ${last} MB in the last`;
  }

  faults(): readonly string[] {
    return this.#fifth(4) > this.#fifth(1) + SLACK ? [`memory grows: ${this.text()}`] : [];
  }

  /** The median of the nth fifth of the samples. */
  #fifth(n: number): number {
    const length = Math.floor(this.#samples.length / 5);
    const part = this.#samples.slice(n * length, (n + 1) * length).sort((a, b) => a - b);
    return part[Math.floor(part.length / 2)] ?? 0;
  }
}
