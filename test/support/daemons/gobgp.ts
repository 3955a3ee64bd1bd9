/** GoBGP in a namespace. Its API listens on loopback, of which each namespace has its own. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Family } from '../../../src/net/family.ts';
import type { Namespace } from '../netns.ts';
import {
  type BgpDaemon,
  type CraftedRoute,
  type CraftingOptions,
  type DaemonOptions,
  type GracefulRestart,
  type NeighbourOptions,
  type RibRoute,
  START_LIMIT,
} from './daemon.ts';
import type { Program } from './process.ts';
import { until } from './until.ts';

/** The parts that are used of `gobgp -j neighbor` and `gobgp -j global rib`. */
interface GoBgpNeighbour {
  readonly state: {
    readonly session_state?: number;
    readonly messages: { readonly received?: { readonly open?: number } };
  };
}

interface GoBgpPath {
  readonly best?: boolean;
  readonly attrs: readonly GoBgpAttribute[];
  readonly 'neighbor-ip'?: string;
}

interface GoBgpAttribute {
  readonly type: number;
  readonly value?: unknown;
  readonly as_paths?: readonly { readonly asns: readonly number[] }[];
  readonly nexthop?: string;
  readonly metric?: number;
  readonly communities?: readonly number[];
}

const ESTABLISHED = 6;

/** Path attribute type codes. */
const Attribute = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  med: 4,
  localPref: 5,
  community: 8,
  mpReach: 14,
  extendedCommunity: 16,
  largeCommunity: 32,
} as const;

export interface GoBgpRoute extends Omit<CraftedRoute, 'path'> {
  /** Nearest first; an array in it is an AS_SET. */
  readonly path?: readonly (number | readonly number[])[];
}

/** Its client gives up when it is not connected within a second: a busy machine is asked again. */
export function gobgp(namespace: Namespace, ...command: readonly string[]): Promise<string> {
  return again(namespace, 'gobgp', ...command);
}

/** The same for a script of such commands, which may be run twice. */
export function again(namespace: Namespace, ...command: readonly string[]): Promise<string> {
  return until(command.join(' '), START_LIMIT, () =>
    namespace.exec(...command).catch((error: Error) => {
      if (/deadline exceeded/i.test(error.message)) return undefined;
      throw error;
    }),
  );
}

export class GoBgp implements BgpDaemon {
  readonly name = 'GoBGP';
  readonly #ask: (...command: string[]) => Promise<string>;
  readonly #program: Program;

  private constructor(ask: (...command: string[]) => Promise<string>, program: Program) {
    this.#ask = ask;
    this.#program = program;
  }

  static async start(
    namespace: Namespace,
    directory: string,
    options: CraftingOptions<GoBgpRoute>,
  ) {
    const home = join(directory, namespace.role);
    const file = join(home, 'gobgpd.toml');
    await mkdir(home, { recursive: true });
    await writeFile(file, configuration(options));
    const ask = (...command: string[]) => gobgp(namespace, '-j', ...command);
    const program = namespace.spawn(
      `${namespace.role} gobgpd`,
      ...['gobgpd', '-f', file, '--api-hosts', '127.0.0.1:50051', '--log-level', 'info'],
    );
    const daemon = new GoBgp(ask, program);
    await program.ready(START_LIMIT, async () => {
      // The API answers before the file has been read whole.
      const text = await namespace.exec('gobgp', '-j', 'neighbor').catch(() => '[]');
      const neighbours: unknown[] = JSON.parse(text);
      return neighbours.length === options.neighbours.length;
    });
    const plain = options.originates.map((prefix) => ({ prefix }));
    for (const route of [...plain, ...(options.crafted ?? [])]) {
      await ask('global', 'rib', ...addition(route));
    }
    return daemon;
  }

