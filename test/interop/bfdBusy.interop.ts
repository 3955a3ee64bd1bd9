/** BFD beside a main thread that has no time: it must not make a way look dead. */

import { fileURLToPath } from 'node:url';
import t from 'tap';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';

const LIMIT = 60_000;

t.test(
  'ten seconds of 30 ms bursts on both main threads, 50 ms x 3',
  requireOrSkip(),
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const [left, right] = [await topology.namespace('left'), await topology.namespace('right')];
    await topology.link(
      { namespace: left, interface: 'to-right', addresses: ['198.51.100.1/30'] },
      { namespace: right, interface: 'to-left', addresses: ['198.51.100.2/30'] },
    );
    const ends = [
      start(left, '198.51.100.1', '198.51.100.2'),
      start(right, '198.51.100.2', '198.51.100.1'),
    ];
    for (const end of ends) {
      await until('its last word', LIMIT, async () => /lost \d+ times/.test(end.output));
      t.match(end.output, /^up\nlost 0 times\n/);
    }
  },
);

function start(namespace: Namespace, ours: string, theirs: string) {
  const program = fileURLToPath(new URL('../support/busyBfdProgram.ts', import.meta.url));
  const tsx = `--import=${import.meta.resolve('tsx')}`;
  return namespace.spawn(`bfd of ${ours}`, process.execPath, tsx, program, ours, theirs);
}
