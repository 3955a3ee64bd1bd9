/**
 * What a target is: another program's configuration, made from ours. A target turns the file into
 * values, `quagga-templates/NAME/` turns the values into text, and whatever the other program cannot
 * be told is named, never left out in silence.
 */

import type { Config } from '../config/config.ts';
import type { Render } from './template.ts';

export interface Target {
  /** As `multihomed generate NAME` has it. */
  readonly name: string;
  /** One line, for help. */
  readonly description: string;
  /** Where the files belong on the machine that uses them. */
  readonly directory: string;
  /** Throws TargetError when nothing right can be written, TemplateError when a template is broken. */
  generate(config: Config, options: GenerateOptions): Generated;
}

/** By neighbour name. */
export type Passwords = ReadonlyMap<string, string>;

export interface GenerateOptions {
  readonly render: Render;
  /** What may be written; without them a password that the file names is a loss. */
  readonly passwords?: Passwords;
  /** The same of BFD. */
  readonly bfdPasswords?: Passwords;
  /** By neighbour name: what the file leaves open, and was said beside it. */
  readonly interfaces?: ReadonlyMap<string, string>;
}

export interface Generated {
  /** The one that matters most first: its head says what is not expressed. */
  readonly files: readonly GeneratedFile[];
  readonly notExpressible: readonly NotExpressible[];
}

export interface GeneratedFile {
  /** Relative to the target's directory. */
  readonly path: string;
  readonly mode: number;
  /** Undefined: whoever writes it. */
  readonly owner?: { readonly user: string; readonly group: string };
  /** What a line of comment begins with: the head is written in it. */
  readonly comment: '#' | '!';
  /** Without the head; ends in a newline. */
  readonly content: string;
}

/** Something of the file that the other program will not do. */
export interface NotExpressible {
  /** Where in the file, as `upstreams.transit-a.role`. */
  readonly what: string;
  /** What that means there; one line. */
  readonly why: string;
}

/** The file means something that the target would turn into something else. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
