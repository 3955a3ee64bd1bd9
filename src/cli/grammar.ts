/** Commands, their options and help, as yargs takes them: the one truth of what may be typed. */

import yargs, { type Argv, type Options } from 'yargs';
import { type Command, type CommandName, SHELLS } from './command.ts';
import { DECODE_OPTIONS, decodeCommand, describeDecode } from './decodeCommand.ts';
import { describeGenerate, GENERATE_OPTIONS, generateCommand } from './generateCommand.ts';
import { describeImport, IMPORT_OPTIONS, importCommand } from './importCommand.ts';
import { describeLab, LAB_OPTIONS, labCommand } from './labCommand.ts';
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
import { describeShow, SHOW_OPTIONS, showCommand } from './showCommand.ts';
import { UsageError } from './usageError.ts';

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

export const OPTIONS = {
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
  decode: { ...JSON_OUTPUT, ...DECODE_OPTIONS },
  generate: { ...CONFIG, ...JSON_OUTPUT, ...GENERATE_OPTIONS },
  import: { ...JSON_OUTPUT, ...IMPORT_OPTIONS },
  lab: { ...JSON_OUTPUT, ...LAB_OPTIONS },
  record: { ...CONFIG, ...JSON_OUTPUT },
  replay: { ...JSON_OUTPUT, ...REPLAY_OPTIONS },
  mrt: CONFIG,
  completion: {},
  schema: {},
} as const satisfies Record<CommandName, Record<string, Options>>;

/** `choose` is told the command that was typed. Parsing throws UsageError. */
export function grammar(version: string, choose: (command: Command) => void): Argv {
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
    .command(
      'decode [hex]',
      'Make BGP messages readable',
      (y) => describeDecode(y.options(OPTIONS.decode)),
      (a) => choose(decodeCommand(a)),
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
