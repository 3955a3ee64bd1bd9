/** What wrong usage is told by: yargs says what it did not know, and the nearest known name is added. */

import { didYouMean } from './didYouMean.ts';

/** The options of each command, by its name. */
type Known = Readonly<Record<string, object>>;

/** `message`: yargs's own, about `argv`. One line, and one that says where help is. */
export function usageText(message: string, argv: readonly string[], known: Known): string {
  const commands = Object.keys(known);
  const command = argv.find((word) => commands.includes(word));
  const help = `See \`multihomed ${command === undefined ? '' : `${command} `}--help\`.\n`;
  const empty = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  if (empty !== undefined) return `multihomed: ${asTyped(empty)} needs a value\n${help}`;
  const unknown = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(message)?.[1];
  if (unknown === undefined) return `multihomed: ${message}\n${help}`;
  const option = argv.some((word) => word === `-${unknown}` || optionName(word) === unknown);
  const kind = option ? 'option' : command === undefined ? 'command' : 'argument';
  const shown = option ? asTyped(unknown) : unknown;
  const near = option ? didYouMean(unknown, optionNames(known, command), '--') : '';
  const nearCommand = kind === 'command' ? didYouMean(unknown, commands) : '';
  const where = command === undefined || kind === 'command' ? '' : ` for ${command}`;
  return `multihomed: unknown ${kind} ${shown}${where}${near}${nearCommand}\n${help}`;
}

function asTyped(option: string): string {
  return `${option.length === 1 ? '-' : '--'}${option}`;
}

/** `json` of `--json` and `--json=yes`. */
function optionName(word: string): string | undefined {
  return /^--([^=]+)/.exec(word)?.[1];
}

function optionNames(known: Known, command: string | undefined): readonly string[] {
  const options = command === undefined ? undefined : known[command];
  return [...Object.keys(options ?? {}), 'help', 'version'];
}
