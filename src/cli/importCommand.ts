/** `import` and what follows it on the command line. */

import type { Argv, Options } from 'yargs';
import type { Command } from './command.ts';
import { didYouMean } from './didYouMean.ts';
import { UsageError } from './usageError.ts';

export const IMPORT_OPTIONS = {
  output: {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    describe: 'Write the file there, instead of to standard output',
  },
  'router-id': {
    type: 'string',
    requiresArg: true,
    describe: 'For configurations that leave it to the daemon to choose one',
  },
  strict: {
    type: 'boolean',
    default: false,
    describe: 'An error when a line could not be carried over',
  },
  force: { type: 'boolean', default: false, describe: 'With -o: replace a file that is there' },
} as const satisfies Record<string, Options>;

export const DIALECTS = ['quagga', 'frr'] as const;

/** Adds its operands. */
export function describeImport<T>(y: Argv<T>) {
  return y
    .positional('from', { type: 'string', demandOption: true, describe: 'quagga or frr' })
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: "Quagga's bgpd.conf, FRR's frr.conf, or what `show running-config` prints",
    });
}

interface ImportArguments {
  readonly from: string;
  readonly file: string;
  readonly output: string | undefined;
  readonly 'router-id': string | undefined;
  readonly strict: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** Throws UsageError. */
export function importCommand(typed: ImportArguments): Command {
  const { from, file, output, strict, force, json } = typed;
  const dialect = DIALECTS.find((name) => name === from);
  if (!dialect) {
    const near = didYouMean(from, DIALECTS);
    throw new UsageError(`import does not know ${from}: it knows ${DIALECTS.join(', ')}${near}`);
  }
  if (force && output === undefined) throw new UsageError('--force goes with -o FILE');
  const routerId = typed['router-id'];
  return { name: 'import', dialect, file, output, routerId, strict, force, json };
}
