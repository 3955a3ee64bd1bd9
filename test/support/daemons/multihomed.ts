/** The program under test as a process in the edge's namespace, and its own commands. */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Family } from '../../../src/net/family.ts';
import type { Namespace } from '../netns.ts';
import type { Program } from './process.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** How long it may take to answer on its control socket, in ms. */
const START_LIMIT = 60_000;

/** A configuration as the file has it; JSON is YAML. */
export interface FileContent {
  readonly upstreams: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly prefixes: readonly unknown[];
  readonly [key: string]: unknown;
}

/** What is read of one session in `show sessions --json`. */
export interface ShownSession {
  readonly name: string;
  readonly state: string;
  readonly direction?: 'outgoing' | 'incoming';
  readonly established: number;
  readonly dropped: number;
  readonly learned: Readonly<Record<Family, LearnedCounts>>;
  readonly capabilities: {
    readonly used: readonly string[];
    readonly role: { readonly ours: string | null; readonly theirs: string | null };
    readonly hostName: string | null;
  } | null;
  readonly lastDown: {
    readonly kind: string;
    readonly notification: { readonly code: number; readonly subcode: number } | null;
  } | null;
  readonly restingUntil: string | null;
  readonly stale: readonly { readonly family: Family; readonly phase: string }[];
  readonly received: { readonly open: number; readonly routeRefresh: number };
  readonly sent: { readonly routeRefresh: number };
  readonly lastConnectFault: { readonly cause: string } | null;
}

/** The key mismatch of one session, as it is shown. */
export interface ShownMismatch {
  readonly kind: 'missing' | 'unexpected' | 'wrong';
  readonly others: readonly string[];
}

export interface ShownBfd {
  readonly standing: string;
  /** Milliseconds. */
  readonly transmitInterval: number;
  readonly detectionTime: number;
  readonly received: number;
  readonly discarded: number;
  readonly discards: Readonly<Record<string, number>>;
}

export interface LearnedCounts {
  readonly received: number;
  readonly accepted: number;
  readonly best: number;
}

/** A line of `show routes --json`. */
export interface ShownRoute {
  readonly prefix: string;
  readonly paths: readonly ShownPath[];
}

export interface ShownPath {
  readonly neighbour: string;
  readonly state: 'best' | 'accepted' | 'refused' | 'leaving';
  readonly reason: { readonly code: string } | null;
  readonly asPath: readonly unknown[];
  readonly origin: string;
  readonly nextHop: string;
  readonly med: number | null;
  readonly localPref: number;
  readonly communities: readonly string[];
  readonly pathId: number | null;
  readonly onlyToCustomer: number | null;
}

/** The bundle that `npm run build` makes, or the sources where there is none. */
export function command(): readonly string[] {
  const bundle = `${root}dist/multihomed.js`;
  return existsSync(bundle)
    ? [process.execPath, bundle]
    : [process.execPath, `--import=${import.meta.resolve('tsx')}`, `${root}src/cli/main.ts`];
}

export class Multihomed {
  readonly program: Program;
  readonly #namespace: Namespace;
  readonly #file: string;

  private constructor(namespace: Namespace, file: string, program: Program) {
    this.#namespace = namespace;
    this.#file = file;
    this.program = program;
  }

  /** `wrap`: what the command is an argument of, and ends by becoming it. */
  static async start(
    namespace: Namespace,
    file: string,
    content: FileContent,
    wrap: readonly string[] = [],
  ) {
    await writeFile(file, JSON.stringify(content, undefined, 2));
    const program = namespace.spawn('multihomed', ...wrap, ...command(), 'run', '-c', file);
    const multihomed = new Multihomed(namespace, file, program);
    await program.ready(START_LIMIT, () => multihomed.sessions().then(Boolean, () => false));
    return multihomed;
  }

  async sessions(): Promise<readonly ShownSession[]> {
    const shown: { sessions: readonly { session: ShownSession }[] } = JSON.parse(
      await this.run('show', 'sessions', '--json'),
    );
    return shown.sessions.map(({ session }) => session);
  }

  /** What `show sessions` has of BFD, by neighbour. */
  async bfd(): Promise<ReadonlyMap<string, ShownBfd>> {
    const text = await this.run('show', 'sessions', '--json');
    const shown: { sessions: readonly { session: ShownSession; bfd: ShownBfd | null }[] } =
      JSON.parse(text);
    return new Map(
      shown.sessions.flatMap(({ session, bfd }) => (bfd ? [[session.name, bfd] as const] : [])),
    );
  }

  async keyMismatches(): Promise<ReadonlyMap<string, ShownMismatch>> {
    const shown: {
      sessions: readonly {
        session: { readonly name: string };
        keyMismatch: ShownMismatch | null;
      }[];
    } = JSON.parse(await this.run('show', 'sessions', '--json'));
    return new Map(
      shown.sessions.flatMap(({ session: { name }, keyMismatch }) =>
        keyMismatch ? [[name, keyMismatch] as const] : [],
      ),
    );
  }

  /** What `show routes` prints with these arguments. */
  async routes(...argv: readonly string[]): Promise<readonly ShownRoute[]> {
    const text = await this.run('show', 'routes', ...argv, '--json');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line): ShownRoute => JSON.parse(line));
  }

  /** The messages of the timeline, oldest first. */
  async timeline(): Promise<readonly string[]> {
    const text = await this.run('show', 'events', '--json');
    const shown: { events: readonly { message: string }[] } = JSON.parse(text);
    return shown.events.map(({ message }) => message);
  }

  /** Writes the file anew; nobody reads it yet. */
  async write(content: FileContent): Promise<void> {
    await writeFile(this.#file, JSON.stringify(content, undefined, 2));
  }

  /** Writes the file anew and has it read. */
  async reload(content: FileContent): Promise<string> {
    await this.write(content);
    return this.run('reload');
  }

  /** The same by signal, which tells nothing back. */
  async hangUp(content: FileContent): Promise<void> {
    await this.write(content);
    this.program.signal('SIGHUP');
  }

  /** Runs one of its commands to the end; throws when it fails. */
  async run(...argv: readonly string[]): Promise<string> {
    return this.#namespace.exec(...command(), ...argv, '-c', this.#file);
  }

  /** SIGTERM. Resolves with the exit code. */
  async terminate(): Promise<number | null> {
    this.program.signal('SIGTERM');
    return this.program.exited();
  }
}
