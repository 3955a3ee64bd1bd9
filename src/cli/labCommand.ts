/** `lab` and what follows it on the command line. */

import type { Argv, Options } from 'yargs';
import type { Command } from './command.ts';
import { PARSER } from './parser.ts';
import { UsageError } from './usageError.ts';

export const LAB_OPTIONS = {
  name: {
    type: 'string',
    nargs: 1,
    describe: 'With up: what the lab is called, where the topology is up more than once',
  },
  quick: { type: 'boolean', default: false, describe: 'With test: only the short experiments' },
  rounds: {
    type: 'number',
    nargs: 1,
    describe: 'With test: play all of them so often, and demand the same verdicts each time',
  },
  output: {
    alias: 'o',
    type: 'string',
    nargs: 1,
    describe: 'The folder for reports, or for what containerlab deploys',
  },
} as const satisfies Record<string, Options>;

/** So many take half an hour. */
const MAX_ROUNDS = 9;

export const ACTIONS = [
  'list',
  'up',
  'down',
  'status',
  'exec',
  'test',
  'compare',
  'containerlab',
] as const;

type Action = (typeof ACTIONS)[number];

/** Adds its operands. */
export function describeLab<T>(y: Argv<T>) {
  return (
    y
      // Several operands are one array only so; `nargs` keeps options to their last value.
      .parserConfiguration({ ...PARSER, 'duplicate-arguments-array': true })
      .usage(
        [
          'multihomed lab list                         topologies, experiments, labs that are up',
          'multihomed lab up TOPOLOGY [--name LAB]     builds it in network namespaces',
          'multihomed lab status [LAB]',
          'multihomed lab exec LAB NODE COMMAND...     runs a command at a node',
          'multihomed lab down [LAB]                   one lab, or all; leftovers, too',
          'multihomed lab test [EXPERIMENT..] [--quick] [--rounds N] [-o DIR]',
          'multihomed lab compare [EXPERIMENT..] [-o DIR]  the same failures, with other daemons as the edge',
          'multihomed lab containerlab TOPOLOGY -o DIR',
        ].join('\n'),
      )
      .positional('action', { type: 'string', demandOption: true, choices: ACTIONS })
      .positional('operands', { type: 'string', array: true, default: [] })
  );
}

interface LabArguments {
  readonly action: Action;
  readonly operands: readonly string[];
  readonly name: string | undefined;
  readonly quick: boolean;
  readonly rounds: number | undefined;
  readonly output: string | undefined;
  readonly json: boolean;
}

/** Throws UsageError. */
export function labCommand({ action, operands, ...options }: LabArguments): Command {
  const { name: lab, quick, rounds = 1, output, json } = options;
  if (lab !== undefined && action !== 'up') throw new UsageError('--name goes with lab up');
  if (options.rounds !== undefined && action !== 'test') {
    throw new UsageError('--rounds goes with lab test');
  }
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
    throw new UsageError(`--rounds takes 1 to ${MAX_ROUNDS}`);
  }
  if (quick && action !== 'test') throw new UsageError('--quick goes with lab test');
  const [first] = operands;
  switch (action) {
    case 'list':
      none(action, operands);
      return { name: 'lab', action, json };
    case 'up':
      return { name: 'lab', action, topology: one(action, 'a topology', operands), lab };
    case 'down':
      atMostOne(action, operands);
      return { name: 'lab', action, lab: first };
    case 'status':
      atMostOne(action, operands);
      return { name: 'lab', action, lab: first, json };
    case 'exec':
      throw new UsageError('write lab exec LAB NODE COMMAND...');
    case 'test':
      return { name: 'lab', action, experiments: operands, quick, rounds, json, output };
    case 'compare':
      return { name: 'lab', action, experiments: operands, output, json };
    case 'containerlab': {
      const topology = one(action, 'a topology', operands);
      if (output === undefined) throw new UsageError('lab containerlab needs -o DIR');
      return { name: 'lab', action, topology, output };
    }
  }
}

function one(action: Action, what: string, operands: readonly string[]): string {
  const [first] = operands;
  if (first !== undefined && operands.length === 1) return first;
  throw new UsageError(`lab ${action} needs ${what}; \`multihomed lab list\` has them`);
}

function atMostOne(action: Action, operands: readonly string[]): void {
  if (operands.length > 1) throw new UsageError(`lab ${action} takes one lab, or none for all`);
}

function none(action: Action, operands: readonly string[]): void {
  if (operands.length > 0) throw new UsageError(`lab ${action} takes nothing behind it`);
}

/**
 * `lab exec`, whose command is the user's and has options of its own, and `lab play`, which the lab
 * itself types; undefined for all else.
 */
export function labPassedOn(typed: readonly string[]): Command | undefined {
  const [command, action, first, second, ...rest] = typed;
  if (command !== 'lab' || first === undefined || second === undefined) return undefined;
  if (first.startsWith('-') || second.startsWith('-')) return undefined;
  if (action === 'play') return { name: 'lab', action, part: first, argument: second };
  const argv = rest[0] === '--' ? rest.slice(1) : rest;
  if (action !== 'exec' || argv.length === 0) return undefined;
  return { name: 'lab', action, lab: first, node: second, argv };
}
