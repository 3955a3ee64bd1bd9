/** What the command line may ask for, parsed: one shape for each command. */

import type { RouteParameters } from '../control/routeQuery.ts';

export type Command =
  | { readonly name: 'demo'; readonly stay: boolean }
  | { readonly name: 'run'; readonly config: string | undefined }
  | {
      readonly name: 'check';
      readonly config: string | undefined;
      readonly json: boolean;
      readonly preflight: boolean;
    }
  | {
      readonly name: 'show';
      readonly what: ShowSubject;
      readonly config: string | undefined;
      readonly json: boolean;
      /** Again and again, until it is ended. */
      readonly watch: boolean;
    }
  | {
      readonly name: 'show';
      readonly what: 'events';
      readonly config: string | undefined;
      readonly json: boolean;
      /** Go on with what comes, until it is ended. */
      readonly follow: boolean;
      /** No more than the newest of these; undefined: the daemon's choice. */
      readonly limit: string | undefined;
    }
  | {
      readonly name: 'show';
      readonly what: 'routes';
      readonly config: string | undefined;
      readonly json: boolean;
      readonly routes: RouteParameters;
    }
  | { readonly name: 'reload'; readonly config: string | undefined; readonly json: boolean }
  | { readonly name: 'plan'; readonly config: string | undefined; readonly json: boolean }
  | {
      readonly name: 'apply';
      readonly config: string | undefined;
      readonly json: boolean;
      /** Seconds; undefined: it stays without a confirmation. */
      readonly confirm: number | undefined;
      readonly confirmed: boolean;
    }
  | {
      readonly name: 'explain';
      readonly prefix: string;
      readonly config: string | undefined;
      readonly json: boolean;
    }
  | (OrderOptions & { readonly name: 'announce'; readonly blackhole: boolean })
  | (OrderOptions & { readonly name: 'withdraw' })
  | {
      readonly name: 'drain';
      readonly target: string;
      /** Seconds. */
      readonly timeout: number | undefined;
      /** Bit/s. */
      readonly threshold: number | undefined;
      /** Say what it costs, and drain nothing. */
      readonly price: boolean;
      readonly config: string | undefined;
      readonly json: boolean;
    }
  | {
      readonly name: 'undrain';
      readonly target: string;
      readonly config: string | undefined;
      readonly json: boolean;
    }
  | {
      readonly name: 'simulate';
      /** The name of a file, or what the flags say. */
      readonly scenario: string | FlagScenario;
      readonly config: string | undefined;
      readonly json: boolean;
    }
  | {
      readonly name: 'decode';
      /** Undefined: lines on standard input. */
      readonly hex: string | undefined;
      readonly json: boolean;
      readonly twoOctetAs: boolean;
      readonly addPath: readonly string[];
      readonly extendedMessages: boolean;
      readonly extendedNextHop: boolean;
      readonly internal: boolean;
    }
  | {
      readonly name: 'generate';
      readonly target: string;
      readonly config: string | undefined;
      /** The directory that is written to; undefined: standard output. */
      readonly output: string | undefined;
      /** The directory that is compared with. */
      readonly diff: string | undefined;
      readonly strict: boolean;
      readonly force: boolean;
      /** Whether passwords may be written. */
      readonly withSecrets: boolean;
      readonly json: boolean;
      /** By neighbour name: what the file leaves open. */
      readonly interfaces: ReadonlyMap<string, string>;
      /** Compare with the running kernel, and write nothing. */
      readonly check: boolean;
    }
  | {
      readonly name: 'import';
      readonly dialect: 'quagga' | 'frr';
      readonly file: string;
      /** Undefined: standard output. */
      readonly output: string | undefined;
      readonly routerId: string | undefined;
      readonly strict: boolean;
      readonly force: boolean;
      readonly json: boolean;
    }
  | ({ readonly name: 'lab' } & LabCommand)
  | { readonly name: 'record'; readonly config: string | undefined; readonly json: boolean }
  | {
      readonly name: 'replay';
      readonly file: string;
      /** Tell each thing that happens. */
      readonly step: boolean;
      /** Milliseconds since the epoch; undefined: to its end. */
      readonly until: number | undefined;
      /** Write its messages there as MRT, and replay nothing; `-`: standard output. */
      readonly mrt: string | undefined;
      readonly json: boolean;
    }
  /** `-`: standard output. */
  | { readonly name: 'mrt'; readonly file: string; readonly config: string | undefined }
  | { readonly name: 'completion'; readonly shell: Shell }
  | { readonly name: 'schema' };

export interface OrderOptions {
  readonly prefix: string;
  readonly upstream: string | undefined;
  /** Seconds; undefined: until it is taken back. */
  readonly lease: number | undefined;
  /** Take back what was ordered. */
  readonly undo: boolean;
  readonly config: string | undefined;
  readonly json: boolean;
}

/** All of these fail alike. Milliseconds. */
export interface FlagScenario {
  readonly fail: readonly string[];
  readonly for: number;
  readonly repeat: number;
  readonly every: number;
}

export type CommandName = Command['name'];

/** One screen each. */
export const SCREENS = [
  'sessions',
  'announcements',
  'checks',
  'links',
  'budget',
  'config',
] as const;
/** `status`: `show` alone. */
export type ShowSubject = (typeof SCREENS)[number] | 'status';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export type LabCommand =
  | { readonly action: 'list'; readonly json: boolean }
  | { readonly action: 'up'; readonly topology: string; readonly lab: string | undefined }
  /** Undefined: every lab of this machine. */
  | { readonly action: 'down'; readonly lab: string | undefined }
  | { readonly action: 'status'; readonly lab: string | undefined; readonly json: boolean }
  | {
      readonly action: 'exec';
      readonly lab: string;
      readonly node: string;
      readonly argv: readonly string[];
    }
  | {
      readonly action: 'test';
      /** Names or files; none: all. */
      readonly experiments: readonly string[];
      readonly quick: boolean;
      /** How often all of them are played. */
      readonly rounds: number;
      readonly json: boolean;
      /** The folder for the reports. */
      readonly output: string | undefined;
    }
  | {
      readonly action: 'compare';
      /** None: all that are compared. */
      readonly experiments: readonly string[];
      readonly output: string | undefined;
      readonly json: boolean;
    }
  | { readonly action: 'containerlab'; readonly topology: string; readonly output: string }
  /** A program of a lab: the lab starts it in a namespace. */
  | { readonly action: 'play'; readonly part: string; readonly argument: string };
