/** FRR's zebra and bgpd in a namespace. zebra tells bgpd of links that go down, as on a router. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Family } from '../../../src/net/family.ts';
import type { Namespace } from '../netns.ts';
import {
  type BgpDaemon,
  type CraftedRoute,
  type CraftingOptions,
  type GracefulRestart,
  type NeighbourOptions,
  type RibRoute,
  START_LIMIT,
} from './daemon.ts';
import type { Program } from './process.ts';

const BIN = '/usr/lib/frr';

/** The parts that are used of `show bgp FAMILY unicast json detail`. */
interface FrrTable {
  readonly routes: Readonly<Record<string, readonly FrrPath[]>>;
}

interface FrrPath {
  readonly aspath?: { readonly segments: readonly { readonly list: readonly number[] }[] };
  readonly origin?: RibRoute['origin'] | 'incomplete';
  readonly metric?: number;
  readonly med?: number;
  readonly locPrf?: number;
  readonly bestpath?: { readonly overall?: boolean };
  readonly nexthops?: readonly { readonly ip: string; readonly scope?: string }[];
  readonly peer?: { readonly peerId: string };
  readonly community?: { readonly list: readonly string[] };
  readonly largeCommunity?: { readonly list: readonly string[] };
  readonly extendedCommunity?: { readonly string: string };
  readonly dampeningPenalty?: number;
  /** It is withdrawn. */
  readonly dampeningHistoryEntry?: boolean;
}

interface FrrNeighbour {
  readonly bgpState: string;
  readonly connectionsEstablished: number;
  readonly lastNotificationReason?: string;
  readonly lastResetDueTo?: string;
  readonly lastShutdownDescription?: string;
}

export interface FrrBfdPeer {
  readonly peer: string;
  readonly status: string;
  /** Why it is not up; `ok` where it never was. */
  readonly diagnostic: string;
  /** What the other end says, in ms. */
  readonly 'remote-transmit-interval': number;
  readonly 'remote-receive-interval': number;
}

export interface FrrOptions extends CraftingOptions {
  /** RFC 2439 for IPv4: half-life in minutes, reuse, suppress, maximum in minutes. */
  readonly dampening?: string;
}

export class Frr implements BgpDaemon {
  readonly name = 'FRR';
  readonly #namespace: Namespace;
  readonly #directory: string;
  readonly #programs: readonly Program[];

  private constructor(namespace: Namespace, directory: string, programs: readonly Program[]) {
    this.#namespace = namespace;
    this.#directory = directory;
    this.#programs = programs;
  }

