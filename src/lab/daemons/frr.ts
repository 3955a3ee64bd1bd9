/** FRR: zebra and bgpd, bfdd where it is wanted, in folders of their own, so that each namespace has its pair. */

import { join } from 'node:path';
import type { Family } from '../../net/family.ts';
import type { LabNode, Neighbour } from '../topology.ts';
import { type Ask, answerOf, type Daemon, jsonOf, type Place } from './daemon.ts';

const BIN = '/usr/lib/frr';

/** The part of `show bgp neighbors json` that is read. */
type FrrNeighbours = Readonly<Record<string, { readonly bgpState?: string }>>;

export const frr: Daemon = {
  package: 'frr',
  programs: [`${BIN}/zebra`, `${BIN}/bgpd`, '/usr/bin/vtysh'],
  owner: 'frr:frr',
  files: (place) => [
    { name: 'zebra.conf', text: 'log stdout\n' },
    ...(place.node.bfd ? [{ name: 'bfdd.conf', text: 'log stdout\n' }] : []),
    { name: 'bgpd.conf', text: frrText(place) },
  ],
  commands: frrCommands,
  ready: async (place, ask, program) => {
    const text = await answerOf(vtysh(place, ask, program, 'show version'));
    return text.includes('FRR');
  },
  established: async (place, ask) => {
    const asked = vtysh(place, ask, 'bgpd', 'show bgp neighbors json');
    const neighbours = await jsonOf<FrrNeighbours>(asked, {});
    const up = Object.entries(neighbours).filter(([, { bgpState }]) => bgpState === 'Established');
    return new Set(up.map(([address]) => address));
  },
};

/** zebra first: bgpd tells it the routes, and hears from it of links that go down; all meet there. */
export function frrCommands({ home, node }: Place) {
  const common = ['--vty_socket', home, '-z', join(home, 'zserv.api'), '-A', '127.0.0.1'];
  return ['zebra', ...(node.bfd ? ['bfdd'] : []), 'bgpd'].map((name) => ({
    name,
    argv: [
      ...[join(BIN, name), ...common, '--log', 'stdout'],
      ...['-i', join(home, `${name}.pid`), '-f', join(home, `${name}.conf`)],
      ...(name === 'bfdd' ? ['--bfdctl', join(home, 'bfdd.sock')] : []),
    ],
  }));
}

export function vtysh({ home }: Place, ask: Ask, daemon: string, command: string) {
  return ask('/usr/bin/vtysh', '--vty_socket', home, '-d', daemon, '-c', command);
}

/** bgpd's configuration; in containerlab, the whole of frr.conf. */
export function frrText({ node, neighbours }: Pick<Place, 'node' | 'neighbours'>): string {
  const upTo = node.acceptUpTo;
  return [
    'frr defaults traditional',
    ...(upTo === undefined ? [] : [`ip prefix-list up-to seq 5 permit 0.0.0.0/0 le ${upTo}`]),
    `router bgp ${node.asn}`,
    ` bgp router-id ${node.routerId}`,
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    ' no bgp network import-check',
    ...neighbours.flatMap((neighbour) => neighbourLines(node, neighbour)),
    ...familyLines(node, neighbours, 'ipv4'),
    ...familyLines(node, neighbours, 'ipv6'),
    '',
  ].join('\n');
}

/** Short timers: a rehearsal should not have to wait for three minutes. */
function neighbourLines(node: LabNode, neighbour: Neighbour): readonly string[] {
  const line = ` neighbor ${neighbour.address}`;
  return [
    `${line} remote-as ${neighbour.asn}`,
    `${line} timers 3 9`,
    `${line} timers connect 1`,
    ...(neighbour.asn === node.asn ? [] : [`${line} advertisement-interval 0`]),
    ...(neighbour.password === undefined ? [] : [`${line} password ${neighbour.password}`]),
    ...(neighbour.ttlSecurity ? [`${line} ttl-security hops 1`] : []),
    ...(neighbour.bfd ? [`${line} bfd`] : []),
  ];
}

function familyLines(
  { announces, dampening, acceptUpTo }: LabNode,
  neighbours: readonly Neighbour[],
  family: Family,
): readonly string[] {
  const isOurs = (text: string) => text.includes(':') === (family === 'ipv6');
  const own = neighbours.filter((neighbour) => neighbour.family === family);
  const filtered = acceptUpTo !== undefined && family === 'ipv4';
  return [
    ` address-family ${family} unicast`,
    ...(dampening !== undefined && family === 'ipv4' ? [`  bgp dampening ${dampening}`] : []),
    ...announces.filter(isOurs).map((prefix) => `  network ${prefix}`),
    ...own.flatMap(({ address }) => [
      `  neighbor ${address} activate`,
      ...(filtered ? [`  neighbor ${address} prefix-list up-to in`] : []),
    ]),
    ' exit-address-family',
  ];
}
