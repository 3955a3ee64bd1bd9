/** OpenBGPD. It speaks BGP and leaves the kernel's table alone: on Linux it cannot fill it. */

import { join } from 'node:path';
import { type Ask, answerOf, type Daemon, jsonOf, type Place } from './daemon.ts';

interface Shown {
  readonly neighbors?: readonly { readonly remote_addr?: string; readonly state?: string }[];
}

const SOCKET = 'bgpd.sock';

export const openbgpd: Daemon = {
  package: 'openbgpd',
  programs: ['/usr/sbin/bgpd', '/usr/sbin/bgpctl'],
  // The home of its unprivileged user, into which it changes its root.
  folder: '/run/openbgpd',
  files: (place) => [{ name: 'bgpd.conf', text: openbgpdText(place, join(place.home, SOCKET)) }],
  commands: ({ home }) => [
    { name: 'bgpd', argv: ['/usr/sbin/bgpd', '-d', '-f', join(home, 'bgpd.conf')] },
  ],
  ready: async (place, ask) => (await answerOf(bgpctl(place, ask))) !== '',
  established: async (place, ask) => {
    const { neighbors = [] } = await jsonOf<Shown>(bgpctl(place, ask), {});
    const up = neighbors.filter(({ state }) => state === 'Established');
    return new Set(up.map(({ remote_addr = '' }) => remote_addr));
  },
};

function bgpctl({ home }: Place, ask: Ask) {
  return ask('/usr/sbin/bgpctl', '-s', join(home, SOCKET), '-j', 'show', 'neighbor');
}

/** bgpd.conf; `socket`: for bgpctl, undefined where the usual one will do. */
export function openbgpdText(
  { node, neighbours }: Pick<Place, 'node' | 'neighbours'>,
  socket: string | undefined,
): string {
  const { acceptUpTo } = node;
  const longest = acceptUpTo === undefined ? [] : [`deny from any inet prefixlen > ${acceptUpTo}`];
  return [
    `AS ${node.asn}`,
    `router-id ${node.routerId}`,
    ...(socket === undefined ? [] : [`socket "${socket}"`]),
    'fib-update no',
    'connect-retry 1',
    'holdtime 9',
    ...node.announces.map((prefix) => `network ${prefix}`),
    ...neighbours.flatMap(({ address, asn, family, password, ttlSecurity }) => [
      `neighbor ${address} {`,
      `  remote-as ${asn}`,
      `  announce IPv4 ${family === 'ipv4' ? 'unicast' : 'none'}`,
      `  announce IPv6 ${family === 'ipv6' ? 'unicast' : 'none'}`,
      ...(password === undefined ? [] : [`  tcp md5sig password "${password}"`]),
      ...(ttlSecurity ? ['  ttl-security yes'] : []),
      '}',
    ]),
    'allow from any',
    ...longest,
    'allow to any',
    '',
  ].join('\n');
}
