/** The skeletons for keepalived, with its real checker, which wants the interface to be there. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runGenerate } from '../../src/cli/generate.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';

const FILE = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24, "2001:db8:113::/48"]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1 }
  transit-b: { asn: 64497, address: "2001:db8:1::1" }
`;

t.test('keepalived takes its skeleton', requireOrSkip('keepalived'), async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const [edge, other] = [await topology.namespace('edge'), await topology.namespace('other')];
  await topology.link(
    { namespace: edge, interface: 'inside0', addresses: ['203.0.113.254/24'] },
    { namespace: other, interface: 'inside0', addresses: ['203.0.113.253/24'] },
  );
  const config = join(topology.directory, 'x.yaml');
  await writeFile(config, FILE);
  const output = join(topology.directory, 'keepalived');
  const interfaces = new Map([['inside', 'inside0']]);
  const rest = {
    diff: undefined,
    strict: true,
    force: false,
    withSecrets: false,
    json: false,
    check: false,
  };
  const options = { name: 'generate', target: 'keepalived', config, output, interfaces } as const;
  await runGenerate({ ...options, ...rest }, new FakeTerminal(), '0.0.0');
  const file = join(output, 'keepalived.conf');
  const taken = await judge(edge, file);
  // 2.2.7 ends a configuration test with SIGTERM to itself where there is a script to be tracked.
  t.ok(['0', '143'].includes(taken.status), taken.status);
  t.equal(taken.said, '');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll('inside0', 'nowhere'));
  t.match(await judge(edge, file), { status: '5', said: /Non-existent interface/ }, 'it does look');
});

/** In a process group of its own, which is what it signals. */
async function judge(edge: Namespace, file: string) {
  const command = `setsid -w keepalived -t -l -f ${file} 2>&1; echo "status $?"`;
  const output = await edge.exec('sh', '-c', command);
  const [, said = '', status = ''] =
    /^([\s\S]*?)(?:Terminated\n)?status (\d+)\n$/.exec(output) ?? [];
  return { said, status };
}
