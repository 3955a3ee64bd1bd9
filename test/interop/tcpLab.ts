/**
 * The network of the tests of TCP options: an edge, and neighbours of which each has or has not what
 * the edge asks of it. Each is on a link of its own, with a session on IPv4 and one on IPv6.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bird } from '../support/daemons/bird.ts';
import type { BgpDaemon, NeighbourOptions } from '../support/daemons/daemon.ts';
import { Frr } from '../support/daemons/frr.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { OpenBgpd } from '../support/daemons/openbgpd.ts';
import type { Topology } from '../support/netns.ts';
import { Capture } from './capture.ts';

const EDGE_AS = 64500;
export const KEY = 'right-key-7';
export const OTHER_KEY = 'other-key-8';

const START = { frr: Frr.start, bird: Bird.start, openbgpd: OpenBgpd.start };

/** One neighbour: what it is, has, and is asked for. */
export interface Case {
  readonly role: string;
  readonly daemon: keyof typeof START;
  readonly theirs: Pick<NeighbourOptions, 'password' | 'ttl'>;
  /** Keys of the edge's file; `password` is the key itself and goes into a file of its own. */
  readonly ours: Readonly<Record<string, unknown>> & { readonly password?: string };
  readonly up: boolean;
}

export const CASES: readonly Case[] = [
  { role: 'frr-md5', daemon: 'frr', theirs: { password: KEY }, ours: { password: KEY }, up: true },
  {
    role: 'bird-md5',
    daemon: 'bird',
    theirs: { password: KEY },
    ours: { password: KEY },
    up: true,
  },
  {
    role: 'bird-other',
    daemon: 'bird',
    theirs: { password: OTHER_KEY },
    ours: { password: KEY },
    up: false,
  },
  { role: 'frr-none', daemon: 'frr', theirs: {}, ours: { password: KEY }, up: false },
  { role: 'bird-only', daemon: 'bird', theirs: { password: KEY }, ours: {}, up: false },
  {
    role: 'frr-ttl',
    daemon: 'frr',
    theirs: { ttl: 'security' },
    ours: { 'ttl-security': true },
    up: true,
  },
  {
    role: 'bird-ttl',
    daemon: 'bird',
    theirs: { ttl: 'security', password: KEY },
    ours: { 'ttl-security': true, password: KEY },
    up: true,
  },
  {
    role: 'openbgpd-ttl',
    daemon: 'openbgpd',
    theirs: { ttl: 'security' },
    ours: { 'ttl-security': true },
    up: true,
  },
  {
    role: 'bird-far',
    daemon: 'bird',
    theirs: { ttl: 'far' },
    ours: { 'ttl-security': true },
    up: false,
  },
];

export interface Neighbour extends Case {
  readonly running: BgpDaemon;
  readonly edge: { readonly ipv4: string; readonly ipv6: string };
}

export interface TcpLab {
  readonly neighbours: readonly Neighbour[];
  readonly multihomed: Multihomed;
  readonly capture: Capture;
  readonly file: FileContent;
  /** Where the key of a neighbour's two sessions is. */
  keyFile(role: string): string;
}

/** Everything up, the edge last. `incoming`: the neighbours connect, else the edge does. */
export async function startTcpLab(topology: Topology, incoming: boolean): Promise<TcpLab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const neighbours = await Promise.all(
    CASES.map(async (each, index): Promise<Neighbour> => {
      const namespace = await topology.namespace(each.role);
      const addresses = (host: number) => [
        `198.51.100.${index * 4 + host}/30`,
        `2001:db8:ff:${index + 1}::${host}/64`,
      ];
      await topology.link(
        { namespace: edge, interface: `e${index}`, addresses: addresses(2) },
        { namespace, interface: 'to-edge', addresses: addresses(1) },
      );
      const own = { ipv4: `198.51.100.${index * 4 + 2}`, ipv6: `2001:db8:ff:${index + 1}::2` };
      const common = { asn: EDGE_AS, passive: !incoming, ...each.theirs };
      const running = await START[each.daemon](namespace, directory, {
        asn: 64510 + index,
        routerId: `192.0.2.${100 + index}`,
        originates: [],
        neighbours: [
          { ...common, address: own.ipv4, families: ['ipv4'] },
          { ...common, address: own.ipv6, families: ['ipv6'] },
        ],
      });
      return { ...each, running, edge: own };
    }),
  );
  const keyFile = (role: string) => join(directory, `${role}.key`);
  const file = fileContent(directory, incoming, keyFile);
  const capture = await Capture.start(edge, join(directory, 'edge.pcap'));
  const multihomed = await Multihomed.start(edge, join(directory, 'multihomed.yaml'), file);
  return { neighbours, multihomed, capture, file, keyFile };
}

function fileContent(
  directory: string,
  incoming: boolean,
  keyFile: (role: string) => string,
): FileContent {
  const sessions = CASES.flatMap(({ role, ours: { password, ...keys } }, index) => {
    if (password !== undefined) writeFileSync(keyFile(role), `${password}\n`);
    const common = {
      asn: 64510 + index,
      passive: incoming,
      'hold-time': '6s',
      'connect-retry': '1s',
      ...keys,
      ...(password === undefined ? {} : { password: `file:${keyFile(role)}` }),
    };
    return [
      [role, { ...common, address: `198.51.100.${index * 4 + 1}` }],
      [`${role}-v6`, { ...common, address: `2001:db8:ff:${index + 1}::1` }],
    ] as const;
  });
  return {
    asn: EDGE_AS,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    log: { level: 'debug', format: 'text' },
    prefixes: ['203.0.113.0/24', '2001:db8:113::/48'],
    upstreams: Object.fromEntries(sessions),
  };
}
