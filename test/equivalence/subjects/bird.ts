/** BIRD 2. */

import { join } from 'node:path';
import { START_LIMIT } from '../../support/daemons/daemon.ts';
import { generateInto } from '../generated.ts';
import type { Subject } from '../subject.ts';

export const bird: Subject = {
  name: 'bird',
  async start({ edge, directory }, content) {
    await generateInto(directory, 'bird', content);
    const socket = join(directory, 'bird.ctl');
    const ask = (command: string) => edge.exec('birdc', '-s', socket, command);
    const program = edge.spawn(
      'bird',
      ...['bird', '-f', '-c', join(directory, 'bird.conf'), '-s', socket],
      ...['-P', join(directory, 'bird.pid')],
    );
    await program.ready(START_LIMIT, () => ask('show status').then(Boolean, () => false));
    return {
      async withdraw(less) {
        await generateInto(directory, 'bird', less);
        const answer = await ask('configure');
        if (!answer.includes('Reconfigured')) throw new Error(`BIRD: ${answer}`);
      },
      async accepted(upstream) {
        const text = await ask(`show route protocol 'upstream-${upstream}'`);
        return [...text.matchAll(/^(\S+\/\d+)\s/gm)].map(([, prefix = '']) => prefix).sort();
      },
      stop: () => program.stop(),
      output: () => program.output,
    };
  },
};
