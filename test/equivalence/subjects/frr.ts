/** FRR's zebra and bgpd on one file. Each reads past what is another daemon's. */

import { join } from 'node:path';
import { START_LIMIT } from '../../support/daemons/daemon.ts';
import { generateInto } from '../generated.ts';
import { UPSTREAMS } from '../lab.ts';
import type { Subject } from '../subject.ts';

const BIN = '/usr/lib/frr';

export const frr: Subject = {
  name: 'frr',
  async start({ edge, directory }, content) {
    await generateInto(directory, 'frr', content);
    await edge.exec('chown', '-R', 'frr:frr', directory);
    const start = (daemon: string) =>
      edge.spawn(
        `frr ${daemon}`,
        ...[join(BIN, daemon), '--vty_socket', directory, '-A', '127.0.0.1', '--log', 'stdout'],
        ...['-z', join(directory, 'zserv.api'), '-i', join(directory, `${daemon}.pid`)],
        ...['-f', join(directory, 'frr.conf')],
      );
    const ask = (daemon: string, ...commands: readonly string[]) =>
      edge.exec(
        ...['vtysh', '--vty_socket', directory, '-d', daemon],
        ...commands.flatMap((command) => ['-c', command]),
      );
    const zebra = start('zebra');
    await zebra.ready(START_LIMIT, () => ask('zebra', 'show version').then(Boolean, () => false));
    const bgpd = start('bgpd');
    await bgpd.ready(START_LIMIT, () => ask('bgpd', 'show version').then(Boolean, () => false));
    return {
      async withdraw(_, prefix) {
        const family = 'address-family ipv4 unicast';
        const router = `router bgp ${content.asn}`;
        await ask('bgpd', 'configure terminal', router, family, `no network ${prefix}`);
      },
      async accepted(upstream) {
        const { address } = UPSTREAMS[upstream];
        const tables = await Promise.all(
          ['ipv4', 'ipv6'].map((family) => ask('bgpd', `show bgp ${family} unicast json`)),
        );
        return tables.flatMap((text) => learnedFrom(address, text)).sort();
      },
      async stop() {
        await bgpd.stop();
        await zebra.stop();
      },
      output: () => zebra.output + bgpd.output,
    };
  },
};

function learnedFrom(address: string, text: string): readonly string[] {
  const table: { routes?: Record<string, readonly { peerId?: string }[]> } = JSON.parse(text);
  return Object.entries(table.routes ?? {})
    .filter(([, paths]) => paths.some(({ peerId }) => peerId === address))
    .map(([prefix]) => prefix);
}
