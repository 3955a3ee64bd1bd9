/** The command line: commands, their options and help. yargs is the one truth of what may be typed. */

import yargs, { type Argv, type Options } from 'yargs';
import { type Command, type CommandName, SHELLS } from './command.ts';
import { describeGenerate, GENERATE_OPTIONS, generateCommand } from './generateCommand.ts';
import { describeImport, IMPORT_OPTIONS, importCommand } from './importCommand.ts';
import { describeLab, LAB_OPTIONS, labCommand, labPassedOn } from './labCommand.ts';
import {
  APPLY_OPTIONS,
  applyCommand,
  BLACKHOLE_OPTION,
  DRAIN_OPTIONS,
  describePrefix,
  describeScenario,
  describeTarget,
  drainCommand,
  ORDER_OPTIONS,
  orderOptions,
  SIMULATE_OPTIONS,
  simulateCommand,
} from './operatorCommands.ts';
import { PARSER } from './parser.ts';
import { describeRecord, REPLAY_OPTIONS, replayCommand } from './replayCommand.ts';
import { ROUTE_OPTIONS } from './routeOptions.ts';
import { describeShow, SHOW_OPTIONS, SHOWN, showCommand } from './showCommand.ts';
import { UsageError } from './usageError.ts';
import { usageText } from './usageText.ts';

export type CommandLine =
  | { readonly kind: 'command'; readonly command: Command }
  /** Help or version: for standard output, exit 0. */
  | { readonly kind: 'text'; readonly text: string }
  /** Wrong usage: for standard error, exit 2. */
  | { readonly kind: 'usage'; readonly text: string };

const CONFIG = {
  config: {
    alias: 'c',
    type: 'string',
    requiresArg: true,
    describe: 'The file; ./multihomed.yaml, then /etc/multihomed/multihomed.yaml',
  },
} as const satisfies Record<string, Options>;

const JSON_OUTPUT = {
  json: { type: 'boolean', default: false, describe: 'Print JSON, for scripts' },
} as const satisfies Record<string, Options>;

const OPTIONS = {
  demo: {
    stay: { type: 'boolean', default: false, describe: 'Keep it up until Ctrl-C' },
  },
  run: CONFIG,
  check: {
    ...CONFIG,
    ...JSON_OUTPUT,
    preflight: {
      type: 'boolean',
      default: false,
      describe: "Also the kernel's settings, and who has our ports",
    },
  },
  show: { ...CONFIG, ...JSON_OUTPUT, ...SHOW_OPTIONS, ...ROUTE_OPTIONS },
  reload: { ...CONFIG, ...JSON_OUTPUT },
  plan: { ...CONFIG, ...JSON_OUTPUT },
  apply: { ...CONFIG, ...JSON_OUTPUT, ...APPLY_OPTIONS },
  explain: { ...CONFIG, ...JSON_OUTPUT },
  announce: { ...CONFIG, ...JSON_OUTPUT, ...ORDER_OPTIONS, ...BLACKHOLE_OPTION },
  withdraw: { ...CONFIG, ...JSON_OUTPUT, ...ORDER_OPTIONS },
  drain: { ...CONFIG, ...JSON_OUTPUT, ...DRAIN_OPTIONS },
  undrain: { ...CONFIG, ...JSON_OUTPUT },
  simulate: { ...CONFIG, ...JSON_OUTPUT, ...SIMULATE_OPTIONS },
  decode: {
    ...JSON_OUTPUT,
    'two-octet-as': { type: 'boolean', default: false, describe: 'AS numbers have two octets' },
    'add-path': {
      type: 'string',
      requiresArg: true,
      default: '',
      defaultDescription: 'none',
      describe: 'Families whose NLRI carry a path identifier: ipv4, ipv6 or ipv4,ipv6',
    },
    'extended-messages': {
      type: 'boolean',
      default: false,
      describe: 'Messages may have up to 65535 octets (RFC 8654)',
    },
    'extended-next-hop': {
      type: 'boolean',
      default: false,
      describe: 'IPv4 routes may have IPv6 next hops (RFC 8950)',
    },
    internal: { type: 'boolean', default: false, describe: 'The neighbour is in our own AS' },
  },
  generate: { ...CONFIG, ...JSON_OUTPUT, ...GENERATE_OPTIONS },
  import: { ...JSON_OUTPUT, ...IMPORT_OPTIONS },
  lab: { ...JSON_OUTPUT, ...LAB_OPTIONS },
  record: { ...CONFIG, ...JSON_OUTPUT },
  replay: { ...JSON_OUTPUT, ...REPLAY_OPTIONS },
  mrt: CONFIG,
  completion: {},
  schema: {},
} as const satisfies Record<CommandName, Record<string, Options>>;

