/**
 * What comes and goes over interfaces, measured only while somebody waits for it to stop: the
 * kernel's octet counters (`/sys/class/net/IF/statistics`), read once an interval.
 */

import type { Clock } from '../session/clock.ts';
import type { Attribute } from './sysfs.ts';

export interface TrafficSamplerOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'wall' | 'after'>;
  /** As `Sysfs` has it. */
  readonly attribute: (device: string, name: string) => Promise<Attribute>;
  readonly onMeasured: (measured: TrafficMeasured) => void;
}

export interface TrafficMeasured {
  readonly type: 'TrafficMeasured';
  readonly at: number;
  /** By interface name, both ways together. */
  readonly bitsPerSecond: ReadonlyMap<string, number>;
}

interface Sample {
  readonly octets: bigint;
  /** Of the steady clock, in ms. */
  readonly at: number;
}

/** Long enough that a pause between two requests is not taken for their end, in ms. */
const INTERVAL = 5000;

export class TrafficSampler {
  readonly #options: TrafficSamplerOptions;
  #interfaces: readonly string[] = [];
  #samples = new Map<string, Sample>();
  #running = false;
  #cancel = () => {};

  constructor(options: TrafficSamplerOptions) {
    this.#options = options;
  }

  /** Those are measured from now on; none: nothing is, and nothing is read. */
  follow(interfaces: readonly string[]): void {
    this.#interfaces = interfaces;
    if (interfaces.length === 0) this.stop();
    else if (!this.#running) void this.#begin();
  }

  stop(): void {
    this.#interfaces = [];
    this.#running = false;
    this.#cancel();
  }

  async #begin(): Promise<void> {
    this.#running = true;
    this.#samples = new Map();
    await this.#look();
  }

  async #look(): Promise<void> {
    const names = this.#interfaces;
    const before = this.#samples;
    const read = await Promise.all(names.map((name) => this.#sample(name)));
    // It was stopped, and perhaps begun anew, while the kernel was asked.
    if (!this.#running || this.#samples !== before) return;
    const bitsPerSecond = new Map<string, number>();
    this.#samples = new Map();
    names.forEach((name, i) => {
      const sample = read[i];
      if (!sample) return;
      this.#samples.set(name, sample);
      const rate = rateBetween(before.get(name), sample);
      if (rate !== undefined) bitsPerSecond.set(name, rate);
    });
    const { clock, onMeasured } = this.#options;
    this.#cancel = clock.after(INTERVAL, () => void this.#look());
    // Last: whoever is told may have seen enough, and stop it.
    if (bitsPerSecond.size > 0) {
      onMeasured({ type: 'TrafficMeasured', at: clock.wall(), bitsPerSecond });
    }
  }

  /** Undefined: the interface is gone, or its driver does not answer. */
  async #sample(device: string): Promise<Sample | undefined> {
    const { attribute, clock } = this.#options;
    const received = await attribute(device, 'statistics/rx_bytes');
    const sent = await attribute(device, 'statistics/tx_bytes');
    const octets = [received, sent].map(({ content }) => counterOf(content));
    const [rx, tx] = octets;
    if (rx === undefined || tx === undefined) return undefined;
    return { octets: rx + tx, at: clock.monotonic() };
  }
}

/** A counter may have more digits than a number holds. */
function counterOf(content: string | undefined): bigint | undefined {
  const digits = content?.trim() ?? '';
  return /^\d+$/.test(digits) ? BigInt(digits) : undefined;
}

/** Undefined: there is nothing to compare with, or the counter began anew. */
function rateBetween(before: Sample | undefined, after: Sample): number | undefined {
  if (!before || after.octets < before.octets || after.at <= before.at) return undefined;
  const bits = Number(after.octets - before.octets) * 8;
  return (bits * 1000) / (after.at - before.at);
}
