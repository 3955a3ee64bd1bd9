/** The link watcher and the derived paths, with the kernel's own reports, in namespaces. */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import type { LinkFact } from '../../src/monitor/link.ts';
import type { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { type Link, type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import type { Printed } from '../support/watchLinksProgram.ts';

/** In ms; what is waited for usually takes a few, and at most the second of a poll. */
const SOON = 60_000;

const PROGRAM = fileURLToPath(new URL('../support/watchLinksProgram.ts', import.meta.url));

/** `routed` is found by its connected route, `named` has an altname in the file. */
const FILE = `
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  routed: { asn: 64496, address: 198.51.100.1, damping: none }
  routed-v6: { asn: 64496, address: "2001:db8:ff::1", damping: none }
  named: { asn: 64498, address: 192.0.2.5, interface: uplink-to-a, damping: none }
  missing: { asn: 64499, address: 192.0.2.9, interface: eth9, damping: none }
`;

class Watcher {
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  printed(): readonly Printed[] {
    const lines = this.program.output.split('\n').slice(0, -1);
    return lines.map((line): Printed => JSON.parse(line));
  }

  /** The causes that were told of an interface, in their order. */
  causes(name: string, from = 0): readonly LinkFact['cause'][] {
    return this.printed()
      .slice(from)
      .flatMap((line) =>
        line.type === 'LinkChanged' && line.link.interface === name ? [line.link.cause] : [],
      );
  }

  path(upstream: string): string | undefined {
    const last = this.printed().findLast((line) => line.type === 'Paths');
    return last?.type === 'Paths' ? last.paths[upstream]?.interface : undefined;
  }

  async untilCause(name: string, cause: LinkFact['cause']): Promise<void> {
    await until(
      `${name} to be told ${cause}`,
      SOON,
      async () => this.causes(name).at(-1) === cause,
      async () => this.program.output,
    );
  }

  async untilPath(upstream: string, name: string | undefined): Promise<void> {
    await until(
      `the path of ${upstream} to be ${name}`,
      SOON,
      async () => this.path(upstream) === name,
      async () => this.program.output,
    );
  }

  async untilPrinted(type: Printed['type'], from: number): Promise<void> {
    await until(type, SOON, async () =>
      this.printed()
        .slice(from)
        .some((line) => line.type === type),
    );
  }

  /** The pid of its `ip monitor link` or `route`; undefined: there is none now. */
  async monitor(object: 'link' | 'route'): Promise<number | undefined> {
    const { pid } = this.program;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const child of children.trim().split(' ').filter(Boolean)) {
      const words = (await commandLine(Number(child))).split('\0');
      if (words.includes('monitor') && words.includes(object)) return Number(child);
    }
    return undefined;
  }

  /** Both of them; throws when one is missing. */
  async monitors(): Promise<readonly number[]> {
    const pids = [await this.monitor('link'), await this.monitor('route')];
    return pids.map((pid) => {
      if (pid === undefined) throw new Error('there is no monitor');
      return pid;
    });
  }
}

async function commandLine(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended
}

async function untilEnded(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    await until('the monitor to end', SOON, async () => (await commandLine(pid)) === '');
  }
}

