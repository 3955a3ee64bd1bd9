/** The command line: what was typed, made a command, a text to print, or a word about wrong usage. */

import { TARGETS } from '../generate/targets.ts';
import type { Command } from './command.ts';
import { grammar, OPTIONS } from './grammar.ts';
import { DIALECTS } from './importCommand.ts';
import { ACTIONS, labPassedOn } from './labCommand.ts';
import { SHOWN } from './showCommand.ts';
import { UsageError } from './usageError.ts';
import { usageText } from './usageText.ts';

export type CommandLine =
  | { readonly kind: 'command'; readonly command: Command }
  /** Help or version: for standard output, exit 0. */
  | { readonly kind: 'text'; readonly text: string }
  /** Wrong usage: for standard error, exit 2. */
  | { readonly kind: 'usage'; readonly text: string };

/** What a shell asks with; see `completion.ts`. */
const COMPLETE = '--get-yargs-completions';

/** `width`: of help, in columns. */
export async function parseCommandLine(
  typed: readonly string[],
  version: string,
  width = 80,
): Promise<CommandLine> {
  if (typed[0] === COMPLETE) {
    return { kind: 'text', text: await completions(typed, version) };
  }
  const passedOn = labPassedOn(typed);
  if (passedOn) return { kind: 'command', command: passedOn };
  const argv = plainForm(typed);
  const chosen: { command?: Command } = {};
  let output = '';
  const choose = (command: Command) => {
    chosen.command = command;
  };
  const parser = grammar(version, choose).wrap(width);
  try {
    await parser.parseAsync(argv, {}, (_error, _argv, text) => {
      output = text;
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: 'usage', text: usageText(error.message, argv, OPTIONS) };
  }
  if (chosen.command) return { kind: 'command', command: chosen.command };
  if (output !== '') return { kind: 'text', text: `${output.trimEnd()}\n` };
  return { kind: 'usage', text: `${await parser.getHelp()}\n` };
}

/** What stands first behind commands that know its words. */
const OPERANDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['show', SHOWN],
  ['generate', TARGETS.map(({ name }) => name)],
  ['import', DIALECTS],
  ['lab', ACTIONS],
]);

/** What may follow the last of the words, a line each; the first word is our own name. */
async function completions(typed: readonly string[], version: string): Promise<string> {
  let text = '';
  await grammar(version, () => {}).parseAsync(typed, {}, (_error, _argv, found) => {
    text = found;
  });
  // With a description behind a colon, where the shell is taken for zsh; `--c` is how yargs sees `-c`.
  const options = text
    .split('\n')
    .map((line) => line.replace(/:.*$/, ''))
    .filter((name) => !/^--.$/.test(name));
  const [, , command, ...operands] = typed;
  const first = operands.length === 1 ? (OPERANDS.get(command ?? '') ?? []) : [];
  const names = [...new Set([...first, ...options])];
  return names.map((name) => `${name}\n`).join('');
}

/**
 * The two forms that yargs reads otherwise than everybody: `-cFILE` and `-oDIR`, and operands behind
 * `--`, which it would leave unread. Nothing that begins with a dash is an operand of any command.
 */
function plainForm(typed: readonly string[]): readonly string[] {
  const end = typed.indexOf('--');
  const [before, after] = end < 0 ? [typed, []] : [typed.slice(0, end), typed.slice(end + 1)];
  const plain = before.flatMap((word, i) => {
    const file = isFileOption(before[i - 1]) ? null : /^(-[co])([^=].*)$/.exec(word);
    return file ? file.slice(1) : [word];
  });
  // `-c --` lacks its value.
  if (end >= 0 && isFileOption(before.at(-1))) return [...plain, '--'];
  return [...plain, ...after];
}

function isFileOption(word: string | undefined): boolean {
  return ['-c', '--config', '-o', '--output'].includes(word ?? '');
}
