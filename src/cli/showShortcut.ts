/**
 * `show` without yargs, which takes longer to read than the daemon to answer. It reads only the plain
 * forms below, and reads them as `commandLine.ts` does (a test holds the two together); every other
 * command line, right or wrong, is for yargs.
 */

import { type Command, SCREENS } from './command.ts';

/** `show [SCREEN]` with any of `--json` and `-c FILE` behind it; undefined for all else. */
export function showShortcut(
  argv: readonly string[],
): Extract<Command, { name: 'show' }> | undefined {
  const [name, ...rest] = argv;
  if (name !== 'show') return undefined;
  const screen = SCREENS.find((known) => known === rest[0]);
  const options = screen ? rest.slice(1) : rest;
  let json = false;
  let config: string | undefined;
  for (let i = 0; i < options.length; i++) {
    const option = options[i];
    const value = options[i + 1];
    if (option === '--json' && !json) json = true;
    else if (option === '-c' && config === undefined && value && /^[\w./]/.test(value)) {
      config = value;
      i++;
    } else return undefined;
  }
  return { name: 'show', what: screen ?? 'status', config, json, watch: false };
}