/** What a shell asks with; see `completion.ts`. */
const COMPLETE = '--get-yargs-completions';

const FAMILIES: readonly string[] = ['ipv4', 'ipv6'];

export async function parseCommandLine(
  typed: readonly string[],
  version: string,
): Promise<CommandLine> {
  if (typed[0] === COMPLETE) {
    return { kind: 'text', text: await completions(typed, version) };
  }
  const passedOn = labPassedOn(typed);
  if (passedOn) return { kind: 'command', command: passedOn };
  const argv = plainForm(typed);
  const chosen: { command?: Command } = {};
  let output = '';
  const parser = define(version, (command) => {
    chosen.command = command;
  });
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

/** What may follow the last of the words, a line each; the first word is our own name. */
async function completions(typed: readonly string[], version: string): Promise<string> {
  let text = '';
  await define(version, () => {}).parseAsync(typed, {}, (_error, _argv, found) => {
    text = found;
  });
  // With a description behind a colon, where the shell is taken for zsh.
  const options = text.split('\n').map((line) => line.replace(/:.*$/, ''));
  const [, , command, ...operands] = typed;
  const names = command === 'show' && operands.length === 1 ? [...SHOWN, ...options] : options;
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

function define(version: string, choose: (command: Command) => void): Argv {
  const parser = yargs()
    .scriptName('multihomed')
    .usage('multihomed COMMAND [-c FILE]')
    .command(
      'demo',
      'Show the whole of it on loopback: no root, no file',
      (y) => y.options(OPTIONS.demo),
      (a) => choose({ name: 'demo', stay: a.stay }),
    )
    .command(
      'run',
      'Run the daemon, in the foreground',
      (y) => y.options(OPTIONS.run),
      (a) => choose({ name: 'run', config: a.config }),
    )
    .command(
      'check',
      'Read and judge the file',
      (y) => y.options(OPTIONS.check),
      (a) => choose({ name: 'check', config: a.config, json: a.json, preflight: a.preflight }),
    )
    .command(
      'show [what] [place]',
      'Am I announced, to whom, since when, why',
      (y) => describeShow(y.options(OPTIONS.show)),
      (a) => choose(showCommand(a)),
    )
    .command(
      'reload',
      'Have the daemon read its file again',
      (y) => y.options(OPTIONS.reload),
      (a) => choose({ name: 'reload', config: a.config, json: a.json }),
    )
    .command(
      'plan',
      'What the file would put on the wire, upstream by upstream',
      (y) => y.options(OPTIONS.plan),
      (a) => choose({ name: 'plan', config: a.config, json: a.json }),
    )
    .command(
      'apply',
      'As reload; with --confirm, back by itself unless confirmed',
      (y) => y.options(OPTIONS.apply),
      (a) => choose(applyCommand(a)),
    )
    .command(
      'explain <prefix>',
      'Every fact and rule behind a prefix, at each upstream',
      (y) => describePrefix(y.options(OPTIONS.explain)),
      ({ prefix, config, json }) => choose({ name: 'explain', prefix, config, json }),
    )
    .command(
      'announce <prefix>',
      'Announce by hand, whatever the checks say',
      (y) => describePrefix(y.options(OPTIONS.announce)),
      (a) => choose({ name: 'announce', blackhole: a.blackhole, ...orderOptions(a) }),
    )
    .command(
      'withdraw <prefix>',
      'Withdraw by hand, whatever the checks say',
      (y) => describePrefix(y.options(OPTIONS.withdraw)),
      (a) => choose({ name: 'withdraw', ...orderOptions(a) }),
    )
    .command(
      'drain <target>',
      'Make it the last choice, wait for traffic to go, withdraw it',
      (y) => describeTarget(y.options(OPTIONS.drain)),
      (a) => choose(drainCommand(a)),
    )
    .command(
      'undrain <target>',
      'Undo a drain',
      (y) => describeTarget(y.options(OPTIONS.undrain)),
      ({ target, config, json }) => choose({ name: 'undrain', target, config, json }),
    )
    .command(
      'simulate [scenario]',
      'Play failures on virtual time, with and without a flap budget',
      (y) => describeScenario(y.options(OPTIONS.simulate)),
      (a) => choose(simulateCommand(a)),
    )
    .command('decode [hex]', 'Make BGP messages readable', decodeOptions, (a) =>
      choose({
        name: 'decode',
        hex: a.hex,
        json: a.json,
        twoOctetAs: a['two-octet-as'],
        addPath: familiesOf(a['add-path']),
        extendedMessages: a['extended-messages'],
        extendedNextHop: a['extended-next-hop'],
        internal: a.internal,
      }),
    )
    .command(
      'generate <target>',
      'Configurations of other programs, equivalent to the file',
      (y) => describeGenerate(y.options(OPTIONS.generate)),
      (a) => choose(generateCommand(a)),
    )
    .command(
      'import <from> <file>',
      'The file that an existing configuration of Quagga or FRR comes to',
      (y) => describeImport(y.options(OPTIONS.import)),
      (a) => choose(importCommand(a)),
    )
    .command(
      'lab <action> [operands..]',
      'Rehearse: networks of real routers on this machine',
      (y) => describeLab(y.options(OPTIONS.lab)),
      (a) => choose(labCommand(a)),
    )
    .command(
      'record',
      'What the black box has: the files, from when to when',
      (y) => y.options(OPTIONS.record),
      (a) => choose({ name: 'record', config: a.config, json: a.json }),
    )
    .command(
      'replay <file>',
      'Do again what the black box has, and compare',
      (y) => describeRecord(y.options(OPTIONS.replay)),
      (a) => choose(replayCommand(a)),
    )
    .command(
      'mrt <file>',
      'Save what neighbours sent as MRT (RFC 6396), for bgpdump and its like',
      (y) =>
        y.options(OPTIONS.mrt).positional('file', {
          type: 'string',
          demandOption: true,
          describe: 'The file to write; -: standard output',
        }),
      (a) => choose({ name: 'mrt', file: a.file, config: a.config }),
    )
    .command(
      'completion [shell]',
      'Print what makes a shell complete our commands',
      (y) =>
        y.positional('shell', { choices: SHELLS, default: 'bash' as const, describe: 'Which' }),
      (a) => choose({ name: 'completion', shell: a.shell }),
    )
    .command(
      'schema',
      "Print the file's JSON Schema, for editors",
      (y) => y,
      () => choose({ name: 'schema' }),
    );
  return configured(parser, version);
}

function configured<T>(parser: Argv<T>, version: string): Argv<T> {
  return parser
    .parserConfiguration(PARSER)
    .strict()
    .exitProcess(false)
    .locale('en')
    .version(version)
    .help()
    .alias('help', 'h')
    .alias('version', 'V')
    .wrap(80)
    .epilogue('Exit status: 0 fine, 1 a problem found, 2 wrong usage.')
    .fail((message: string | null, error: Error | undefined) => {
      // yargs throws an error of its own where an option lacks its value.
      if (error && error.name !== 'YError') throw error;
      throw new UsageError(error?.message ?? message ?? 'wrong usage');
    });
}

function decodeOptions(y: Argv) {
  return y.options(OPTIONS.decode).positional('hex', {
    type: 'string',
    describe: 'Whole messages, quoted where there are spaces; nothing: lines on standard input',
  });
}

function familiesOf(text: string): readonly string[] {
  const families = text.split(',').filter((part) => part !== '');
  const unknown = families.find((family) => !FAMILIES.includes(family));
  if (unknown === undefined) return families;
  throw new UsageError(`--add-path does not know "${unknown}": it takes ipv4, ipv6 or ipv4,ipv6`);
}
