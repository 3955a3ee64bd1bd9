/** OpenBGPD in a namespace. Its privilege separation wants the directory that its service has. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Family } from '../../../src/net/family.ts';
import type { Namespace } from '../netns.ts';
import { PROGRAMS } from '../requirements.ts';
import {
  type BgpDaemon,
  type DaemonOptions,
  type NeighbourOptions,
  type RibRoute,
  START_LIMIT,
} from './daemon.ts';
import type { Program } from './process.ts';

/** The home of its unprivileged user, into which it changes its root. */
const CHROOT = '/run/openbgpd';

/** The parts that are used of `bgpctl -j show rib detail`. */
interface OpenBgpdPath {
  readonly prefix: string;
  readonly aspath: string;
  readonly exit_nexthop: string;
  readonly neighbor: { readonly remote_addr: string };
  readonly best?: boolean;
  readonly source: string;
  readonly origin: RibRoute['origin'] | 'incomplete';
  readonly metric: number;
  readonly localpref: number;
  readonly communities?: readonly string[];
  readonly extended_communities?: readonly string[];
  readonly large_communities?: readonly string[];
}

interface OpenBgpdNeighbour {
  readonly state: string;
  readonly last_updown: string;
  readonly last_error_received?: string;
  readonly last_shutdown_reason?: string;
  readonly stats: {
    readonly message: { readonly received: { readonly open: number } };
    readonly update: { readonly received: { readonly eor: number } };
  };
}

export class OpenBgpd implements BgpDaemon {
  readonly name = 'OpenBGPD';
  readonly #ask: (...command: string[]) => Promise<string>;
  readonly #program: Program;

  private constructor(ask: (...command: string[]) => Promise<string>, program: Program) {
    this.#ask = ask;
    this.#program = program;
  }

  static async start(namespace: Namespace, directory: string, options: DaemonOptions) {
    const home = join(directory, namespace.role);
    const [file, socket] = [join(home, 'bgpd.conf'), join(home, 'bgpd.sock')];
    await mkdir(home, { recursive: true });
    await mkdir(CHROOT, { recursive: true });
    // It refuses a file that others could write or read.
    await writeFile(file, configuration(options, socket), { mode: 0o600 });
    const ask = (...command: string[]) => namespace.exec('bgpctl', '-s', socket, '-j', ...command);
    const program = namespace.spawn(
      `${namespace.role} bgpd`,
      ...[PROGRAMS.openbgpd, '-d', '-f', file],
    );
    await program.ready(START_LIMIT, () => ask('show', 'neighbor').then(Boolean, () => false));
    return new OpenBgpd(ask, program);
  }

  async established(neighbour: string): Promise<boolean> {
    return (await this.#neighbour(neighbour))?.state === 'Established';
  }

  async incarnation(neighbour: string): Promise<string> {
    return String((await this.#neighbour(neighbour))?.stats.message.received.open);
  }

  async lastNotification(neighbour: string): Promise<string> {
    const found = await this.#neighbour(neighbour);
    return `${found?.last_error_received ?? ''}: ${found?.last_shutdown_reason ?? ''}`;
  }

  async routes(family: Family): Promise<readonly RibRoute[]> {
    const table: { rib: readonly OpenBgpdPath[] } = JSON.parse(
      await this.#ask('show', 'rib', 'detail'),
    );
    return table.rib
      .filter(({ prefix, source }) => source === 'external' && isOf(family, prefix))
      .map(route);
  }

  /** How often the neighbour has said End-of-RIB, for any family. */
  async endsOfRib(neighbour: string): Promise<number> {
    return (await this.#neighbour(neighbour))?.stats.update.received.eor ?? 0;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  async #neighbour(address: string): Promise<OpenBgpdNeighbour | undefined> {
    const found: { neighbors: readonly OpenBgpdNeighbour[] } = JSON.parse(
      await this.#ask('show', 'neighbor', address),
    );
    return found.neighbors[0];
  }
}

function isOf(family: Family, prefix: string): boolean {
  return prefix.includes(':') === (family === 'ipv6');
}

function route(path: OpenBgpdPath): RibRoute {
  return {
    prefix: path.prefix,
    from: path.neighbor.remote_addr,
    asPath: path.aspath.split(' ').filter(Boolean).map(Number),
    origin: path.origin === 'incomplete' ? 'Incomplete' : path.origin,
    nextHop: path.exit_nexthop,
    med: path.metric,
    localPref: path.localpref,
    communities: [
      ...(path.communities ?? []),
      ...(path.extended_communities ?? []).map((text) => text.replace(' ', ':')),
      ...(path.large_communities ?? []),
    ].sort(),
    best: path.best === true,
  };
}

function configuration(options: DaemonOptions, socket: string): string {
  const { asn, routerId, neighbours, originates } = options;
  return [
    `AS ${asn}`,
    `router-id ${routerId}`,
    `socket "${socket}"`,
    'fib-update no',
    'connect-retry 1',
    ...originates.map((prefix) => `network ${prefix}`),
    ...neighbours.map(neighbourBlock),
    'allow from any',
    'allow to any',
    '',
  ].join('\n');
}

function neighbourBlock(neighbour: NeighbourOptions): string {
  const { address, asn, passive, families, password, ttl, lines = [] } = neighbour;
  const carried = (family: Family) => (families.includes(family) ? 'unicast' : 'none');
  return [
    `neighbor ${address} {`,
    `  remote-as ${asn}`,
    ...(passive ? ['  passive'] : []),
    ...(password === undefined ? [] : [`  tcp md5sig password ${password}`]),
    ...(ttl === 'security' ? ['  ttl-security yes'] : []),
    ...(ttl === 'far' ? ['  multihop 254'] : []),
    `  announce IPv4 ${carried('ipv4')}`,
    `  announce IPv6 ${carried('ipv6')}`,
    ...lines.map((line) => `  ${line}`),
    '}',
  ].join('\n');
}
