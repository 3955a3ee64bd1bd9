/**
 * Order as a contract: nothing is announced before there is a way for what that attracts, and nothing
 * that leads somewhere goes before the withdrawal is on the wire. The wire as tcpdump has it, the kernel
 * as `ip -ts monitor` does, both by the kernel's clock, which the monitor reads itself as it is told.
 */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import type { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { monitored } from '../support/routeMonitor.ts';
import { Capture } from './capture.ts';
import { SOON } from './expected.ts';

const EDGE = '198.51.100.2';
const FAR = '198.51.100.1';
const FIRST = '203.0.113.0/24';
const SECOND = '192.88.96.0/24';

interface Lab {
  readonly edge: Namespace;
  readonly bird: Bird;
  readonly multihomed: Multihomed;
  readonly capture: Capture;
  readonly monitor: Program;
}

function contentOf(directory: string, prefixes: readonly unknown[]): FileContent {
  return {
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    control: { socket: join(directory, 'control.sock') },
    kernel: { install: 'default', 'on-exit': 'remove' },
    checks: { web: { tcp: `${FAR}:80`, interval: '1s', timeout: '1s' } },
    prefixes,
    upstreams: { a: { asn: 64496, address: FAR, damping: 'none', 'connect-retry': '1s' } },
  };
}

const BOTH = [FIRST, { prefix: SECOND, needs: ['web'] }];

t.test('order as a contract', requireOrSkip('bird', 'tcpdump', 'tshark'), async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const [edge, far] = [await topology.namespace('edge'), await topology.namespace('far')];
  await topology.link(
    { namespace: edge, interface: 'eth-a', addresses: [`${EDGE}/30`] },
    { namespace: far, interface: 'to-edge', addresses: [`${FAR}/30`] },
  );
  const bird = await Bird.start(far, topology.directory, {
    ...{ asn: 64496, routerId: '192.0.2.96', originates: [] },
    neighbours: [{ address: EDGE, asn: 64500, passive: true, families: ['ipv4'] }],
  });
  const capture = await Capture.start(edge, join(topology.directory, 'order.pcap'));
  const monitor = await monitored(edge, ['route'], ['-ts', '-o']);
  const file = join(topology.directory, 'x.yaml');
  const multihomed = await Multihomed.start(edge, file, contentOf(topology.directory, BOTH));
  const lab = { edge, bird, multihomed, capture, monitor };
  t.teardown(() => t.passing() || t.comment(multihomed.program.output, monitor.output));
  const checked = await live(lab, far, topology.directory);
  await capture.stop();
  await t.test('first the way, then the announcement', (t) => announces(t, lab, checked));
  await t.test('first the withdrawal, then the way', (t) => withdraws(t, lab));
});

/** The whole life that is looked at afterwards; when the check could pass first, in seconds. */
async function live(lab: Lab, far: Namespace, directory: string): Promise<number> {
  await untilHas(lab, [FIRST]);
  const checked = Date.now() / 1000;
  const web = `require('http').createServer().listen(80)`;
  far.spawn('web', process.execPath, '-e', web);
  await untilHas(lab, [FIRST, SECOND]);
  await lab.multihomed.reload(contentOf(directory, [FIRST]));
  await untilHas(lab, [FIRST]);
  await until('the second anchor to be gone', SOON, async () => {
    return lab.monitor.output.includes(`Deleted blackhole ${SECOND}`);
  });
  await lab.multihomed.terminate();
  await until('every route to be gone', SOON, async () => {
    return lab.monitor.output.includes(`Deleted blackhole ${FIRST}`);
  });
  return checked;
}

async function announces(t: Test, lab: Lab, checked: number): Promise<void> {
  const announced = (prefix: string) => firstUpdate(lab, 'bgp.nlri_prefix', prefix);
  for (const prefix of [FIRST, SECOND]) {
    t.ok(routeAt(lab, `blackhole ${prefix}`) < (await announced(prefix)), `${prefix}: the anchor`);
  }
  t.ok(checked < (await announced(SECOND)), 'what needs a check waits for it');
}

async function withdraws(t: Test, lab: Lab): Promise<void> {
  const withdrawn = (prefix: string) => firstUpdate(lab, 'bgp.withdrawn_prefix', prefix);
  for (const prefix of [FIRST, SECOND]) {
    const gone = routeAt(lab, `Deleted blackhole ${prefix}`);
    t.ok((await withdrawn(prefix)) < gone, `${prefix}: by ${gone - (await withdrawn(prefix))} s`);
  }
  t.ok((await withdrawn(FIRST)) < routeAt(lab, 'Deleted default via'), 'the default last, too');
}

/** Seconds since the epoch of the first UPDATE of ours with this prefix in this field; NaN: none. */
async function firstUpdate({ capture }: Lab, field: string, prefix: string): Promise<number> {
  const address = prefix.split('/')[0];
  const filter = `ip.src == ${EDGE} && ${field} == ${address}`;
  const [first] = await capture.fields(filter, 'frame.time_epoch');
  return Number(first?.[0]?.[0]);
}

/** The same of the first line of the monitor that says so: `[2026-01-02T03:04:05.678901] Deleted ...`. */
function routeAt({ monitor }: Lab, said: string): number {
  for (const line of monitor.output.split('\n')) {
    const [, time, rest] = /^\[([^\]]+)\]\s*(.*)/.exec(line) ?? [];
    if (time === undefined || rest?.startsWith(said) !== true) continue;
    // Microseconds, in the machine's time zone.
    const [whole = '', part = '0'] = time.split('.');
    return Date.parse(whole) / 1000 + Number(`0.${part}`);
  }
  return Number.NaN;
}

async function untilHas({ bird, multihomed }: Lab, prefixes: readonly string[]): Promise<void> {
  await until(
    `BIRD to have ${prefixes.join(' and ')}`,
    SOON,
    async () => {
      const routes = await bird.routes('ipv4');
      const had = new Set(routes.map(({ prefix }) => prefix));
      return had.size === prefixes.length && prefixes.every((prefix) => had.has(prefix));
    },
    async () => multihomed.program.output,
  );
}