  static async start(namespace: Namespace, directory: string, options: FrrOptions) {
    const home = join(directory, namespace.role);
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'zebra.conf'), 'log stdout\n');
    const interval = options.neighbours.find(({ bfd }) => bfd !== undefined)?.bfd;
    await writeFile(join(home, 'bfdd.conf'), ['log stdout', ...bfdLines(interval), ''].join('\n'));
    await writeFile(join(home, 'bgpd.conf'), configuration(options));
    const start = await programs(namespace, home);
    const own = (daemon: string) => ['-f', join(home, `${daemon}.conf`)];
    const zebra = start('zebra', ...own('zebra'));
    await zebra.ready(START_LIMIT, () => isThere(namespace, home, 'zebra'));
    const bfdd = interval === undefined ? [] : [start('bfdd', ...own('bfdd'))];
    const bgpd = start('bgpd', ...own('bgpd'));
    const frr = new Frr(namespace, home, [bgpd, ...bfdd, zebra]);
    await bgpd.ready(START_LIMIT, () => answers(() => frr.#ask('show bgp summary json')));
    return frr;
  }

  /** On one file for all, by its own means: as its package starts it. `files` by name. */
  static async boot(
    namespace: Namespace,
    directory: string,
    files: ReadonlyMap<string, string>,
  ): Promise<Frr> {
    const home = join(directory, namespace.role);
    await mkdir(home, { recursive: true });
    for (const [name, content] of files) await writeFile(join(home, name), content);
    const start = await programs(namespace, home);
    // zebra and staticd are started without being named there.
    const named = (files.get('daemons') ?? '').matchAll(/^([a-z0-9]+d)=yes$/gm);
    const others = ['staticd', ...[...named].map(([, name = '']) => name)];
    const zebra = start('zebra');
    await zebra.ready(START_LIMIT, () => isThere(namespace, home, 'zebra'));
    const started: Program[] = [];
    for (const name of others) {
      const program = start(name);
      started.unshift(program);
      await program.ready(START_LIMIT, () => isThere(namespace, home, name));
    }
    const complaints = await namespace.exec(
      'vtysh',
      '--vty_socket',
      home,
      '--config_dir',
      home,
      '-b',
    );
    if (complaints !== '') throw new Error(complaints);
    return new Frr(namespace, home, [...started, zebra]);
  }

  async established(neighbour: string): Promise<boolean> {
    return (await this.#neighbour(neighbour))?.bgpState === 'Established';
  }

  async incarnation(neighbour: string): Promise<string> {
    return String((await this.#neighbour(neighbour))?.connectionsEstablished);
  }

  async lastNotification(neighbour: string): Promise<string> {
    const found = await this.#neighbour(neighbour);
    const due = found?.lastResetDueTo === 'BGP Notification received';
    return due ? `${found?.lastNotificationReason}: ${found?.lastShutdownDescription ?? ''}` : '';
  }

  /** All of its configuration, as it would write it. */
  async configuration(daemon: 'bgpd' | 'bfdd'): Promise<string> {
    return vtysh(this.#namespace, this.#directory, daemon, 'show running-config');
  }

  async routes(family: Family): Promise<readonly RibRoute[]> {
    const text = await this.#ask(`show bgp ${family} unicast json detail`);
    const table: FrrTable = JSON.parse(text);
    return Object.entries(table.routes ?? {}).flatMap(([prefix, paths]) =>
      paths.filter((path) => path.nexthops && isLearned(path)).map((path) => route(prefix, path)),
    );
  }

  /** How often the neighbour has said End-of-RIB, for any family. Only its log tells. */
  async endsOfRib(neighbour: string): Promise<number> {
    const lines = this.#programs.flatMap(({ output }) => output.split('\n'));
    const told = lines.filter((line) => line.includes('rcvd End-of-RIB'));
    return told.filter((line) => line.includes(`from ${neighbour} `)).length;
  }

  /** With BFD packets so often, at all neighbours. */
  async pace(interval: number): Promise<void> {
    const commands = ['configure terminal', ...bfdLines(interval)];
    await this.#namespace.exec(
      ...['vtysh', '--vty_socket', this.#directory, '-d', 'bfdd'],
      ...commands.flatMap((command) => ['-c', command]),
    );
  }

  /** By neighbour address. */
  async bfdPeers(): Promise<ReadonlyMap<string, FrrBfdPeer>> {
    const text = await vtysh(this.#namespace, this.#directory, 'bfdd', 'show bfd peers json');
    const peers: readonly FrrBfdPeer[] = JSON.parse(text);
    return new Map(peers.map((peer) => [peer.peer, peer]));
  }

  /** It neither runs nor answers, and its links stay up. */
  freeze(): void {
    for (const program of this.#programs) program.signal('SIGSTOP');
  }

  thaw(): void {
    for (const program of this.#programs) program.signal('SIGCONT');
  }

  /** Asks the neighbour for all of a family again (RFC 2918). */
  async refresh(neighbour: string, family: Family): Promise<void> {
    await this.#ask(`clear bgp ${family} unicast ${neighbour} in`);
  }

  /** Everything that it tells of the paths to a prefix. */
  async paths(family: Family, prefix: string): Promise<string> {
    return this.#ask(`show bgp ${family} unicast ${prefix}`);
  }

  /**
   * What flaps have cost an IPv4 prefix so far, decayed to now, 0: nothing is remembered; and whether
   * it is announced.
   */
  async dampened(prefix: string): Promise<{ readonly penalty: number; readonly isThere: boolean }> {
    const text = await this.#ask(`show bgp ipv4 unicast ${prefix} json`);
    const shown: { readonly paths?: readonly FrrPath[] } = JSON.parse(text);
    const [path] = shown.paths ?? [];
    const isThere = path !== undefined && path.dampeningHistoryEntry !== true;
    return { penalty: path?.dampeningPenalty ?? 0, isThere };
  }

  async stop(): Promise<void> {
    for (const program of this.#programs) await program.stop();
  }

  async kill(): Promise<void> {
    for (const program of this.#programs) await program.kill();
  }

  async #neighbour(address: string): Promise<FrrNeighbour | undefined> {
    const text = await this.#ask('show bgp neighbors json');
    const neighbours: Record<string, FrrNeighbour> = JSON.parse(text);
    return neighbours[address];
  }

  #ask(command: string): Promise<string> {
    return vtysh(this.#namespace, this.#directory, 'bgpd', command);
  }
}

/** How each of its daemons is started. All give up root for a user of their own. */
async function programs(namespace: Namespace, home: string) {
  await namespace.exec('chown', '-R', 'frr:frr', home);
  const common = ['--vty_socket', home, '-z', join(home, 'zserv.api'), '-A', '127.0.0.1'];
  const control = ['--bfdctl', join(home, 'bfdd.sock')];
  return (daemon: string, ...more: readonly string[]) =>
    namespace.spawn(
      `${namespace.role} ${daemon}`,
      ...[join(BIN, daemon), ...common, '--log', 'stdout'],
      ...['-i', join(home, `${daemon}.pid`), ...(daemon === 'bfdd' ? control : []), ...more],
    );
}

function isThere(namespace: Namespace, home: string, daemon: string): Promise<boolean> {
  return answers(() => vtysh(namespace, home, daemon, 'show version'));
}

function vtysh(namespace: Namespace, home: string, daemon: string, command: string) {
  return namespace.exec('vtysh', '--vty_socket', home, '-d', daemon, '-c', command);
}

async function answers(question: () => Promise<string>): Promise<boolean> {
  return question().then(
    (text) => text !== '' && !text.startsWith('%'),
    () => false, // not listening yet
  );
}

function isLearned(path: FrrPath): boolean {
  return path.peer !== undefined && !['0.0.0.0', '::'].includes(path.peer.peerId);
}

function route(prefix: string, path: FrrPath): RibRoute {
  const extended = path.extendedCommunity?.string.split(' ') ?? [];
  return {
    prefix,
    from: path.peer?.peerId ?? '',
    asPath: path.aspath?.segments.flatMap((segment) => segment.list) ?? [],
    origin: path.origin === 'incomplete' || !path.origin ? 'Incomplete' : path.origin,
    nextHop: path.nexthops?.find((hop) => hop.scope !== 'link-local')?.ip ?? '',
    med: path.med ?? path.metric,
    localPref: path.locPrf,
    communities: [
      ...(path.community?.list ?? []),
      ...extended.map((text) => text.toLowerCase()),
      ...(path.largeCommunity?.list ?? []),
    ].sort(),
    best: path.bestpath?.overall === true,
  };
}

function configuration(options: FrrOptions): string {
  const { asn, routerId, neighbours, crafted = [], gracefulRestart } = options;
  return [
    'frr defaults traditional',
    'log stdout informational',
    ...crafted.flatMap(craftedLines),
    ...(crafted.length === 0 ? [] : ['route-map crafted permit 65535']),
    `router bgp ${asn}`,
    ` bgp router-id ${routerId}`,
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    ' no bgp network import-check',
    // Before the neighbours, or they do not take it over.
    ...(gracefulRestart ? restartLines(gracefulRestart) : []),
    ...neighbours.flatMap(neighbourLines),
    ...familyLines(options, 'ipv4'),
    ...familyLines(options, 'ipv6'),
    '',
  ].join('\n');
}

function restartLines({ time, longLived }: GracefulRestart): string[] {
  return [
    ' bgp graceful-restart',
    ` bgp graceful-restart restart-time ${time}`,
    ' bgp graceful-restart preserve-fw-state',
    ...(longLived === undefined
      ? []
      : [` bgp long-lived-graceful-restart stale-time ${longLived}`]),
  ];
}

function familyLines(options: FrrOptions, family: Family): string[] {
  const { originates, neighbours, crafted = [], dampening } = options;
  return [
    ` address-family ${family} unicast`,
    ...(dampening && family === 'ipv4' ? [`  bgp dampening ${dampening}`] : []),
    ...[...originates, ...crafted.map(({ prefix }) => prefix)]
      .filter((prefix) => prefix.includes(':') === (family === 'ipv6'))
      .map((prefix) => `  network ${prefix}`),
    ...neighbours
      .filter((neighbour) => neighbour.families.includes(family))
      .flatMap(({ address, familyLines = [] }) => [
        `  neighbor ${address} activate`,
        ...familyLines.map((line) => `  neighbor ${address} ${line}`),
        ...(crafted.length === 0 ? [] : [`  neighbor ${address} route-map crafted out`]),
      ]),
    ' exit-address-family',
  ];
}

/** On the way out: FRR keeps what has NO_EXPORT before that to itself. */
function craftedLines(route: CraftedRoute, index: number): string[] {
  const { prefix, path = [], med, communities = [] } = route;
  const family = prefix.includes(':') ? 'ipv6' : 'ip';
  const [standard, large] = [false, true].map((isLarge) =>
    communities.filter((community) => (community.split(':').length === 3) === isLarge).join(' '),
  );
  return [
    `${family} prefix-list crafted${index} permit ${prefix}`,
    `route-map crafted permit ${index + 1}`,
    ` match ${family} address prefix-list crafted${index}`,
    ...(path.length === 0 ? [] : [` set as-path prepend ${path.join(' ')}`]),
    ...(med === undefined ? [] : [` set metric ${med}`]),
    ...(standard ? [` set community ${standard}`] : []),
    ...(large ? [` set large-community ${large}`] : []),
    'exit',
  ];
}

/** One profile for all neighbours: what changes in it holds for the sessions that are there. */
function bfdLines(interval: number | undefined): readonly string[] {
  if (interval === undefined) return [];
  const pace = [`transmit-interval ${interval}`, `receive-interval ${interval}`];
  return ['bfd', 'profile lab', 'detect-multiplier 3', ...pace];
}

function neighbourLines(neighbour: NeighbourOptions): string[] {
  const { address, asn, passive, password, ttl, bfd, lines = [] } = neighbour;
  return [
    ` neighbor ${address} remote-as ${asn}`,
    ` neighbor ${address} timers connect 1`,
    ...(passive ? [` neighbor ${address} passive`] : []),
    ...(bfd === undefined ? [] : [` neighbor ${address} bfd profile lab`]),
    ...(password === undefined ? [] : [` neighbor ${address} password ${password}`]),
    ...(ttl === 'security' ? [` neighbor ${address} ttl-security hops 1`] : []),
    ...(ttl === 'far' ? [` neighbor ${address} ebgp-multihop 254`] : []),
    ...lines.map((line) => ` neighbor ${address} ${line}`),
  ];
}
