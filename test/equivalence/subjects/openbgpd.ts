/** OpenBGPD. Its privilege separation wants the directory that its service has. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { START_LIMIT } from '../../support/daemons/daemon.ts';
import { PROGRAMS } from '../../support/requirements.ts';
import { generateInto } from '../generated.ts';
import { UPSTREAMS } from '../lab.ts';
import type { Subject } from '../subject.ts';

export const openbgpd: Subject = {
  name: 'openbgpd',
  async start({ edge, directory }, content) {
    await mkdir('/run/openbgpd', { recursive: true });
    await generateInto(directory, 'openbgpd', content);
    const ask = (...command: readonly string[]) => edge.exec('bgpctl', '-j', ...command);
    const file = join(directory, 'bgpd.conf');
    const program = edge.spawn('openbgpd', PROGRAMS.openbgpd, '-d', '-f', file);
    await program.ready(START_LIMIT, () => ask('show', 'neighbor').then(Boolean, () => false));
    return {
      async withdraw(less) {
        await generateInto(directory, 'openbgpd', less);
        await ask('reload');
      },
      async accepted(upstream) {
        const { address } = UPSTREAMS[upstream];
        const table: { rib?: readonly { prefix: string }[] } = JSON.parse(
          await ask('show', 'rib', 'neighbor', address),
        );
        return (table.rib ?? []).map(({ prefix }) => prefix).sort();
      },
      stop: () => program.stop(),
      output: () => program.output,
    };
  },
};
