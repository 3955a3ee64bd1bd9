/**
 * BIRD and FRR, run on what is generated for them from a file with BFD: for BIRD authenticated on one
 * link, not on the other, for FRR over one hop and over two. At the far end is our own daemon.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { BFD_PASSWORDS, generated } from '../generate/intents.ts';
import { Frr } from '../support/daemons/frr.ts';
import { Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';

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

t.test('BIRD does the BFD that is generated for it', requireOrSkip('bird'), async (t) => {
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

/** The last one is behind a router. */
const WAYS = [
  { name: 'near', edge: '198.51.100.2', far: '198.51.100.1', more: 'med: 5' },
  { name: 'six', edge: '2001:db8:a::2', far: '2001:db8:a::1', more: 'passive: true' },
  {
    name: 'behind',
    edge: '198.51.100.6',
    far: '198.51.100.13',
    more: 'multihop: 3, interface: eth2',
  },
] as const;
const PACE = { interval: 400, multiplier: 4 };

const FRR_FILE = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24, "2001:db8:113::/48"]
upstreams:
${WAYS.map(
  ({ name, far, more }) =>
    `  ${name}: { asn: 64496, address: "${far}", ${more}, bfd: { interval: ${PACE.interval}ms, multiplier: ${PACE.multiplier} } }`,
).join('\n')}
`;

t.test('FRR does the BFD that is generated for it', requireOrSkip('frr'), async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const { directory } = topology;
  const [edge, far] = await threeInARow(topology);
  const { files, notExpressible } = generated('frr', FRR_FILE);
  t.same(notExpressible, []);
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  const frr = await Frr.boot(edge, directory, texts);
  const written = await frr.configuration('bfdd');
  t.match(
    written,
    /profile behind\n {2}detect-multiplier 4\n {2}transmit-interval 400\n {2}receive/,
  );
  const neighbours = await frr.configuration('bgpd');
  for (const { name, far } of WAYS) t.match(neighbours, `neighbor ${far} bfd profile ${name}\n`);

  const multihomed = await Multihomed.start(far, join(directory, 'multihomed.yaml'), {
    asn: 64496,
    'router-id': '192.0.2.96',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['198.18.0.0/15'],
    upstreams: Object.fromEntries(
      WAYS.map(({ name, edge: address }) => [
        name,
        {
          ...{ asn: 64500, address, damping: 'none', 'connect-retry': '1s', bfd: {} },
          ...(name === 'behind' ? { multihop: 3, interface: 'eth3' } : {}),
        },
      ]),
    ),
  });
  t.teardown(() => t.passing() || t.comment(multihomed.program.output));
  const untilUp = async () => {
    for (const { name, far } of WAYS) {
      await until(`BFD of ${name} to be up`, SOON, async () => {
        return (await multihomed.bfd()).get(name)?.standing === 'up';
      });
      await until(`the session with ${name}`, SOON, () => frr.established(far));
    }
  };
  await untilUp();
  for (const { name } of WAYS) {
    await until(`${name} to go at FRR's pace`, SOON, async () => {
      const shown = (await multihomed.bfd()).get(name);
      return shown?.detectionTime === PACE.interval * PACE.multiplier;
    });
  }
  const frozen = performance.now();
  multihomed.program.signal('SIGSTOP');
  for (const { name, far } of WAYS) {
    await until(`FRR to miss ${name}`, SOON, async () => !(await frr.established(far)));
    t.comment(`${name}: seen down ${Math.round(performance.now() - frozen)} ms after it froze`);
    const { diagnostic } = (await frr.bfdPeers()).get(far) ?? {};
    t.equal(diagnostic, 'control detection time expired', 'by BFD, not by the hold timer');
  }
  multihomed.program.signal('SIGCONT');
  await untilUp();
});

/** The first and the last of edge, router, far; edge and far are on a link of their own, too. */
async function threeInARow(topology: Topology): Promise<readonly [Namespace, Namespace]> {
  const [edge, router, far] = [
    await topology.namespace('edge'),
    await topology.namespace('router'),
    await topology.namespace('far'),
  ];
  const end = (namespace: Namespace, device: string, ...addresses: readonly string[]) => ({
    namespace,
    interface: device,
    addresses,
  });
  await topology.link(
    end(edge, 'eth1', '198.51.100.2/30', '2001:db8:a::2/64'),
    end(far, 'eth1', '198.51.100.1/30', '2001:db8:a::1/64'),
  );
  await topology.link(end(edge, 'eth2', '198.51.100.6/30'), end(router, 'eth2', '198.51.100.5/30'));
  await topology.link(
    end(router, 'eth3', '198.51.100.14/30'),
    end(far, 'eth3', '198.51.100.13/30'),
  );
  await router.exec('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  await edge.ip('route', 'add', '198.51.100.12/30', 'via', '198.51.100.5');
  await far.ip('route', 'add', '198.51.100.4/30', 'via', '198.51.100.14');
  return [edge, far];
}
