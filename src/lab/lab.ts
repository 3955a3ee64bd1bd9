/**
 * One lab on this machine: it is built, waited for, disturbed and taken down. Everything that it
 * makes is in its state first, so that a lab whose builder was killed can still be taken down.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ipEnvironment, runWithin } from '../monitor/ipCommand.ts';
import type { Ask, Daemon, LabProgram, Place } from './daemons/daemon.ts';
import { DAEMONS } from './daemons/daemons.ts';
import { type Degradable, layLinks } from './degradedLinks.ts';
import { LabError } from './labError.ts';
import { addNamespaces, mustRun } from './namespaces.ts';
import { isAlive, type ProcessId, processId } from './processId.ts';
import {
  claimFolder,
  isWanted,
  labFolder,
  namespaceOf,
  type RunState,
  type StartedProgram,
  writeState,
} from './runState.ts';
import { type LabNode, neighboursOf, nodeOf, type Topology } from './topology.ts';
import { waitFor } from './wait.ts';

export interface LabOptions {
  readonly name: string;
  /** The containerlab file, absolute. */
  readonly file: string;
  readonly topology: Topology;
  /** How this program is started: `node`, its options, its entry. */
  readonly self: readonly string[];
  /** Where labs keep their state. */
  readonly root: string;
  /** Who runs at a node instead of what its label says. */
  readonly players?: ReadonlyMap<string, Daemon>;
  /** Links that may lose and delay frames later. */
  readonly degradable?: Degradable | undefined;
  /** One line for each step. */
  readonly progress: (line: string) => void;
  /** Whoever waits gives up. */
  readonly signal?: AbortSignal;
}

/** Where a program runs: a node, or what stands between two. */
export interface Whereabouts {
  readonly node: Pick<LabNode, 'name' | 'environment'>;
  readonly home: string;
}

/** In ms, of one program on a busy machine. */
const START_LIMIT = 60_000;
/** In ms, from the first program's start. */
const SESSIONS_LIMIT = 90_000;
const ASK_LIMIT = 10_000;

export class Lab {
  readonly options: LabOptions;
  readonly folder: string;
  #state: RunState;

  private constructor(options: LabOptions, owner: ProcessId | null) {
    const { name, file, root } = options;
    this.options = options;
    this.folder = labFolder(root, name);
    this.#state = { name, file, owner, programs: [], folders: [] };
  }

