/**
 * BIRD, run on what is generated for it from a file with BFD: authenticated on one link, not on the
 * other. At the far end is our own daemon.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { BFD_PASSWORDS, generated } from '../generate/intents.ts';
import { Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';

const needs = requireOrSkip('bird');

const LINKS = [
  { name: 'transit-a', edge: '198.51.100.2', far: '198.51.100.1', device: 'eth1' },
  { name: 'transit-b', edge: '198.51.100.6', far: '198.51.100.5', device: 'eth2' },
] as const;

const KEY = 'key-id: 7, password: env:TRANSIT_A_BFD';
const FILE = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1, interface: eth1, bfd: { ${KEY} } }
  transit-b: { asn: 64496, address: 198.51.100.5, bfd: {} }
`;

t.test('BIRD does the BFD that is generated for it', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const { directory } = topology;
  const [edge, far] = [await topology.namespace('edge'), await topology.namespace('far')];
  for (const { edge: near, far: other, device } of LINKS) {
    await topology.link(
      { namespace: edge, interface: device, addresses: [`${near}/30`] },
      { namespace: far, interface: device, addresses: [`${other}/30`] },
    );
  }
  const made = generated('bird', FILE);
  t.same(made.notExpressible, []);
  const file = join(directory, 'bird.conf');
  await writeFile(file, made.files[0]?.content ?? '');
  const [socket, pid] = [join(directory, 'bird.ctl'), join(directory, 'bird.pid')];
  edge.spawn('bird', 'bird', '-f', '-c', file, '-s', socket, '-P', pid);

  const secret = join(directory, 'transit-a.bfd');
  await writeFile(secret, BFD_PASSWORDS.get('transit-a') ?? '', { mode: 0o600 });
  const bfd = { 'transit-a': { password: `file:${secret}`, 'key-id': 7 }, 'transit-b': {} };
  const multihomed = await Multihomed.start(far, join(directory, 'multihomed.yaml'), {
    asn: 64496,
    'router-id': '192.0.2.96',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['198.18.0.0/15'],
    upstreams: Object.fromEntries(
      LINKS.map(({ name, edge: address }) => [
        name,
        { asn: 64500, address, damping: 'none', 'connect-retry': '1s', bfd: bfd[name] },
      ]),
    ),
  });
  t.teardown(() => t.passing() || t.comment(multihomed.program.output));
  for (const { name } of LINKS) {
    await until(`BFD of ${name} to be up`, SOON, async () => {
      return (await multihomed.bfd()).get(name)?.standing === 'up';
    });
  }
  const shown = await multihomed.bfd();
  t.same(shown.get('transit-a')?.discards, {}, 'the password fits from the first packet on');
});