  async established(neighbour: string): Promise<boolean> {
    return (await this.#neighbour(neighbour)).state.session_state === ESTABLISHED;
  }

  async incarnation(neighbour: string): Promise<string> {
    return String((await this.#neighbour(neighbour)).state.messages.received?.open);
  }

  /** Only its log tells the code: `"Code":6,...,"Subcode":2`, one JSON object a line. */
  async lastNotification(neighbour: string): Promise<string> {
    const lines = this.#program.output.split('\n');
    const found = lines.filter(
      (line) => line.includes(`"Key":"${neighbour}"`) && /notification/i.test(line),
    );
    return found.at(-1) ?? '';
  }

  async routes(family: Family): Promise<readonly RibRoute[]> {
    const text = await this.#ask('global', 'rib', '-a', family);
    const table: Record<string, readonly GoBgpPath[]> = JSON.parse(text || '{}');
    return Object.entries(table).flatMap(([prefix, paths]) =>
      paths.flatMap((path) => {
        const from = path['neighbor-ip'];
        return from === undefined || !/[1-9a-f]/.test(from) ? [] : [route(prefix, from, path)];
      }),
    );
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  async #neighbour(address: string): Promise<GoBgpNeighbour> {
    return JSON.parse(await this.#ask('neighbor', address));
  }
}

function route(prefix: string, from: string, path: GoBgpPath): RibRoute {
  const attribute = (type: number) => path.attrs.find((found) => found.type === type);
  const nextHop = attribute(Attribute.nextHop) ?? attribute(Attribute.mpReach);
  const localPref = attribute(Attribute.localPref)?.value;
  return {
    prefix,
    from,
    asPath: attribute(Attribute.asPath)?.as_paths?.flatMap(({ asns }) => asns) ?? [],
    origin: (['IGP', 'EGP'] as const)[Number(attribute(Attribute.origin)?.value)] ?? 'Incomplete',
    nextHop: nextHop?.nexthop ?? '',
    med: attribute(Attribute.med)?.metric,
    localPref: localPref === undefined ? undefined : Number(localPref),
    communities: communities(attribute),
    best: path.best === true,
  };
}

/** The rest of `gobgp global rib` that makes it announce the route. */
function addition({ prefix, path = [], med, communities = [] }: GoBgpRoute): readonly string[] {
  const [standard, large] = [false, true].map((isLarge) =>
    communities.filter((community) => (community.split(':').length === 3) === isLarge).join(','),
  );
  const hops = path.map((hop) => (typeof hop === 'number' ? hop : `{${hop.join(',')}}`));
  return [
    ...['add', prefix],
    ...(hops.length > 0 ? ['aspath', hops.join(' ')] : []),
    ...(med === undefined ? [] : ['med', String(med)]),
    ...(standard ? ['community', standard] : []),
    ...(large ? ['large-community', large] : []),
    ...['-a', prefix.includes(':') ? 'ipv6' : 'ipv4'],
  ];
}

function communities(attribute: (type: number) => GoBgpAttribute | undefined): string[] {
  const extended = attribute(Attribute.extendedCommunity)?.value as
    | readonly { subtype: number; value: string }[]
    | undefined;
  const large = attribute(Attribute.largeCommunity)?.value as
    | readonly { ASN: number; LocalData1: number; LocalData2: number }[]
    | undefined;
  return [
    ...(attribute(Attribute.community)?.communities ?? []).map(
      (value) => `${value >>> 16}:${value & 0xffff}`,
    ),
    ...(extended ?? []).map(({ subtype, value }) => `${subtype === 2 ? 'rt' : 'ro'}:${value}`),
    ...(large ?? []).map(({ ASN, LocalData1, LocalData2 }) => `${ASN}:${LocalData1}:${LocalData2}`),
  ].sort();
}

function configuration({ asn, routerId, neighbours, gracefulRestart }: DaemonOptions): string {
  return [
    '[global.config]',
    `as = ${asn}`,
    `router-id = "${routerId}"`,
    '[global.apply-policy.config]',
    'default-import-policy = "accept-route"',
    'default-export-policy = "accept-route"',
    ...neighbours.flatMap((neighbour) => neighbourTable(neighbour, gracefulRestart)),
    '',
  ].join('\n');
}

function neighbourTable(
  neighbour: NeighbourOptions,
  restart: GracefulRestart | undefined,
): string[] {
  const { address, asn, passive, families, lines = [] } = neighbour;
  return [
    '[[neighbors]]',
    '[neighbors.config]',
    `neighbor-address = "${address}"`,
    `peer-as = ${asn}`,
    '[neighbors.transport.config]',
    `passive-mode = ${passive}`,
    '[neighbors.timers.config]',
    'connect-retry = 1',
    'idle-hold-time-after-reset = 1',
    ...(restart
      ? [
          '[neighbors.graceful-restart.config]',
          'enabled = true',
          'notification-enabled = true',
          `restart-time = ${restart.time}`,
        ]
      : []),
    ...lines,
    ...families.flatMap((family) => [
      '[[neighbors.afi-safis]]',
      '[neighbors.afi-safis.config]',
      `afi-safi-name = "${family}-unicast"`,
      ...(restart ? ['[neighbors.afi-safis.mp-graceful-restart.config]', 'enabled = true'] : []),
    ]),
  ];
}