  /** Nothing of it is there yet but its state; throws LabError where somebody else is at it. */
  static plan(options: LabOptions): Lab {
    const lab = new Lab(options, processId(process.pid) ?? null);
    claimFolder(options.root, options.name);
    writeState(options.root, lab.#state);
    return lab;
  }

  /** One that is there, as its state has it. */
  static existing(options: LabOptions, state: RunState): Lab {
    const lab = new Lab(options, state.owner);
    lab.#state = state;
    return lab;
  }

  get programs(): readonly StartedProgram[] {
    return this.#state.programs;
  }

  /** Everything, until every session is up. What is half built when this throws is in its state. */
  async build(): Promise<void> {
    const { topology, progress, name } = this.options;
    const places = topology.nodes.map((node) => this.place(node.name));
    const files = places.map((place) => this.daemonAt(place.node).files(place));
    chmodSync(this.folder, 0o755); // daemons drop root and must still reach their files
    progress(`${topology.nodes.length} namespaces, ${topology.links.length} links`);
    await addNamespaces(name, topology);
    await layLinks(this);
    this.options.signal?.throwIfAborted();
    await Promise.all(places.map((place, i) => this.#prepare(place, files[i] ?? [])));
    await Promise.all(places.map((place) => this.start(place.node.name)));
    await this.#untilSessions(places);
    progress('every session is up');
  }

  /** From now on it stays up without anybody at it. */
  release(): void {
    this.#keep({ ...this.#state, owner: null });
  }

  /** The programs of a node, one after the other, each once the one before it is ready. */
  async start(name: string): Promise<void> {
    const place = this.place(name);
    const daemon = this.daemonAt(place.node);
    for (const program of daemon.commands(place)) {
      const began = performance.now();
      const id = this.startProgram(place, program);
      const ask = this.askAt(name);
      const log = join(place.home, `${program.name}.log`);
      await waitFor(
        () => `${program.name} at ${name} to be ready; its log is ${log}`,
        START_LIMIT,
        async () => {
          if (!isAlive(id)) throw ended(name, program, log);
          return daemon.ready(place, ask, program.name);
        },
        this.options.signal,
      );
      this.options.progress(
        `${name}: ${program.name}, ${(performance.now() - began).toFixed(0)} ms`,
      );
    }
  }

  /** Starts a program at a node and writes it down; throws LabError. */
  startProgram({ node, home }: Whereabouts, program: LabProgram): ProcessId {
    const namespace = namespaceOf(this.options.name, node.name);
    const log = openSync(join(home, `${program.name}.log`), 'a', 0o644);
    let child: ChildProcess;
    try {
      const argv = withScratch(program);
      child = spawn('ip', ['netns', 'exec', namespace, ...argv], {
        cwd: home,
        // A group of its own: Ctrl-C is for whoever takes the lab down, not for what is in it.
        detached: true,
        env: { ...ipEnvironment(), ...Object.fromEntries(node.environment) },
        stdio: ['ignore', log, log],
      });
    } finally {
      closeSync(log);
    }
    child.on('error', () => {}); // told below, as a program that is not there
    child.unref();
    const id = child.pid === undefined ? undefined : processId(child.pid);
    if (!id) throw new LabError(`${program.name} at ${node.name} did not start`);
    const started = { node: node.name, name: program.name, ...id };
    this.#keep({ ...this.#state, programs: [...this.#state.programs, started] });
    return id;
  }

  place(name: string): Place {
    const { topology, self } = this.options;
    const node = nodeOf(topology, name);
    if (!node) throw new LabError(`there is no node ${name}`);
    const neighbours = neighboursOf(topology, node);
    return { node, neighbours, home: join(this.folder, name), self };
  }

  daemonAt(node: LabNode): Daemon {
    return this.options.players?.get(node.name) ?? DAEMONS[node.daemon];
  }

  askAt(name: string): Ask {
    const namespace = namespaceOf(this.options.name, name);
    return (...argv) => runWithin(ASK_LIMIT, 'ip', 'netns', 'exec', namespace, ...argv);
  }

  /** Sessions that are not up, in words. */
  async missingSessions(): Promise<readonly string[]> {
    const places = this.options.topology.nodes.map(({ name }) => this.place(name));
    const missing = await Promise.all(
      places.map(async (place) => {
        if (place.neighbours.length === 0) return [];
        const up = await this.daemonAt(place.node).established(place, this.askAt(place.node.name));
        return place.neighbours
          .filter(({ address }) => !up.has(address))
          .map((neighbour) => `${place.node.name} - ${neighbour.node} (${neighbour.family})`);
      }),
    );
    return missing.flat();
  }

  async #prepare({ node, home }: Place, files: readonly { name: string; text: string }[]) {
    const { owner, folder } = this.daemonAt(node);
    const { root, name: lab } = this.options;
    // One that another lab has made goes with the last of those that use it.
    if (folder !== undefined && (!existsSync(folder) || isWanted(root, folder, lab))) {
      this.#keep({ ...this.#state, folders: [...this.#state.folders, folder] });
      mkdirSync(folder, { recursive: true });
    }
    mkdirSync(home, { mode: 0o755 });
    // OpenBGPD refuses a file that others may read.
    for (const { name, text } of files) writeFileSync(join(home, name), text, { mode: 0o600 });
    if (owner !== undefined) await mustRun('chown', '-R', owner, home);
  }

  async #untilSessions(places: readonly Place[]): Promise<void> {
    const count = places.flatMap(({ neighbours }) => neighbours).length;
    this.options.progress(`waiting for ${count / 2} sessions`);
    let missing: readonly string[] = [];
    await waitFor(
      () => `these sessions: ${missing.join(', ')}`,
      SESSIONS_LIMIT,
      async () => {
        missing = await this.missingSessions();
        return missing.length === 0;
      },
      this.options.signal,
    );
  }

  #keep(state: RunState): void {
    this.#state = state;
    writeState(this.options.root, state);
  }
}

/** Where FRR and Quagga leave folders and logs of each process, whether it crashed or not. */
const ALWAYS_SCRATCH = '/var/tmp';

/** `ip netns exec` has given it mounts of its own, which end with the last process that has them. */
function withScratch({ argv, scratch = [] }: LabProgram): readonly string[] {
  const folders = [ALWAYS_SCRATCH, ...scratch];
  const mounts = folders.map((_, i) => `mount -t tmpfs -o mode=1777 lab "$${i + 1}"`);
  const script = [...mounts, `shift ${folders.length}`, 'exec "$@"'].join(' && ');
  return ['/bin/sh', '-c', script, 'sh', ...folders, ...argv];
}

function ended(node: string, { name }: LabProgram, log: string): LabError {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5);
  return new LabError(`${name} at ${node} ended at its start:\n  ${lines.join('\n  ')}`);
}
