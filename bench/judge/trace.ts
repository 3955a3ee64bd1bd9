/**
 * The flap traces of the study, and the scale at which they are played: FRR's shortest half-life is
 * a minute and its ticks of five seconds do not shrink, so everything is as much shorter as the
 * half-life is. At three minutes all times are whole seconds.
 */

import { DAMPING_PROFILES, type DampingProfile } from '../../src/config/damping.ts';
import type { Failure } from '../../src/simulate/scenario.ts';

/** Of the profiles, in seconds. */
const REAL_HALF_LIFE = DAMPING_PROFILES.cisco.halfLife;

export type TraceName = keyof typeof TRACES;

/** Seconds at the real scale; `at` is from the begin of the first. */
interface Burst {
  readonly at: number;
  readonly repeat: number;
  readonly every: number;
  readonly for: number;
}

const burst = (repeat: number, every: number, length: number, at = 0): Burst => {
  return { at, repeat, every, for: length };
};

export const TRACES = {
  one: { title: 'one flap', bursts: [burst(1, 60, 5)] },
  few: { title: 'a flap a minute × 3', bursts: [burst(3, 60, 5)] },
  minutes: { title: 'a flap a minute × 10', bursts: [burst(10, 60, 5)] },
  fast: { title: 'a flap every 20 s × 15', bursts: [burst(15, 20, 10)] },
  windows: {
    title: 'two windows of two flaps, 20 minutes apart',
    bursts: [burst(2, 60, 5), burst(2, 60, 5, 1200)],
  },
} as const satisfies Record<string, { title: string; bursts: readonly Burst[] }>;

export class TimeScale {
  /** Seconds. */
  readonly halfLife: number;

  constructor(halfLife: number) {
    this.halfLife = halfLife;
  }

  /** So many seconds, in ms at this scale. */
  ms(seconds: number): number {
    return Math.round((seconds * 1000 * this.halfLife) / REAL_HALF_LIFE);
  }

  /** As the file has durations. */
  duration(seconds: number): string {
    return `${this.ms(seconds)}ms`;
  }

  profile(name: keyof typeof DAMPING_PROFILES): DampingProfile {
    const profile = DAMPING_PROFILES[name];
    const maxSuppress = this.ms(profile.maxSuppress) / 1000;
    return { ...profile, halfLife: this.halfLife, maxSuppress };
  }

  /** Milliseconds from the begin of the trace. */
  failures(trace: TraceName, fail: string): readonly Failure[] {
    return TRACES[trace].bursts.map(({ at, repeat, every, for: length }) => ({
      ...{ fail, as: 'link', repeat },
      ...{ at: this.ms(at), every: this.ms(every), for: this.ms(length) },
    }));
  }

  /** When the last of its failures is over, and what was suppressed is used again whatever it cost. */
  end(trace: TraceName): number {
    const ends = this.failures(trace, '').map(
      ({ at, repeat, every, for: length }) => at + (repeat - 1) * every + length,
    );
    return Math.max(...ends) + this.profile('cisco').maxSuppress * 1000 + AFTER;
  }
}

/** Reuse is looked for every ten seconds, and what is held after it follows. Milliseconds. */
const AFTER = 45_000;
