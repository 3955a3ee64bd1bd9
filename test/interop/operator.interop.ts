/**
 * What an operator orders, as FRR and BIRD see it: a check that fails, a drain, a withdrawal by hand
 * that outlives kill -9, a configuration on trial, and a reload that has nothing to say.
 */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import type { BgpDaemon, DaemonOptions } from '../support/daemons/daemon.ts';
import { Frr } from '../support/daemons/frr.ts';
import { command, type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import type { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { Capture } from './capture.ts';
import { SOON } from './expected.ts';

const EDGE_AS = 64500;
/** The first needs a check. */
const [CHECKED, PLAIN, LATER] = ['203.0.113.0/24', '203.0.112.0/24', '203.0.111.0/24'] as const;
const EDGE_ADDRESSES = ['198.51.100.2', '198.51.100.6'];
/** RFC 8326; FRR has a name for it. */
const GRACEFUL_SHUTDOWN = ['65535:0', 'graceful-shutdown', 'gracefulShutdown'];

interface Lab {
  readonly edge: Namespace;
  readonly frr: BgpDaemon;
  readonly bird: BgpDaemon;
  readonly file: FileContent;
  readonly path: string;
  multihomed: Multihomed;
  web: Program;
}

t.test(
  'orders by hand beside FRR and BIRD',
  requireOrSkip('frr', 'bird', 'tcpdump', 'tshark'),
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startLab(topology);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
    await untilBoth(lab, [PLAIN, CHECKED]);

    await t.test('a check that fails withdraws, and announces again when it is well', (t) =>
      checkFails(t, lab),
    );
    await t.test('SIGHUP with a default spelled out sends nothing', (t) =>
      saysNothing(t, lab, topology),
    );
    await t.test('RFC 8326: a drain lowers, withdraws and is undone', (t) => drains(t, lab));
    await t.test('what is not confirmed goes back by itself', (t) => goesBack(t, lab, topology));
    await t.test('kill -9: what was withdrawn by hand stays so', (t) => survives(t, lab));
  },
);

async function startLab(topology: Topology): Promise<Lab> {
  const edge = await topology.namespace('edge');
  const started = await Promise.all([
    startUpstream(topology, edge, 'frr', 0),
    startUpstream(topology, edge, 'bird', 1),
  ]);
  const [frr, bird] = started.map(({ daemon }) => daemon);
  if (!frr || !bird) throw new Error('both were started');
  const file: FileContent = {
    asn: EDGE_AS,
    'router-id': '192.0.2.1',
    'state-dir': join(topology.directory, 'state'),
    control: { socket: join(topology.directory, 'control.sock') },
    prefixes: [{ prefix: CHECKED, needs: 'web' }, PLAIN],
    checks: {
      web: { tcp: '127.0.0.1:8080', interval: '2s', timeout: '2s', rise: 1, fall: 1 },
    },
    upstreams: Object.fromEntries(started.map(({ keys }) => keys)),
  };
  const path = join(topology.directory, 'multihomed.yaml');
  const web = startWeb(edge);
  const multihomed = await Multihomed.start(edge, path, file);
  return { edge, frr, bird, file, path, multihomed, web };
}

async function startUpstream(
  topology: Topology,
  edge: Namespace,
  name: 'frr' | 'bird',
  index: number,
) {
  const namespace = await topology.namespace(name);
  const address = (host: number) => `198.51.100.${index * 4 + host}`;
  await topology.link(
    { namespace: edge, interface: `to-${name}`, addresses: [`${address(2)}/30`] },
    { namespace, interface: 'to-edge', addresses: [`${address(1)}/30`] },
  );
  const options: DaemonOptions = {
    asn: 64496 + index,
    routerId: `192.0.2.${96 + index}`,
    originates: [],
    neighbours: [{ address: address(2), asn: EDGE_AS, passive: true, families: ['ipv4'] }],
  };
  const start = name === 'frr' ? Frr.start : Bird.start;
  const daemon: BgpDaemon = await start(namespace, topology.directory, options);
  // What comes back is to be seen at once; `damping.interop.ts` is about holds.
  const keys = { asn: options.asn, address: address(1), 'connect-retry': '2s', damping: 'none' };
  return { daemon, keys: [name, keys] as const };
}

/** What the check looks at. */
function startWeb(edge: Namespace): Program {
  const server = "require('net').createServer((s) => s.end()).listen(8080, '127.0.0.1')";
  return edge.spawn('web', process.execPath, '-e', server);
}

async function checkFails(t: Test, lab: Lab): Promise<void> {
  await lab.web.kill();
  await untilBoth(lab, [PLAIN]);
  const explained: { neighbours: readonly { because: readonly { kind: string }[] }[] } = JSON.parse(
    await lab.multihomed.run('explain', CHECKED, '--json'),
  );
  for (const { because } of explained.neighbours) {
    t.same(
      because.map(({ kind }) => kind),
      ['checks-failed', 'on-failure'],
    );
  }
  lab.web = startWeb(lab.edge);
  await untilBoth(lab, [PLAIN, CHECKED]);
}

async function saysNothing(t: Test, lab: Lab, { directory }: Topology): Promise<void> {
  const capture = await Capture.start(lab.edge, join(directory, 'reload.pcap'));
  const prefixes = [
    { prefix: CHECKED, needs: 'web', 'on-failure': 'withdraw', space: 'pi' },
    PLAIN,
  ];
  const told = () => lab.multihomed.program.output.split('reloaded: nothing changed').length;
  const before = told();
  await lab.multihomed.hangUp({ ...lab.file, prefixes, 'on-exit': 'withdraw' });
  await until('the reload to be told', SOON, async () => told() > before);
  // What it would have sent is in the capture before what it sends now.
  await lab.multihomed.run('withdraw', PLAIN, '--for', '1h');
  await untilBoth(lab, [CHECKED]);
  await lab.multihomed.run('withdraw', PLAIN, '--undo');
  await untilBoth(lab, [PLAIN, CHECKED]);
  const expected = ['-203.0.112.0 +', '-203.0.112.0 +', '- +203.0.112.0', '- +203.0.112.0'];
  const seen = await updatesIn(capture);
  t.same(seen, expected, 'the withdrawal and its end, at each of the two, and nothing else');
}

/** Ends it. The UPDATEs that we sent meanwhile, as `-WITHDRAWN +ANNOUNCED`. */
async function updatesIn(capture: Capture): Promise<readonly string[]> {
  await capture.stop();
  const faults = await capture.faults();
  if (faults.length > 0) throw new Error(`tshark finds faults:\n${faults.join('\n')}`);
  // FRR tells us what we told it; that is not ours.
  const ours = EDGE_ADDRESSES.map((address) => `ip.src == ${address}`).join(' || ');
  const updates = await capture.fields(
    `bgp.type == 2 && (${ours})`,
    'bgp.withdrawn_prefix',
    'bgp.nlri_prefix',
  );
  return updates.map(([withdrawn, announced]) => `-${withdrawn} +${announced}`);
}

async function drains(t: Test, lab: Lab): Promise<void> {
  const { frr, bird, edge, path } = lab;
  const drain = edge.spawn('drain', ...command(), 'drain', 'frr', '-c', path);
  await until('FRR to see GRACEFUL_SHUTDOWN', SOON, async () => {
    const routes = await frr.routes('ipv4');
    return (
      routes.length === 2 &&
      routes.every(({ communities }) =>
        communities.some((each) => GRACEFUL_SHUTDOWN.includes(each)),
      )
    );
  });
  t.equal(await drain.exited(), 0, drain.output);
  t.match(drain.output, /traffic was at .* when it was withdrawn/, 'by the counters of the kernel');
  await untilHas(frr, []);
  t.pass('proven: nothing is left');
  t.same(await prefixesOf(bird), [PLAIN, CHECKED]);
  await t.rejects(lab.multihomed.run('drain', 'bird'), /no other upstream holds/);
  await lab.multihomed.run('undrain', 'frr');
  await untilHas(frr, [PLAIN, CHECKED]);
  const communities = (await frr.routes('ipv4')).flatMap((route) => route.communities);
  t.same(communities, [], 'as it was');
}

async function goesBack(t: Test, lab: Lab, { directory }: Topology): Promise<void> {
  const { file, multihomed } = lab;
  await multihomed.reload({ ...file, prefixes: [...file.prefixes, LATER] });
  await untilBoth(lab, [LATER, PLAIN, CHECKED]);
  await multihomed.reload(file);
  await untilBoth(lab, [PLAIN, CHECKED]);
  const before = await sessionsOf(lab);
  await multihomed.write({ ...file, prefixes: [...file.prefixes, LATER] });
  t.match(await multihomed.run('plan'), /announce +203\.0\.111\.0\/24/);
  const capture = await Capture.start(lab.edge, join(directory, 'trial.pcap'));
  t.match(await multihomed.run('apply', '--confirm', '3s'), /to be confirmed within 3s/);
  await multihomed.program.untilSaid(/not confirmed in time: back to the configuration/);
  // It may be over before anybody has looked at FRR and BIRD, but not unseen on the wire.
  await multihomed.run('withdraw', PLAIN, '--for', '1h');
  await untilBoth(lab, [CHECKED]);
  const expected = ['- +203.0.111.0', '-203.0.111.0 +', '-203.0.112.0 +'];
  const seen = await updatesIn(capture);
  t.same(
    seen,
    expected.flatMap((update) => [update, update]),
    'there and back, at both',
  );
  await multihomed.run('withdraw', PLAIN, '--undo');
  await untilBoth(lab, [PLAIN, CHECKED]);
  t.same(await sessionsOf(lab), before, 'no session was reset');
  await multihomed.reload(file);
}

async function survives(t: Test, lab: Lab): Promise<void> {
  await lab.multihomed.run('withdraw', CHECKED);
  await untilBoth(lab, [PLAIN]);
  await lab.multihomed.program.kill();
  await untilBoth(lab, []);
  lab.multihomed = await Multihomed.start(lab.edge, lab.path, lab.file);
  await untilBoth(lab, [PLAIN]);
  const seen = await lab.multihomed.run('show', 'announcements');
  t.match(seen, /withdrawn by hand/);
  await lab.multihomed.run('announce', CHECKED, '--undo');
  await untilBoth(lab, [PLAIN, CHECKED]);
}

async function prefixesOf(daemon: BgpDaemon): Promise<readonly string[]> {
  return (await daemon.routes('ipv4')).map(({ prefix }) => prefix).sort();
}

async function untilHas(daemon: BgpDaemon, prefixes: readonly string[]): Promise<void> {
  await until(
    `${daemon.name} to have exactly ${prefixes.join(' ')}`,
    SOON,
    async () => (await prefixesOf(daemon)).join() === prefixes.join(),
    () => prefixesOf(daemon),
  );
}

async function untilBoth({ frr, bird }: Lab, prefixes: readonly string[]): Promise<void> {
  for (const daemon of [frr, bird]) await untilHas(daemon, prefixes);
}

async function sessionsOf({ multihomed }: Lab): Promise<readonly number[]> {
  return (await multihomed.sessions()).map(({ established }) => established);
}