/** Of processor time that the process has used, in ms. */
async function processorTime(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may have spaces in it; utime and stime are fields 14 and 15, in 10 ms.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

interface Place {
  readonly edge: Namespace;
  readonly far: Namespace;
  /** The edge's eth1. */
  readonly link: Link;
  /** Its eth0, with a wider subnet around the neighbour. */
  readonly wide: Link;
  readonly watcher: Watcher;
}

async function place(t: Test): Promise<Place> {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const [edge, far] = [await topology.namespace('edge'), await topology.namespace('far')];
  // The kernel then leaves routes over dead links out of account, and eth0's subnet is in the way.
  await edge.exec('sysctl', '-qw', 'net.ipv4.conf.all.ignore_routes_with_linkdown=1');
  const end = (namespace: Namespace, name: string, ...addresses: string[]) => {
    return { namespace, interface: name, addresses };
  };
  const wide = await topology.link(
    end(edge, 'eth0', '198.51.0.9/16'),
    end(far, 'wide', '198.51.0.8/16'),
  );
  const link = await topology.link(
    end(edge, 'eth1', '198.51.100.2/30', '2001:db8:ff::2/64'),
    end(far, 'edge', '198.51.100.1/30', '2001:db8:ff::1/64'),
  );
  await edge.ip('link', 'property', 'add', 'dev', 'eth1', 'altname', 'uplink-to-a');
  const file = join(topology.directory, 'watch.yaml');
  await writeFile(file, FILE);
  const tsx = `--import=${import.meta.resolve('tsx')}`;
  const watcher = new Watcher(edge.spawn('watcher', process.execPath, tsx, PROGRAM, file));
  t.teardown(() => t.passing() || t.comment(watcher.program.output));
  await watcher.untilCause('uplink-to-a', 'up');
  await watcher.untilCause('eth1', 'up');
  return { edge, far, link, wide, watcher };
}

t.test('links and paths as the kernel reports them', requireOrSkip(), async (t) => {
  const here = await place(t);
  const { watcher } = here;
  t.equal(watcher.path('routed'), 'eth1');
  t.equal(watcher.path('routed-v6'), 'eth1');
  t.same(watcher.causes('eth9'), ['absent']);
  await t.test('carrier loss and return', (t) => carrierLoss(t, here));
  await t.test('set down and up', (t) => adminDown(t, here));
  await t.test('a route that moves', (t) => routeMoves(t, here));
  await t.test('a flood of routes', (t) => routeFlood(t, here));
  await t.test('the monitor is killed', (t) => monitorKilled(t, here));
  await t.test('twenty fast flaps', (t) => flaps(t, here));
  await t.test('deleted and made again', (t) => deletedAndMadeAgain(t, here));
  await t.test('a port that joins and leaves a bridge', (t) => bridged(t, here));
  await t.test('the watcher is killed outright', (t) => killedOutright(t, here));
});

async function carrierLoss(t: Test, { edge, link, watcher }: Place) {
  await link.cut();
  await watcher.untilCause('eth1', 'no-carrier');
  await watcher.untilCause('uplink-to-a', 'no-carrier');
  t.match(await edge.ip('route', 'get', '198.51.100.1'), /dev eth0/, 'the kernel goes astray');
  const before = watcher.printed().length;
  await edge.ip('addr', 'add', '192.0.2.1/32', 'dev', 'lo');
  await watcher.untilPrinted('Paths', before);
  t.equal(watcher.path('routed'), 'eth1', 'the path does not');
  t.equal(watcher.path('routed-v6'), 'eth1');
  await link.restore();
  await watcher.untilCause('eth1', 'up');
  await watcher.untilCause('uplink-to-a', 'up');
  t.same(watcher.causes('eth1'), ['up', 'no-carrier', 'up'], 'each change is told once');
}

async function adminDown(t: Test, { edge, watcher }: Place) {
  const before = watcher.printed().length;
  await edge.ip('link', 'set', 'dev', 'eth1', 'down');
  await watcher.untilCause('eth1', 'admin-down');
  await watcher.untilPrinted('Paths', before);
  t.equal(watcher.path('routed-v6'), 'eth1', 'though the kernel took the IPv6 address away');
  await edge.ip('link', 'set', 'dev', 'eth1', 'up');
  await watcher.untilCause('eth1', 'up');
  await watcher.untilPath('routed-v6', undefined);
  t.equal(watcher.path('routed'), 'eth1');
  await edge.ip('addr', 'add', '2001:db8:ff::2/64', 'dev', 'eth1', 'nodad');
  await watcher.untilPath('routed-v6', 'eth1');
}

/** To eth0, whose subnet is wider than that of eth1, and back. */
async function routeMoves(t: Test, { edge, link, wide, watcher }: Place) {
  await edge.ip('route', 'replace', '198.51.100.0/30', 'dev', 'eth0');
  await watcher.untilPath('routed', 'eth0');
  t.equal(watcher.path('routed-v6'), 'eth1', 'the other family stays');
  await edge.ip('-6', 'route', 'replace', '2001:db8:ff::/64', 'dev', 'eth0', 'metric', '256');
  await watcher.untilPath('routed-v6', 'eth0');
  await watcher.untilCause('eth0', 'up');

  const before = watcher.printed().length;
  await link.cut();
  await watcher.untilCause('uplink-to-a', 'no-carrier');
  await edge.ip('addr', 'del', '192.0.2.1/32', 'dev', 'lo');
  await watcher.untilPrinted('Paths', before);
  t.equal(watcher.path('routed'), 'eth0', 'the link that was left may die');
  t.equal(watcher.path('routed-v6'), 'eth0');
  t.same(watcher.causes('eth1', before), [], 'it is not even watched for its own sake');
  await link.restore();
  await watcher.untilCause('uplink-to-a', 'up');

  await wide.cut();
  await watcher.untilCause('eth0', 'no-carrier');
  await wide.restore();
  await watcher.untilCause('eth0', 'up');
  const back = watcher.printed().length;
  await edge.ip('route', 'replace', '198.51.100.0/30', 'dev', 'eth1', 'src', '198.51.100.2');
  await edge.ip('-6', 'route', 'replace', '2001:db8:ff::/64', 'dev', 'eth1', 'metric', '256');
  await watcher.untilPath('routed', 'eth1');
  await watcher.untilPath('routed-v6', 'eth1');
  await watcher.untilPrinted('LinkForgotten', back);
  t.same(watcher.causes('eth0', back), []);
  await watcher.untilCause('eth1', 'up');
  await edge.ip('addr', 'add', '192.0.2.1/32', 'dev', 'lo');
}

/** Of both families, none of which covers a neighbour, and a link that dies amid them. */
async function routeFlood(t: Test, { edge, link, watcher }: Place) {
  const count = 50_000;
  const commands = Array.from({ length: count }, (_, i) => {
    const four = `${11 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24 via 198.51.0.8`;
    return `route add ${four}\nroute add 2a0e:${i.toString(16)}::/32 dev eth0\n`;
  });
  const batch = join(tmpdir(), `${edge.name}-routes`);
  t.teardown(() => rm(batch, { force: true }));
  await writeFile(batch, commands.join(''));
  const monitor = await watcher.monitor('route');
  const used = async () => [await processorTime(watcher.program.pid), await processorTime(monitor)];
  const before = watcher.printed().length;
  const [own = 0, child = 0] = await used();
  const flood = edge.exec('ip', '-batch', batch);
  await link.cut();
  await watcher.untilCause('eth1', 'no-carrier');
  await link.restore();
  await watcher.untilCause('eth1', 'up');
  await flood;
  const [ownAfter = 0, childAfter = 0] = await used();
  t.comment(
    `${2 * count} route changes: ${ownAfter - own} ms of ours, ${childAfter - child} ms of ip monitor`,
  );
  t.same(watcher.causes('eth1', before), ['no-carrier', 'up']);
  t.equal(watcher.path('routed'), 'eth1');
  t.equal(watcher.path('routed-v6'), 'eth1');
}

async function monitorKilled(t: Test, { link, watcher }: Place) {
  const before = watcher.printed().length;
  const first = await watcher.monitor('link');
  if (first === undefined) throw new Error('there is no monitor');
  process.kill(first, 'SIGKILL');
  await watcher.untilPrinted('WatcherFailed', before);
  await link.cut();
  await watcher.untilCause('eth1', 'no-carrier');
  const second = await until('another monitor', SOON, () => watcher.monitor('link'));
  t.not(second, first);
  await link.restore();
  await watcher.untilCause('eth1', 'up');
  await watcher.untilPrinted('WatcherRecovered', before);
  const types = watcher
    .printed()
    .slice(before)
    .map(({ type }) => type);
  t.equal(types.filter((type) => type === 'WatcherFailed').length, 1);
}

/** Waits until the watcher has read what the kernel reported until now: its reports come in order. */
async function untilCaughtUp(edge: Namespace, watcher: Watcher) {
  await edge.ip('link', 'add', 'name', 'eth9', 'type', 'bridge');
  await watcher.untilCause('eth9', 'admin-down');
  await edge.ip('link', 'del', 'dev', 'eth9');
  await watcher.untilCause('eth9', 'absent');
}

async function flaps(t: Test, { edge, far, watcher }: Place) {
  for (const last of ['down', 'up'] as const) {
    const states = Array(20).fill(['down', 'up']).flat().concat(last);
    const batch = states.map((state) => `ip link set dev edge ${state}`).join('; ');
    // The kernel itself may be a second late with the last of its reports.
    await far.exec('/bin/sh', '-c', `${batch}; sleep 1.5`);
    await untilCaughtUp(edge, watcher);
    for (const name of ['eth1', 'uplink-to-a']) {
      await watcher.untilCause(name, last === 'up' ? 'up' : 'no-carrier');
    }
    // Whatever was still on its way must not change it: the poll has looked in between.
    const settled = watcher.printed().length;
    await far.exec('sleep', '1.5');
    t.same(watcher.causes('eth1', settled), [], `it stays ${last}`);
  }
}

async function deletedAndMadeAgain(t: Test, { edge, far, watcher }: Place) {
  await edge.ip('link', 'del', 'dev', 'eth1');
  await watcher.untilCause('eth1', 'absent');
  await watcher.untilCause('uplink-to-a', 'absent');
  const before = watcher.printed().length;
  await edge.ip('addr', 'del', '192.0.2.1/32', 'dev', 'lo');
  await watcher.untilPrinted('Paths', before);
  t.equal(watcher.path('routed'), 'eth0', 'what is left is the wider subnet');
  await edge.exec(
    ...['ip', 'link', 'add', 'name', 'eth1', 'index', '301', 'type', 'veth'],
    ...['peer', 'name', 'edge', 'index', '302', 'netns', far.name],
  );
  await watcher.untilCause('eth1', 'admin-down');
  await edge.ip('addr', 'add', '198.51.100.2/30', 'dev', 'eth1');
  await edge.ip('link', 'set', 'dev', 'eth1', 'up');
  await watcher.untilCause('eth1', 'no-carrier');
  await far.ip('link', 'set', 'dev', 'edge', 'up');
  await watcher.untilCause('eth1', 'up');
  await watcher.untilPath('routed', 'eth1');
  await edge.ip('link', 'property', 'add', 'dev', 'eth1', 'altname', 'uplink-to-a');
  await watcher.untilCause('uplink-to-a', 'up');
}

async function bridged(t: Test, { edge, watcher }: Place) {
  await edge.ip('link', 'add', 'name', 'br0', 'type', 'bridge');
  const before = watcher.printed().length;
  await edge.ip('link', 'set', 'dev', 'eth1', 'master', 'br0');
  await edge.ip('link', 'set', 'dev', 'eth1', 'nomaster');
  await edge.ip('link', 'del', 'dev', 'br0');
  await edge.ip('addr', 'add', '192.0.2.1/32', 'dev', 'lo');
  await watcher.untilPrinted('Paths', before);
  t.same(watcher.causes('eth1', before), [], 'is up all the while');
}

async function killedOutright(t: Test, { watcher }: Place) {
  const monitors = await watcher.monitors();
  watcher.program.signal('SIGKILL');
  await watcher.program.exited();
  await untilEnded(monitors);
  t.pass('takes its monitors with it');
}

t.test('told to stop, the watcher leaves nothing behind', requireOrSkip(), async (t) => {
  const { watcher } = await place(t);
  const monitors = await watcher.monitors();
  watcher.program.signal('SIGTERM');
  t.equal(await watcher.program.exited(), 0, 'nothing keeps the process alive');
  await untilEnded(monitors);
});
