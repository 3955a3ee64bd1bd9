/** `plan` to `simulate` on the command line: what may follow each, and what is meant by it. */

import type { Argv, Options } from 'yargs';
import { parseDuration } from '../config/duration.ts';
import type { Command, OrderOptions } from './command.ts';
import { UsageError } from './usageError.ts';

const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;

export const APPLY_OPTIONS = {
  confirm: { ...text, describe: 'Go back after so long (5m) unless it is confirmed' },
  confirmed: { ...flag, describe: 'Confirm what was applied' },
} as const satisfies Record<string, Options>;

export const ORDER_OPTIONS = {
  upstream: { ...text, describe: 'At this upstream alone' },
  for: { ...text, describe: 'How long (10m); default: until it is taken back' },
  undo: { ...flag, describe: 'Take the order back: as the file says' },
} as const satisfies Record<string, Options>;

export const BLACKHOLE_OPTION = {
  blackhole: { ...flag, describe: 'Have traffic to this one address discarded (RFC 7999)' },
} as const satisfies Record<string, Options>;

export const DRAIN_OPTIONS = {
  timeout: { ...text, defaultDescription: '60s', describe: 'How long traffic is waited for' },
  threshold: { ...text, defaultDescription: '100k', describe: 'Traffic under it is gone (bit/s)' },
  price: { ...flag, describe: 'Say what it costs in flap budget, and drain nothing' },
} as const satisfies Record<string, Options>;

export const SIMULATE_OPTIONS = {
  fail: { ...text, array: true, describe: 'An upstream or a check that fails; may be repeated' },
  for: { ...text, default: '90s', describe: 'How long' },
  repeat: { ...text, default: '1', describe: 'How many times in all' },
  every: { ...text, default: '5m', describe: 'From one begin to the next' },
} as const satisfies Record<string, Options>;

export function describePrefix<T>(y: Argv<T>) {
  return y.positional('prefix', {
    type: 'string',
    demandOption: true,
    describe: 'A prefix of the file; an address alone is one of its full length',
  });
}

export function describeTarget<T>(y: Argv<T>) {
  return y.positional('target', {
    type: 'string',
    demandOption: true,
    describe: 'The name of an upstream, a prefix, or site',
  });
}

export function describeScenario<T>(y: Argv<T>) {
  return y.positional('scenario', { type: 'string', describe: 'A file; or see --fail' });
}

interface Common {
  readonly config: string | undefined;
  readonly json: boolean;
}

interface ApplyArguments extends Common {
  readonly confirm: string | undefined;
  readonly confirmed: boolean;
}

/** This and the others throw UsageError. */
export function applyCommand({ confirm, confirmed, config, json }: ApplyArguments): Command {
  if (confirmed && confirm !== undefined) {
    throw new UsageError('--confirm begins to wait and --confirmed ends it: choose one of them');
  }
  return { name: 'apply', config, json, confirm: secondsOf('confirm', confirm), confirmed };
}

interface OrderArguments extends Common {
  readonly prefix: string;
  readonly upstream: string | undefined;
  readonly for: string | undefined;
  readonly undo: boolean;
}

export function orderOptions(typed: OrderArguments): OrderOptions {
  const { prefix, upstream, undo, config, json } = typed;
  const lease = secondsOf('for', typed.for);
  if (undo && lease !== undefined) {
    throw new UsageError('--undo takes the order back at once: it goes without --for');
  }
  return { prefix, upstream, lease, undo, config, json };
}

interface DrainArguments extends Common {
  readonly target: string;
  readonly timeout: string | undefined;
  readonly threshold: string | undefined;
  readonly price: boolean;
}

export function drainCommand(typed: DrainArguments): Command {
  const { target, price, config, json } = typed;
  const timeout = secondsOf('timeout', typed.timeout, 0);
  return {
    name: 'drain',
    target,
    timeout,
    threshold: rateOf(typed.threshold),
    price,
    config,
    json,
  };
}

interface SimulateArguments extends Common {
  readonly scenario: string | undefined;
  readonly fail: readonly string[] | undefined;
  readonly for: string;
  readonly repeat: string;
  readonly every: string;
}

export function simulateCommand(typed: SimulateArguments): Command {
  const { scenario: file, fail, config, json } = typed;
  if ((file === undefined) === (fail === undefined)) {
    throw new UsageError('simulate takes a SCENARIO file, or --fail with what fails');
  }
  const scenario = file ?? {
    fail: fail ?? [],
    for: 1000 * (secondsOf('for', typed.for) ?? 0),
    repeat: countOf(typed.repeat),
    every: 1000 * (secondsOf('every', typed.every) ?? 0),
  };
  return { name: 'simulate', scenario, config, json };
}

/** A year, in ms. */
const LONGEST = 366 * 86_400_000;

/** Whole seconds, rounded up: shorter than asked for is nobody's wish. */
function secondsOf(option: string, typed: string | undefined, least = 1): number | undefined {
  if (typed === undefined) return undefined;
  const milliseconds = parseDuration(typed);
  if (milliseconds === undefined || milliseconds > LONGEST) {
    throw new UsageError(`--${option} takes a time such as 90s, 10m or 2h, not "${typed}"`);
  }
  if (milliseconds < least) throw new UsageError(`--${option} takes more than ${typed}`);
  return Math.ceil(milliseconds / 1000);
}

const RATE = { '': 1, k: 1e3, M: 1e6, G: 1e9 } as const;

type RateUnit = keyof typeof RATE;

/** Bit/s: `500`, `100k`, `2M`, `1G`. */
function rateOf(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  const match = /^([1-9]\d{0,8})(k|M|G|)$/.exec(typed);
  if (match) return Number(match[1]) * RATE[match[2] as RateUnit];
  throw new UsageError(`--threshold takes bits a second such as 500, 100k or 2M, not "${typed}"`);
}

function countOf(typed: string): number {
  if (/^[1-9]\d{0,3}$/.test(typed)) return Number(typed);
  throw new UsageError(`--repeat takes a number from 1 to 9999, not "${typed}"`);
}
