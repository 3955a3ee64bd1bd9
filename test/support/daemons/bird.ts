/** BIRD 2 in a namespace. Its answers are text for people; the parts used here are stable. */

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

export interface BirdRoute extends CraftedRoute {
  /** Where BIRD would say itself. */
  readonly nextHop?: string;
  /** Inside of an AS. */
  readonly localPref?: number;
}

export interface BirdOptions extends CraftingOptions<BirdRoute> {
  /** Announced beside those of the same prefixes: to who takes several paths. */
  readonly besides?: readonly BirdRoute[];
  /** As a route server (RFC 7947): its own AS number stays out of the path. */
  readonly transparent?: boolean;
  /** What `protocol bfd` has of each interface, by its name; default: one pace for all. */
  readonly bfdInterfaces?: Readonly<Record<string, string>>;
  /** Puts what its neighbours send into the kernel. */
  readonly installs?: boolean;
}

/** Names for what BIRD writes as numbers. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'no-export': '65535:65281',
  'no-advertise': '65535:65282',
  'llgr-stale': '65535:6',
};

export class Bird implements BgpDaemon {
  readonly name = 'BIRD';
  readonly #ask: (command: string) => Promise<string>;
  /** `ss` of the established connections with this address. */
  readonly #connections: (neighbour: string) => Promise<string>;
  readonly #program: Program;
  /** Protocol names by neighbour address. */
  readonly #protocols: ReadonlyMap<string, string>;
  /** What it was started with, and where that is written. */
  readonly #options: BirdOptions;
  readonly #file: string;

  private constructor(
    ask: (command: string) => Promise<string>,
    connections: (neighbour: string) => Promise<string>,
    program: Program,
    options: BirdOptions,
    file: string,
  ) {
    this.#ask = ask;
    this.#connections = connections;
    this.#program = program;
    this.#options = options;
    this.#file = file;
    this.#protocols = new Map(options.neighbours.map(({ address }, i) => [address, name(i)]));
  }

  static async start(namespace: Namespace, directory: string, options: BirdOptions) {
    const home = join(directory, namespace.role);
    const [file, socket] = [join(home, 'bird.conf'), join(home, 'bird.ctl')];
    await mkdir(home, { recursive: true });
    await writeFile(file, configuration(options));
    const ask = (command: string) => namespace.exec('birdc', '-s', socket, command);
    const program = namespace.spawn(
      `${namespace.role} bird`,
      ...['bird', '-f', '-c', file, '-s', socket, '-P', join(home, 'bird.pid')],
      // With it, it says that it has restarted (R), and forwards (F).
      ...(options.gracefulRestart ? ['-R'] : []),
    );
    await program.ready(START_LIMIT, () => ask('show status').then(Boolean, () => false));
    const connections = (neighbour: string) =>
      namespace.exec('ss', '-Htn', 'state', 'established', 'dst', `[${neighbour}]`);
    return new Bird(ask, connections, program, options, file);
  }

  async established(neighbour: string): Promise<boolean> {
    return /^\s*BGP state:\s+Established$/m.test(await this.#protocol(neighbour));
  }

  async incarnation(neighbour: string): Promise<string> {
    // BIRD counts no sessions, and reckons "since" anew each time, a millisecond to and fro; but a
    // session is a connection, and a new one has a new port.
    const sockets = await this.#connections(neighbour);
    return sockets
      .split('\n')
      .map((line) => line.trim().split(/\s+/).slice(-2))
      .sort()
      .join(' ');
  }

  async lastNotification(neighbour: string): Promise<string> {
    const shown = /Last error:\s+Received: (.*)/.exec(await this.#protocol(neighbour))?.[1];
    if (shown !== undefined) return shown;
    // It tries again after a second, and what comes of that is its last error then; its log has both.
    const name = this.#protocols.get(neighbour);
    const logged = [
      ...this.#program.output.matchAll(new RegExp(`${name}: Received: ([^:(\\n]*)`, 'g')),
    ];
    return logged.at(-1)?.[1]?.trim() ?? '';
  }

  async routes(family: Family): Promise<readonly RibRoute[]> {
    const text = await this.#ask(`show route table master${family === 'ipv4' ? 4 : 6} all`);
    const neighbours = new Map([...this.#protocols].map(([address, name]) => [name, address]));
    return parseRoutes(text, neighbours);
  }

  /** Announces exactly these crafted routes from now on; its sessions stay. */
  announce(crafted: readonly BirdRoute[]): Promise<void> {
    return this.#configure({ crafted });
  }

  /** Sends everything again, unasked; between markers where RFC 7313 was negotiated. */
  async resend(neighbour: string): Promise<void> {
    await this.#ask(`reload out ${this.#protocols.get(neighbour)}`);
  }

  /** Ends the session, and begins anew at once. */
  async restart(neighbour: string): Promise<void> {
    await this.#ask(`restart ${this.#protocols.get(neighbour)}`);
  }

  /** With BFD packets so often. */
  pace(interval: number): Promise<void> {
    const neighbours = this.#options.neighbours.map((one) => ({ ...one, bfd: interval }));
    return this.#configure({ neighbours });
  }

  bfdInterfaces(bfdInterfaces: BirdOptions['bfdInterfaces'] & {}): Promise<void> {
    return this.#configure({ bfdInterfaces });
  }

  /** Lines of `show bfd sessions`: address, interface, state, since, interval, timeout. */
  async bfdSessions(): Promise<readonly string[]> {
    return (await this.#ask('show bfd sessions'))
      .split('\n')
      .filter((line) => /^\S*[.:]\S/.test(line));
  }

  /** It neither runs nor answers, and its links stay up. */
  freeze(): void {
    this.#program.signal('SIGSTOP');
  }

  thaw(): void {
    this.#program.signal('SIGCONT');
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  /** As it was started, but for this. What it does not come to at once it goes on with. */
  async #configure(changes: Partial<BirdOptions>): Promise<void> {
    await writeFile(this.#file, configuration({ ...this.#options, ...changes }));
    const answer = await this.#ask('configure');
    if (!/Reconfigur(ed|ation (already )?in progress)/.test(answer)) {
      throw new Error(`BIRD: ${answer}`);
    }
  }

  #protocol(neighbour: string): Promise<string> {
    return this.#ask(`show protocols all ${this.#protocols.get(neighbour)}`);
  }
}

const name = (index: number): string => `n${index}`;

/**
 * A path starts with a line such as
 * `203.0.113.0/24  unicast [n0 02:50:27.721 from 198.51.100.6] * (100) [AS64500i]`
 * (the prefix only on its first path); `\tBGP.med: 100` and the like follow.
 */
function parseRoutes(text: string, neighbours: ReadonlyMap<string, string>): RibRoute[] {
  const routes: RibRoute[] = [];
  let prefix = '';
  for (const block of text.split(/\n(?=\S|\s+unicast)/)) {
    const head = /^(\S*)\s+unicast \[(\S+) [^\]]*\]( \*)?/.exec(block);
    if (!head) continue;
    prefix = head[1] || prefix;
    const from = neighbours.get(head[2] ?? '');
    if (from === undefined) continue;
    const attribute = (key: string) => new RegExp(`BGP\\.${key}: (.*)`).exec(block)?.[1] ?? '';
    const [med, localPref] = [attribute('med'), attribute('local_pref')];
    routes.push({
      prefix,
      from,
      asPath: attribute('as_path').split(' ').filter(Boolean).map(Number),
      origin: attribute('origin') as RibRoute['origin'],
      nextHop: attribute('next_hop').split(' ')[0] ?? '',
      med: med === '' ? undefined : Number(med),
      localPref: localPref === '' ? undefined : Number(localPref),
      communities: ['community', 'ext_community', 'large_community']
        .flatMap((key) => [...attribute(key).matchAll(/\(([^)]*)\)/g)])
        .map((found) => wellKnown(found[1]?.replaceAll(/,\s*/g, ':') ?? ''))
        .sort(),
      best: head[3] !== undefined,
    });
  }
  return routes;
}

function wellKnown(community: string): string {
  return Object.keys(WELL_KNOWN).find((name) => WELL_KNOWN[name] === community) ?? community;
}

function configuration(options: BirdOptions): string {
  const { routerId, originates, crafted = [] } = options;
  const all: readonly BirdRoute[] = [...originates.map((prefix) => ({ prefix })), ...crafted];
  const statics = (['ipv4', 'ipv6'] as const).flatMap((family) =>
    [all, options.besides ?? []].map((routes, index) => {
      const own = routes.filter(({ prefix }) => prefix.includes(':') === (family === 'ipv6'));
      // Of a lower preference, or one of two would not be kept beside the other.
      const channel = `${family} { preference ${200 - index}; };`;
      return `protocol static own_${family}_${index} { ${channel} ${own.map(staticRoute).join(' ')} }`;
    }),
  );
  return [
    'log stderr all;',
    `router id ${routerId};`,
    'protocol device { scan time 1; }',
    ...bfdLines(options),
    ...statics,
    ...(options.installs ? [KERNEL] : []),
    ...options.neighbours.map((neighbour, index) => protocol(options, neighbour, index)),
    '',
  ].join('\n');
}

const KERNEL =
  'protocol kernel { scan time 5; ipv4 { import none; export where source = RTS_BGP; }; }';

function staticRoute({ prefix, path = [], communities = [], nextHop, localPref }: BirdRoute) {
  const steps = [
    ...[...path].reverse().map((asn) => `bgp_path.prepend(${asn});`),
    ...communities.map(communityStep),
    ...(nextHop === undefined ? [] : [`bgp_next_hop = ${nextHop};`]),
    ...(localPref === undefined ? [] : [`bgp_local_pref = ${localPref};`]),
  ];
  return `route ${prefix} unreachable { ${steps.join(' ')} };`;
}

/** To another AS, BIRD sends the MEDs alone that it is told on the way out. */
function medSteps({ crafted = [] }: BirdOptions, family: Family): readonly string[] {
  return crafted.flatMap(({ prefix, med }) =>
    med === undefined || prefix.includes(':') !== (family === 'ipv6')
      ? []
      : [`if net = ${prefix} then bgp_med = ${med};`],
  );
}

function communityStep(community: string): string {
  const numbers = (WELL_KNOWN[community] ?? community).split(':');
  const attribute = numbers.length === 3 ? 'bgp_large_community' : 'bgp_community';
  return `${attribute}.add((${numbers.join(', ')}));`;
}

function restartLines({ time, longLived }: GracefulRestart): string[] {
  return [
    `  graceful restart yes; graceful restart time ${time};`,
    ...(longLived === undefined
      ? []
      : [`  long lived graceful restart yes; long lived stale time ${longLived};`]),
  ];
}

/** One protocol for all neighbours; its intervals are those of the first that has any. */
function bfdLines({ neighbours, bfdInterfaces = {} }: BirdOptions): readonly string[] {
  const interval = neighbours.find(({ bfd }) => bfd !== undefined)?.bfd;
  if (interval === undefined) return [];
  const pace = `min rx interval ${interval} ms; min tx interval ${interval} ms; multiplier 3;`;
  const interfaces = Object.entries({ ...bfdInterfaces, '*': '' });
  const blocks = interfaces.map(([name, more]) => `interface "${name}" { ${pace} ${more} };`);
  return [`protocol bfd { ${blocks.join(' ')} }`];
}

function protocol(options: BirdOptions, neighbour: NeighbourOptions, index: number): string {
  const { address, asn, passive, families, password, ttl } = neighbour;
  const { lines = [], familyLines = [] } = neighbour;
  return [
    `protocol bgp ${name(index)} {`,
    `  local as ${options.asn};`,
    `  neighbor ${address} as ${asn};`,
    `  passive ${passive ? 'yes' : 'no'};`,
    ...(neighbour.bfd === undefined ? [] : ['  bfd yes;']),
    ttl === 'far' ? '  multihop 254;' : '  direct;',
    ...(ttl === 'security' ? ['  ttl security yes;'] : []),
    ...(password === undefined ? [] : [`  password "${password}";`]),
    '  connect delay time 1; connect retry time 1; error wait time 1, 2;',
    // NO_EXPORT on a route of its own is there for the neighbour to see.
    ...(options.crafted ? ['  interpret communities no;'] : []),
    ...(options.transparent ? ['  rs client;'] : []),
    ...(options.gracefulRestart ? restartLines(options.gracefulRestart) : []),
    ...lines.map((line) => `  ${line}`),
    ...families.map((family) => {
      const filter = `filter { ${medSteps(options, family).join(' ')} accept; }`;
      return `  ${family} { import all; export ${filter}; ${familyLines.join(' ')} };`;
    }),
    '}',
  ].join('\n');
}
