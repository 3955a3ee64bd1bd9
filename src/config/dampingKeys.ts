/** The keys `damping` of an upstream and `flap-budget` of the file, and what comes of them. */

import { DAMPING_WORDS, STABILITY_WORDS } from './checkWords.ts';
import { DAMPING_PROFILES, type DampingConfig, type StabilityConfig } from './damping.ts';
import { formatDuration } from './duration.ts';
import { boolean, choice, type Field, integer, milliseconds, seconds } from './field.ts';
import type { Findings } from './findings.ts';
import { fallback, mapping, optional, type ReadKeys } from './mapping.ts';

const PROFILES = ['unknown', 'none', 'cisco', 'juniper', 'huawei', 'rfc7196'] as const;

const profile = choice('a damping profile', PROFILES);

const penalty = integer('a penalty', 0, 1_000_000, 'no implementation counts further');

const dampingTime = seconds('a damping time', {
  min: 1,
  max: 24 * 3600,
  because: 'penalties are counted in whole seconds, and nobody damps for longer than a day',
});

const NUMBERS = {
  withdraw: optional(penalty, "What a withdrawal costs. Default: the profile's."),
  reannounce: optional(penalty, "What an announcement after it costs. Default: the profile's."),
  change: optional(penalty, "What a change of attributes costs. Default: the profile's."),
  suppress: optional(penalty, "From this penalty on it is suppressed. Default: the profile's."),
  reuse: optional(penalty, "Below this penalty it is used again. Default: the profile's."),
  'half-life': optional(dampingTime, "The penalty is halved in this time. Default: the profile's."),
  'max-suppress': optional(
    dampingTime,
    "A route that is well is never suppressed for longer. Default: the profile's.",
  ),
};

const DAMPING = {
  profile: optional(
    profile,
    'The implementation whose defaults it has, `none` if it does not damp. Default: `unknown`; `cisco` for the numbers that are missing beside others.',
  ),
  confirmed: fallback(
    boolean,
    false,
    'Whether the upstream has said so. On a guess, nothing that is announced nowhere is held for long.',
  ),
  ...NUMBERS,
};

const dampingMapping = mapping(DAMPING, DAMPING_WORDS);

export type ReadDamping = ReadKeys<typeof DAMPING>;

/** A mapping, or a profile's name alone. */
export const damping: Field<ReadDamping> = {
  schema: { anyOf: [profile.schema, dampingMapping.schema] },
  read(node, place, findings) {
    const { at } = node;
    const read = dampingMapping.read(
      node.kind !== 'scalar'
        ? node
        : { kind: 'mapping', at, entries: [{ key: 'profile', keyAt: at, value: node }] },
      place,
      findings,
    );
    if (read && !findings.isFaulty(place.path)) judgeDamping(read, findings);
    return read;
  },
};

/** What was written of it; undefined: the numbers are all the profile's. */
function anyNumber(read: ReadDamping) {
  return Object.keys(NUMBERS)
    .map((key) => read[key as keyof typeof NUMBERS])
    .find((written) => written !== undefined);
}

function judgeDamping(read: ReadDamping, findings: Findings): void {
  const { name, profile } = dampingOf(read);
  const number = anyNumber(read);
  const chosen = read.profile?.value;
  if (number && (chosen === 'none' || chosen === 'unknown')) {
    findings.error(number.place, {
      cause: `the profile ${chosen} has no numbers`,
      consequence: 'what is meant is not clear',
      mend: 'remove profile, or the numbers',
    });
    return;
  }
  if (name === 'unknown' && read.confirmed.value) {
    findings.error(read.confirmed.place, {
      cause: 'what is unknown cannot be confirmed',
      consequence: 'no number is known that one could rely on',
      mend: 'name the profile, or remove confirmed',
    });
  }
  if (!profile || !number) return;
  const { suppress, reuse, halfLife, maxSuppress } = profile;
  const ceiling = Math.floor(reuse * 2 ** (maxSuppress / halfLife));
  const place = (read.suppress ?? read.reuse ?? number).place;
  if (reuse >= suppress || reuse === 0) {
    findings.error(place, {
      cause: `reuse (${reuse}) is not between 0 and suppress (${suppress})`,
      consequence: 'a route would be suppressed and used at once, or never used again',
      mend: 'write both as the upstream has them, as suppress: 2000 and reuse: 750',
    });
  } else if (suppress > ceiling) {
    // RFC 2439 §4.2: the ceiling follows from reuse, half-life and the longest suppression.
    findings.error(place, {
      cause: `a penalty never exceeds ${ceiling}, so suppress (${suppress}) is never reached`,
      consequence: 'such an upstream damps nothing, and holding back for it would be for nothing',
      mend: 'write the numbers as the upstream has them, or profile: none',
    });
  }
}

export function dampingOf(read: ReadDamping): DampingConfig {
  const number = anyNumber(read);
  const name = read.profile?.value ?? (number ? 'cisco' : 'unknown');
  const confirmed = read.confirmed.value;
  if (name === 'none') return { name, profile: undefined, confirmed };
  // The guess that costs least when it is wrong.
  const base = DAMPING_PROFILES[name === 'unknown' ? 'juniper' : name];
  if (!number) return { name, profile: base, confirmed };
  const profile = {
    withdraw: read.withdraw?.value ?? base.withdraw,
    reannounce: read.reannounce?.value ?? base.reannounce,
    change: read.change?.value ?? base.change,
    suppress: read.suppress?.value ?? base.suppress,
    reuse: read.reuse?.value ?? base.reuse,
    halfLife: read['half-life']?.value ?? base.halfLife,
    maxSuppress: read['max-suppress']?.value ?? base.maxSuppress,
  };
  return { name: 'numbers', profile, confirmed };
}

const hold = milliseconds('a hold', {
  min: 0,
  max: 3_600_000,
  because: 'a prefix that is well would be dark for so long',
});

const STABILITY = {
  'first-hold': fallback(hold, '5s', 'How long a prefix must be well after a first flap, 0 to 1h.'),
  'repeated-hold': fallback(hold, '30s', 'The same after more than one flap in 15 minutes.'),
  'longest-hold': fallback(
    hold,
    '60s',
    'The longest that a prefix is held while it is announced nowhere, confirmed suppressions aside.',
  ),
  'follower-hold': fallback(
    hold,
    '60s',
    'How long it must be well before upstreams beside the first one have it again.',
  ),
};

export const stability = mapping(STABILITY, STABILITY_WORDS);

export type ReadStability = ReadKeys<typeof STABILITY>;

export function stabilityOf(read: ReadStability): StabilityConfig {
  return {
    first: read['first-hold'].value,
    repeated: read['repeated-hold'].value,
    cap: read['longest-hold'].value,
    follower: read['follower-hold'].value,
  };
}

export function judgeStability(read: ReadStability, findings: Findings): void {
  const order = ['first-hold', 'repeated-hold', 'longest-hold'] as const;
  for (const [i, key] of order.slice(1).entries()) {
    const shorter = order[i] ?? key;
    if (read[shorter].value <= read[key].value) continue;
    findings.error(read[key].place, {
      cause: `${key} is shorter than ${shorter}`,
      consequence: 'what flaps more would be held less',
      mend: `write at least ${formatDuration(read[shorter].value)}, or a shorter ${shorter}`,
    });
  }
}
