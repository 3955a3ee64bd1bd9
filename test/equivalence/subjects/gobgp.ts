/** GoBGP, with the script that says what is ours. */

import { join } from 'node:path';
import { START_LIMIT } from '../../support/daemons/daemon.ts';
import { again, gobgp as askGoBgp } from '../../support/daemons/gobgp.ts';
import { generateInto } from '../generated.ts';
import { NAMES, UPSTREAMS } from '../lab.ts';
import type { Subject } from '../subject.ts';

export const gobgp: Subject = {
  name: 'gobgp',
  async start({ edge, directory }, content) {
    await generateInto(directory, 'gobgp', content);
    const ask = (...command: readonly string[]) => askGoBgp(edge, '-j', ...command);
    const program = edge.spawn(
      'gobgpd',
      ...['gobgpd', '-f', join(directory, 'gobgpd.toml')],
      ...['--api-hosts', '127.0.0.1:50051'],
    );
    await program.ready(START_LIMIT, async () => {
      // The API answers before the file has been read whole.
      const neighbours: unknown[] = JSON.parse(
        await edge.exec('gobgp', '-j', 'neighbor').catch(() => '[]'),
      );
      return neighbours.length === NAMES.length;
    });
    await again(edge, 'sh', join(directory, 'networks.sh'));
    return {
      async withdraw(_, prefix) {
        await ask('global', 'rib', 'del', prefix, '-a', 'ipv4');
      },
      async accepted(upstream) {
        const { address } = UPSTREAMS[upstream];
        const tables = await Promise.all(
          ['ipv4', 'ipv6'].map((family) => ask('global', 'rib', '-a', family)),
        );
        return tables
          .flatMap((text) => {
            const table: Record<string, readonly { 'neighbor-ip'?: string }[]> = JSON.parse(
              text || '{}',
            );
            return Object.entries(table)
              .filter(([, paths]) => paths.some((path) => path['neighbor-ip'] === address))
              .map(([prefix]) => prefix);
          })
          .sort();
      },
      stop: () => program.stop(),
      output: () => program.output,
    };
  },
};
