/** `replay` on the command line: what may follow it, and what is meant by it. */

import type { Argv, Options } from 'yargs';
import type { Command } from './command.ts';
import { UsageError } from './usageError.ts';

export const REPLAY_OPTIONS = {
  step: {
    type: 'boolean',
    default: false,
    describe: 'Tell each thing that happened; on a terminal, one for each Enter',
  },
  until: {
    type: 'string',
    requiresArg: true,
    describe: 'No further than this (2026-01-31T12:00:00Z)',
  },
  mrt: {
    type: 'string',
    requiresArg: true,
    describe: 'Save its messages as MRT (RFC 6396), and replay nothing; -: standard output',
  },
} as const satisfies Record<string, Options>;

export function describeRecord<T>(y: Argv<T>) {
  return y.positional('file', {
    type: 'string',
    demandOption: true,
    describe: 'A file of the black box',
  });
}

interface Typed {
  readonly file: string;
  readonly step: boolean;
  readonly until: string | undefined;
  readonly mrt: string | undefined;
  readonly json: boolean;
}

/** Throws UsageError. */
export function replayCommand({ file, step, until, mrt, json }: Typed): Command {
  if (mrt !== undefined && (step || json || until !== undefined)) {
    throw new UsageError('--mrt replays nothing: leave --step, --until and --json out');
  }
  return { name: 'replay', file, step, until: timeOf(until), mrt, json };
}

/** Of ISO 8601 with a zone: a time without one would be another one on another machine. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const at = Date.parse(text);
  if (isWhole && !Number.isNaN(at)) return at;
  throw new UsageError(`--until takes a time with its zone, as 2026-01-31T12:00:00Z, not ${text}`);
}
