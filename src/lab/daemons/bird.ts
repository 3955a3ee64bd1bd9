/** BIRD 2, with its routes in the namespace's kernel. */

import { join } from 'node:path';
import type { Neighbour } from '../topology.ts';
import { type Ask, answerOf, type Daemon, type Place } from './daemon.ts';

export const bird: Daemon = {
  package: 'bird2',
  programs: ['/usr/sbin/bird', '/usr/sbin/birdc'],
  files: (place) => [{ name: 'bird.conf', text: birdText(place) }],
  commands: birdCommands,
  ready: async (place, ask) => (await birdc(place, ask, 'show status')).includes('up and running'),
  established: async (place, ask) => {
    const text = await birdc(place, ask, 'show protocols all');
    const blocks = text.split(/\n(?=\S)/).filter((block) => /BGP state:\s+Established/.test(block));
    const addresses = blocks.map((block) => /Neighbor address:\s+(\S+)/.exec(block)?.[1] ?? '');
    return new Set(addresses);
  },
};

export function birdCommands({ home }: Place) {
  const argv = [
    '/usr/sbin/bird',
    '-f',
    '-c',
    join(home, 'bird.conf'),
    '-s',
    join(home, 'bird.ctl'),
  ];
  return [{ name: 'bird', argv: [...argv, '-P', join(home, 'bird.pid')] }];
}

export function birdc({ home }: Place, ask: Ask, command: string): Promise<string> {
  return answerOf(ask('/usr/sbin/birdc', '-s', join(home, 'bird.ctl'), ...command.split(' ')));
}

/** bird.conf, here and in containerlab. */
export function birdText({ node, neighbours }: Pick<Place, 'node' | 'neighbours'>): string {
  const upTo = node.acceptUpTo;
  const statics = (['ipv4', 'ipv6'] as const).map((family) => {
    const own = node.announces.filter((text) => text.includes(':') === (family === 'ipv6'));
    const routes = own.map((prefix) => ` route ${prefix} unreachable;`).join('');
    return `protocol static own_${family} { ${family};${routes} }`;
  });
  return [
    'log stderr all;',
    `router id ${node.routerId};`,
    'protocol device { scan time 1; }',
    'protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; }',
    'protocol kernel { ipv6 { import none; export where source = RTS_BGP; }; }',
    ...(upTo === undefined
      ? ['filter taken { accept; }']
      : [`filter taken { if net.type = NET_IP4 && net.len > ${upTo} then reject; accept; }`]),
    ...statics,
    ...(neighbours.some(({ bfd }) => bfd)
      ? ['protocol bfd { interface "*" { interval 300 ms; multiplier 3; }; }']
      : []),
    ...neighbours.map((neighbour, index) => protocol(node.asn, neighbour, index)),
    '',
  ].join('\n');
}

function protocol(asn: number | undefined, neighbour: Neighbour, index: number): string {
  const { address, family, password, ttlSecurity, bfd } = neighbour;
  return [
    `protocol bgp n${index} {`,
    `  local as ${asn};`,
    `  neighbor ${address} as ${neighbour.asn};`,
    '  direct; check link on;',
    '  hold time 9; keepalive time 3;',
    '  connect delay time 1; connect retry time 1; error wait time 1, 2;',
    ...(password === undefined ? [] : [`  password "${password.replaceAll(/["\\]/g, '')}";`]),
    ...(ttlSecurity ? ['  ttl security on;'] : []),
    ...(bfd ? ['  bfd on;'] : []),
    `  ${family} { import filter taken; export where source ~ [ RTS_STATIC, RTS_BGP ]; };`,
    '}',
  ].join('\n');
}
