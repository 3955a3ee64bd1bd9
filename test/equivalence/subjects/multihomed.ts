/** `multihomed run` on the very file: what all the others are measured by. */

import { join } from 'node:path';
import { Multihomed } from '../../support/daemons/multihomed.ts';
import type { Subject } from '../subject.ts';

export const multihomed: Subject = {
  name: 'multihomed',
  async start({ edge, directory }, content) {
    const daemon = await Multihomed.start(edge, join(directory, 'multihomed.yaml'), content);
    return {
      async withdraw(less) {
        await daemon.reload(less);
      },
      async accepted(upstream) {
        const routes = await daemon.routes('--upstream', upstream);
        return routes
          .filter(({ paths }) => paths.some(({ state }) => state !== 'refused'))
          .map(({ prefix }) => prefix)
          .sort();
      },
      async stop() {
        await daemon.terminate();
      },
      output: () => daemon.program.output,
    };
  },
};
