/**
 * Route-flap damping (RFC 2439) as vendors have it by default: what each flap costs, from which
 * penalty on a route is suppressed, and when it is used again.
 */

/** Penalties are dimensionless, times seconds. */
export interface DampingProfile {
  readonly withdraw: number;
  readonly reannounce: number;
  /** Of an attribute change. */
  readonly change: number;
  /** Suppressed from this on, at a charged event. */
  readonly suppress: number;
  /** Used again below this. */
  readonly reuse: number;
  readonly halfLife: number;
  readonly maxSuppress: number;
}

const COMMON = { withdraw: 1000, change: 500, reuse: 750, halfLife: 900, maxSuppress: 3600 };

export const DAMPING_PROFILES = {
  /** IOS; FRR and Quagga have the same. */
  cisco: { ...COMMON, reannounce: 0, suppress: 2000 },
  /** Junos; Nokia has the same thresholds. */
  juniper: { ...COMMON, reannounce: 1000, suppress: 3000 },
  huawei: { ...COMMON, reannounce: 0, change: 0, suppress: 2000 },
  /** RFC 7196 §3: a threshold that leaves small prefixes alone. */
  rfc7196: { ...COMMON, reannounce: 0, suppress: 6000 },
} as const satisfies Record<string, DampingProfile>;

/** How the network behind an upstream damps, as far as the file knows. */
export interface DampingConfig {
  /** `none`: it does not damp; `unknown`: nobody knows; `numbers`: spelled out in the file. */
  readonly name: keyof typeof DAMPING_PROFILES | 'none' | 'unknown' | 'numbers';
  /** Undefined with `none`; juniper's with `unknown`, the guess that costs least when wrong. */
  readonly profile: DampingProfile | undefined;
  /** Whether the upstream has said so; on a guess, what is announced nowhere is not held for long. */
  readonly confirmed: boolean;
}

export const NO_DAMPING: DampingConfig = { name: 'none', profile: undefined, confirmed: true };

export const UNKNOWN_DAMPING: DampingConfig = {
  name: 'unknown',
  profile: DAMPING_PROFILES.juniper,
  confirmed: false,
};

/** How long a prefix that is well again must be so before it is announced. Milliseconds. */
export interface StabilityConfig {
  /** After a first flap. */
  readonly first: number;
  /** After more than one flap in 15 minutes. */
  readonly repeated: number;
  /** The longest that a prefix announced nowhere is held, a confirmed suppression aside. */
  readonly cap: number;
  /** At upstreams beside the first one that has it again. */
  readonly follower: number;
}

export const DEFAULT_STABILITY: StabilityConfig = {
  first: 5_000,
  repeated: 30_000,
  cap: 60_000,
  follower: 60_000,
};
