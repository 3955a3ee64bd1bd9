/** `check --preflight` in a kernel: what it finds breaks traffic, and the commands it prints mend it. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { command } from '../support/daemons/multihomed.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { FILE, INSIDE, pings, SERVICE, startEdgeLab, untilPings, WORLD } from './edgeLab.ts';

const STRICT = ['all', 'eth-a', 'eth-b'].map((name) => `net.ipv4.conf.${name}.rp_filter=1`);

interface Finding {
  readonly subject: string;
  readonly mend: string;
}

t.test('what preflight finds, its commands mend', { ...requireOrSkip('ping') }, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const { edge, world } = await startEdgeLab(topology);
  const file = join(topology.directory, 'x.yaml');
  await writeFile(file, JSON.stringify(FILE));
  await edge.exec('sysctl', '-qw', ...STRICT);
  t.notOk(await pings(world, WORLD, SERVICE), 'the way back is another one');

  const found = await findings(edge, file);
  const subjects = found.map(({ subject }) => subject);
  t.ok(subjects.includes('net.ipv4.conf.eth-a.rp_filter'), subjects.join(' '));
  t.ok(subjects.includes('net.ipv4.ip_forward'));
  for (const { mend } of found) await edge.exec('sh', '-c', mend);

  await untilPings(world, WORLD, SERVICE);
  t.pass('it is answered');
  await untilPings(world, WORLD, INSIDE);
  t.pass('and forwarded');
  t.same(await findings(edge, file), []);
  const socket = edge.spawn('listener', process.execPath, '-e', LISTENER);
  await socket.ready(60_000, async () => socket.output.includes('listening'));
  t.match(await findings(edge, file), [{ subject: '0.0.0.0:179' }]);
});

const LISTENER =
  "require('net').createServer().listen(179, '0.0.0.0', () => console.log('listening'))";

async function findings(edge: Namespace, file: string): Promise<readonly Finding[]> {
  const argv = [...command(), 'check', '--preflight', '--json', '-c', file];
  // Its exit code says that there is something.
  const text = await edge.exec('sh', '-c', '"$@" || true', 'sh', ...argv);
  const view: { readonly preflight: readonly Finding[] } = JSON.parse(text);
  return view.preflight;
}
