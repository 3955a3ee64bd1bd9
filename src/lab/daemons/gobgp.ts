/** GoBGP. Its API listens on loopback, of which each namespace has its own. */

import { join } from 'node:path';
import { type Ask, type Daemon, jsonOf, type Place } from './daemon.ts';

interface Shown {
  readonly state?: { readonly neighbor_address?: string; readonly session_state?: number };
  readonly conf?: { readonly neighbor_address?: string };
}

const ESTABLISHED = 6;

export const gobgp: Daemon = {
  package: 'gobgpd',
  programs: ['/usr/bin/gobgpd', '/usr/bin/gobgp'],
  files: (place) => [{ name: 'gobgpd.toml', text: gobgpText(place) }],
  commands: gobgpCommands,
  // The API answers before the file has been read whole.
  ready: async (place, ask) => {
    const shown = await neighbours(ask);
    return shown.length >= place.neighbours.length;
  },
  established: async (_place, ask) => {
    const shown = await neighbours(ask);
    const up = shown.filter(({ state }) => state?.session_state === ESTABLISHED);
    const addresses = up.map(
      ({ state, conf }) => state?.neighbor_address ?? conf?.neighbor_address ?? '',
    );
    return new Set(addresses);
  },
};

export function gobgpCommands({ home }: Place) {
  const argv = ['/usr/bin/gobgpd', '-f', join(home, 'gobgpd.toml')];
  return [{ name: 'gobgpd', argv: [...argv, '--api-hosts', '127.0.0.1:50051', '--pprof-disable'] }];
}

function neighbours(ask: Ask): Promise<readonly Shown[]> {
  return jsonOf<readonly Shown[]>(ask('/usr/bin/gobgp', '-j', 'neighbor'), []);
}

/** gobgpd.toml, here and in containerlab. It passes on what it learns, and originates nothing. */
export function gobgpText({ node, neighbours: all }: Pick<Place, 'node' | 'neighbours'>): string {
  return [
    '[global.config]',
    `as = ${node.asn}`,
    `router-id = "${node.routerId}"`,
    '[global.apply-policy.config]',
    'default-import-policy = "accept-route"',
    'default-export-policy = "accept-route"',
    ...all.flatMap(({ address, asn, family, password, ttlSecurity }) => [
      '[[neighbors]]',
      '[neighbors.config]',
      `neighbor-address = "${address}"`,
      `peer-as = ${asn}`,
      ...(password === undefined ? [] : [`auth-password = "${password}"`]),
      '[neighbors.timers.config]',
      'connect-retry = 1',
      'idle-hold-time-after-reset = 1',
      'hold-time = 9',
      'keepalive-interval = 3',
      ...(ttlSecurity
        ? ['[neighbors.ttl-security.config]', 'enabled = true', 'ttl-min = 255']
        : []),
      '[[neighbors.afi-safis]]',
      '[neighbors.afi-safis.config]',
      `afi-safi-name = "${family}-unicast"`,
    ]),
    '',
  ].join('\n');
}
