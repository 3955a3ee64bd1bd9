/** ExaBGP. It keeps no table of what it learns. */

import { join } from 'node:path';
import { START_LIMIT } from '../../support/daemons/daemon.ts';
import { generateInto } from '../generated.ts';
import type { Subject } from '../subject.ts';

export const exabgp: Subject = {
  name: 'exabgp',
  async start({ edge, directory }, content) {
    await generateInto(directory, 'exabgp', content);
    const program = edge.spawn(
      'exabgp',
      // As root, and without the pipes of its console.
      ...['env', 'exabgp.daemon.user=root', 'exabgp.api.cli=false', 'exabgp.log.level=INFO'],
      ...['exabgp', join(directory, 'exabgp.conf')],
    );
    await program.ready(START_LIMIT, async () => /loaded new configuration/.test(program.output));
    return {
      async withdraw(less) {
        await generateInto(directory, 'exabgp', less);
        program.signal('SIGUSR1');
      },
      accepted: async () => undefined,
      stop: () => program.stop(),
      output: () => program.output,
    };
  },
};
