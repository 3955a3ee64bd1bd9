/**
 * `run` without yargs, which costs about as much as everything else that comes before the first
 * OPEN. It reads only the plain forms below, and reads them as `commandLine.ts` does (a test holds
 * the two together); every other command line, right or wrong, is for yargs.
 */

import type { Command } from './command.ts';

/** `run`, `run -c FILE`, `run --config FILE`, `run --config=FILE`; undefined for all else. */
export function runShortcut(argv: readonly string[]): Command | undefined {
  const [name, option, value, ...rest] = argv;
  if (name !== 'run' || rest.length > 0) return undefined;
  if (option === undefined) return { name, config: undefined };
  if (value === undefined) {
    const config = option.startsWith('--config=') ? option.slice('--config='.length) : '';
    return /^[\w./]/.test(config) ? { name, config } : undefined;
  }
  const named = option === '-c' || option === '--config';
  return named && /^[\w./]/.test(value) ? { name, config: value } : undefined;
}
