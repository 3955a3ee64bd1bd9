/** `generate` and what follows it on the command line. */

import type { Argv, Options } from 'yargs';
import { TARGETS, targetOf } from '../generate/targets.ts';
import type { Command } from './command.ts';
import { didYouMean } from './didYouMean.ts';
import { parseInterfaces } from './interfaceOption.ts';
import { UsageError } from './usageError.ts';

export const GENERATE_OPTIONS = {
  output: {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    describe: 'Write the files to this directory: all of them, or none',
  },
  diff: {
    type: 'string',
    requiresArg: true,
    describe: 'Compare with this directory; exit 1 when something differs',
  },
  strict: {
    type: 'boolean',
    default: false,
    describe: 'An error when the target cannot express all of the file',
  },
  'with-secrets': {
    type: 'boolean',
    default: false,
    describe: 'Write the passwords that the file points to',
  },
  force: {
    type: 'boolean',
    default: false,
    describe: 'With -o: replace files that were changed by hand, or are not ours',
  },
  interface: {
    type: 'string',
    requiresArg: true,
    default: '',
    defaultDescription: "the file's",
    describe: 'Links of neighbours that the file leaves open: transit-a=eth1,transit-b=eth2',
  },
  check: {
    type: 'boolean',
    default: false,
    describe: 'sysctl only: compare with the running kernel; exit 1 when something differs',
  },
} as const satisfies Record<string, Options>;

/** Adds its operand. */
export function describeGenerate<T>(y: Argv<T>) {
  const targets = TARGETS.map(
    ({ name, description, directory }) => `  ${name}: ${description}; for ${directory}`,
  );
  return y
    .positional('target', { type: 'string', demandOption: true, describe: 'Which program' })
    .epilogue(['Targets:', ...targets].join('\n'));
}

interface GenerateArguments {
  readonly target: string;
  readonly config: string | undefined;
  readonly output: string | undefined;
  readonly diff: string | undefined;
  readonly strict: boolean;
  readonly force: boolean;
  readonly 'with-secrets': boolean;
  readonly json: boolean;
  readonly interface: string;
  readonly check: boolean;
}

/** Throws UsageError. */
export function generateCommand(typed: GenerateArguments): Command {
  const { target, config, output, diff, strict, force, json, check } = typed;
  if (!targetOf(target)) {
    const names = TARGETS.map(({ name }) => name);
    throw new UsageError(
      `generate does not know ${target}: it knows ${names.join(', ')}${didYouMean(target, names)}`,
    );
  }
  if (check && target !== 'sysctl') throw new UsageError('--check is of `generate sysctl` alone');
  if (check && (output !== undefined || diff !== undefined)) {
    throw new UsageError(
      '--check writes and compares no files: it goes with neither -o nor --diff',
    );
  }
  if (output !== undefined && diff !== undefined) {
    throw new UsageError('-o writes and --diff compares: choose one of them');
  }
  if (json && (output !== undefined || diff !== undefined)) {
    throw new UsageError('--json prints the files: it goes with neither -o nor --diff');
  }
  if (force && output === undefined) throw new UsageError('--force goes with -o DIR');
  const interfaces = parseInterfaces(typed.interface);
  const withSecrets = typed['with-secrets'];
  const rest = { output, diff, strict, force, withSecrets, json, interfaces, check };
  return { name: 'generate', target, config, ...rest };
}
