/**
 * Network namespaces for tests with real daemons: veth pairs straight into both namespaces,
 * programs started inside, everything removed at the end, and what a crashed run left behind
 * removed by the next one. Needs root.
 */

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Program } from './daemons/process.ts';

const run = promisify(execFile);

/** Namespaces are called `mhtest-PID-N-ROLE`, so that each tells which run it belongs to. */
const PREFIX = 'mhtest';

export class Namespace {
  readonly name: string;
  readonly role: string;
  readonly #topology: Topology;

  constructor(topology: Topology, name: string, role: string) {
    this.#topology = topology;
    this.name = name;
    this.role = role;
  }

  /** Runs a command to its end and returns its standard output; throws when it fails. */
  async exec(...argv: readonly string[]): Promise<string> {
    const { stdout } = await run('ip', ['netns', 'exec', this.name, ...argv], {
      maxBuffer: 1 << 26,
    });
    return stdout;
  }

  /** Starts a program that stays; the topology ends it at the latest when it is removed. */
  spawn(name: string, ...argv: readonly string[]): Program {
    return this.#topology.start(name, ['ip', 'netns', 'exec', this.name, ...argv]);
  }

  /** Runs `ip` in the namespace. */
  async ip(...argv: readonly string[]): Promise<string> {
    return (await run('ip', ['-n', this.name, ...argv])).stdout;
  }
}

/** One end of a link. Addresses are with their length, as `198.51.100.1/30`. */
export interface LinkEnd {
  readonly namespace: Namespace;
  readonly interface: string;
  readonly addresses: readonly string[];
}

/** A veth pair. `near` is the side of the program under test, `far` the one that is cut. */
export class Link {
  readonly near: LinkEnd;
  readonly far: LinkEnd;

  constructor(near: LinkEnd, far: LinkEnd) {
    this.near = near;
    this.far = far;
  }

  /** Carrier loss as `near` sees it: the far end goes down, so near keeps its addresses. */
  async cut(): Promise<void> {
    await this.far.namespace.ip('link', 'set', 'dev', this.far.interface, 'down');
  }

  /** The kernel took the far end's IPv6 addresses when it went down; they are put back. */
  async restore(): Promise<void> {
    const { namespace, interface: device, addresses } = this.far;
    await namespace.ip('link', 'set', 'dev', device, 'up');
    for (const address of addresses.filter(isIPv6)) {
      await namespace.ip('addr', 'replace', address, 'dev', device, 'nodad');
    }
  }
}

export class Topology {
  /** A directory for configurations, sockets and captures; removed with the topology. */
  readonly directory: string;
  readonly #id: string;
  readonly #namespaces: Namespace[] = [];
  readonly #programs: Program[] = [];
  #interfaces = 0;

  private constructor(id: string, directory: string) {
    this.#id = id;
    this.directory = directory;
  }

  static #count = 0;
  static #leftovers: Promise<void> | undefined;

  static async create(): Promise<Topology> {
    Topology.#leftovers ??= removeLeftovers();
    await Topology.#leftovers;
    const id = `${PREFIX}-${process.pid}-${Topology.#count++}`;
    const directory = await mkdtemp(join(tmpdir(), `${id}-`));
    await chmod(directory, 0o755); // daemons drop root and must still reach their own files in it
    return new Topology(id, directory);
  }

  async namespace(role: string): Promise<Namespace> {
    const namespace = new Namespace(this, `${this.#id}-${role}`, role);
    await run('ip', ['netns', 'add', namespace.name]);
    this.#namespaces.push(namespace);
    await namespace.ip('link', 'set', 'dev', 'lo', 'up');
    return namespace;
  }

  async link(near: LinkEnd, far: LinkEnd): Promise<Link> {
    // With equal indexes at both ends the kernel may report carrier loss up to a second late.
    const [nearIndex, farIndex] = [100 + this.#interfaces++, 100 + this.#interfaces++];
    await run('ip', [
      ...['link', 'add', 'name', near.interface, 'index', String(nearIndex)],
      ...['netns', near.namespace.name, 'type', 'veth'],
      ...['peer', 'name', far.interface, 'index', String(farIndex), 'netns', far.namespace.name],
    ]);
    for (const end of [near, far]) await configure(end);
    return new Link(near, far);
  }

  /** For `Namespace.spawn`. */
  start(name: string, argv: readonly string[]): Program {
    const program = new Program(name, argv, this.directory);
    this.#programs.push(program);
    return program;
  }

  /** Ends the programs that were started here, and removes the namespaces. */
  async remove(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
    for (const { name } of this.#namespaces) await run('ip', ['netns', 'del', name]);
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function configure(end: LinkEnd): Promise<void> {
  const { namespace, interface: device, addresses } = end;
  // Link-local addresses must be there at once, too: no duplicate address detection.
  await namespace.exec('sysctl', '-qw', `net.ipv6.conf.${device}.accept_dad=0`);
  for (const address of addresses) {
    const nodad = isIPv6(address) ? ['nodad'] : [];
    await namespace.ip('addr', 'add', address, 'dev', device, ...nodad);
  }
  await namespace.ip('link', 'set', 'dev', device, 'up');
}

function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** Removes namespaces, with what still runs in them, and directories of runs that are no more. */
async function removeLeftovers(): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  const names = stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
  // Another run may be at the same: what it has removed is gone.
  for (const name of names.filter(isLeftover)) await removeNamespace(name).catch(() => {});
  for (const name of (await readdir(tmpdir())).filter(isLeftover)) {
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function removeNamespace(name: string): Promise<void> {
  const { stdout: pids } = await run('ip', ['netns', 'pids', name]);
  for (const pid of pids.split('\n').filter(Boolean)) kill(Number(pid));
  await run('ip', ['netns', 'del', name]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

function isLeftover(name: string): boolean {
  const pid = new RegExp(`^${PREFIX}-(\\d+)-`).exec(name)?.[1];
  if (pid === undefined) return false;
  // Ours has made none yet: what has its pid is of one before it.
  return pid === String(process.pid) || !readdirSync('/proc').includes(pid);
}
