/** Wrong usage in our words: yargs says what it did not understand, and that helps nobody in a hurry. */

import type { CommandName } from './command.ts';
import { didYouMean } from './didYouMean.ts';

/** The options of each command, by their long names. */
type Options = Readonly<Record<CommandName, Readonly<Record<string, unknown>>>>;

/** What stands behind commands that say nothing without it. */
const OPERANDS: Partial<Record<string, readonly string[]>> = {
  explain: ['a prefix'],
  announce: ['a prefix'],
  withdraw: ['a prefix'],
  drain: ['an upstream, a prefix or site'],
  undrain: ['an upstream, a prefix or site'],
  generate: ['the name of a target'],
  import: ['quagga or frr', 'a file of theirs'],
  lab: ['an action'],
  replay: ['a file of the black box'],
  mrt: ['a file to write, or - for standard output'],
} satisfies Partial<Record<CommandName, readonly string[]>>;

/** With a final newline. `message` is what yargs, or a command of ours, said of `argv`. */
export function usageText(message: string, argv: readonly string[], options: Options): string {
  const command = argv.find((word) => Object.hasOwn(options, word));
  const told =
    valueMissing(message) ??
    operandMissing(message, command) ??
    notAChoice(message, command) ??
    notKnown(message, argv, command, options) ??
    message;
  const help = command === undefined ? '--help' : `${command} --help`;
  return `multihomed: ${told}\nSee \`multihomed ${help}\`.\n`;
}

function valueMissing(message: string): string | undefined {
  const option = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  return option === undefined ? undefined : `${asTyped(option)} needs a value`;
}

function operandMissing(message: string, command = ''): string | undefined {
  const given = /^Not enough non-option arguments: got (\d+)/.exec(message)?.[1];
  const missing = given === undefined ? undefined : OPERANDS[command]?.slice(Number(given));
  return missing && `${command} needs ${missing.join(', and ')}`;
}

function notAChoice(message: string, command = ''): string | undefined {
  const [, given = '', list] = /Given: "(.*)", Choices: (.+)/.exec(message) ?? [];
  if (list === undefined) return undefined;
  const choices = list.split(', ').map((choice) => choice.replaceAll('"', ''));
  return `${command} does not know ${given}: it knows ${choices.join(', ')}${didYouMean(given, choices)}`;
}

/** With the nearest name that would have been known. */
function notKnown(
  message: string,
  argv: readonly string[],
  command: string | undefined,
  options: Options,
): string | undefined {
  const unknown = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(message)?.[1];
  if (unknown === undefined) return undefined;
  const all = Object.entries(options);
  if (argv.some((word) => word === `-${unknown}` || optionName(word) === unknown)) {
    const shown = asTyped(unknown);
    const known = Object.keys(all.find(([name]) => name === command)?.[1] ?? {});
    if (command !== undefined) {
      const near = didYouMean(unknown, [...known, 'help', 'version'], '--');
      return `unknown option ${shown} for ${command}${near}`;
    }
    const ofSome = unknown === 'c' || all.some(([, each]) => Object.hasOwn(each, unknown));
    if (ofSome) return `${shown} goes with a command`;
    return `unknown option ${shown}${didYouMean(unknown, ['help', 'version'], '--')}`;
  }
  if (command === undefined) {
    return `unknown command ${unknown}${didYouMean(unknown, Object.keys(options))}`;
  }
  const file = /[./]ya?ml$|\//.test(unknown) && takesFile(options, command);
  return `unknown argument ${unknown} for ${command}${file ? '; the file is named with -c FILE' : ''}`;
}

function takesFile(options: Options, command: string): boolean {
  const known = Object.entries(options).find(([name]) => name === command)?.[1] ?? {};
  return Object.hasOwn(known, 'config');
}

function asTyped(option: string): string {
  return `${option.length === 1 ? '-' : '--'}${option}`;
}

/** `json` of `--json` and `--json=yes`. */
function optionName(word: string): string | undefined {
  return /^--([^=]+)/.exec(word)?.[1];
}
