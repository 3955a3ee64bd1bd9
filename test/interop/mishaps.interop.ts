/**
 * What befalls the machine under a daemon that runs: a full disk, one that is read-only, a log that
 * nobody reads any more, a clock that is set. The session with BIRD stays, the timeline tells.
 */

import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { Multihomed } from '../support/daemons/multihomed.ts';
import type { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';

const run = promisify(execFile);
const needs = requireOrSkip('bird', 'faketime');

const EDGE = '198.51.100.2';
const FAR = '198.51.100.1';
const PREFIX = '203.0.113.0/24';
const HOUR = 3600;
/** What `faketime` preloads, by name: the loader knows the architecture. */
const PRELOADED = '/usr/$LIB/faketime/libfaketime.so.1';

interface Lab {
  readonly bird: Bird;
  readonly multihomed: Multihomed;
  /** Reads the daemon's log. */
  readonly reader: Program;
  /** A small file system of its own, for the state. */
  readonly disk: string;
  /** Holds what is added to the daemon's wall clock. */
  readonly clockFile: string;
}

async function start(t: Test): Promise<Lab> {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const { directory } = topology;
  const [edge, far] = [await topology.namespace('edge'), await topology.namespace('bird')];
  await topology.link(
    { namespace: edge, interface: 'to-bird', addresses: [`${EDGE}/30`] },
    { namespace: far, interface: 'to-edge', addresses: [`${FAR}/30`] },
  );
  const bird = await Bird.start(far, directory, {
    asn: 64496,
    routerId: '192.0.2.96',
    originates: [],
    neighbours: [{ address: EDGE, asn: 64500, passive: true, families: ['ipv4'] }],
  });
  const [disk, log, clockFile] = ['disk', 'log', 'clock'].map((name) => join(directory, name));
  if (!disk || !log || !clockFile) throw new Error('three names give three paths');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  t.teardown(() => run('umount', ['--lazy', disk]));
  await run('mkfifo', [log]);
  await writeFile(clockFile, '+0');
  const reader = edge.spawn('reader', 'cat', log);
  const file = join(directory, 'multihomed.yaml');
  const content = {
    asn: 64500,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    'state-dir': join(disk, 'state'),
    prefixes: [PREFIX],
    upstreams: { bird: { asn: 64496, address: FAR, 'hold-time': '3s', damping: 'none' } },
  };
  const multihomed = await Multihomed.start(edge, file, content, [
    'env',
    `LD_PRELOAD=${PRELOADED}`,
    `FAKETIME_TIMESTAMP_FILE=${clockFile}`,
    ...['FAKETIME_NO_CACHE=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1'],
    ...['sh', '-c', 'exec "$@" 2>"$0"', log],
  ]);
  t.teardown(() => t.passing() || t.comment(reader.output));
  return { bird, multihomed, reader, disk, clockFile };
}

t.test('what befalls the machine does not end a session', needs, async (t) => {
  const lab = await start(t);
  await untilAnnounced(lab, true);
  await t.test('a full disk: orders are followed, and it is told', (t) => fullDisk(t, lab));
  await t.test('a state directory that is read-only: the same', (t) => readOnly(t, lab));
  await t.test('a clock that jumps by an hour both ways', (t) => clockJumps(t, lab));
  await t.test('a log that nobody reads any more', (t) => closedLog(t, lab));
  const [session] = await lab.multihomed.sessions();
  t.match(session, { state: 'Established', established: 1, dropped: 0 }, 'one session all along');
  t.equal(await lab.multihomed.terminate(), 0);
});

async function fullDisk(t: Test, { multihomed, disk, bird }: Lab): Promise<void> {
  const filler = join(disk, 'filler');
  await t.rejects(writeFile(filler, new Uint8Array(1 << 20)), { code: 'ENOSPC' });
  await order(multihomed, 'withdraw');
  await untilAnnounced({ bird }, false);
  await untilTold(multihomed, /state cannot be saved: .*ENOSPC/);
  await rm(filler);
  await order(multihomed, 'announce');
  await untilAnnounced({ bird }, true);
  await untilTold(multihomed, /state can be saved again/);
}

async function readOnly(_t: Test, { multihomed, disk, bird }: Lab): Promise<void> {
  await run('mount', ['-o', 'remount,ro', disk]);
  await order(multihomed, 'withdraw');
  await untilAnnounced({ bird }, false);
  await untilTold(multihomed, /state cannot be saved: .*EROFS/);
  await run('mount', ['-o', 'remount,rw', disk]);
  await order(multihomed, 'announce');
  await untilAnnounced({ bird }, true);
}

/** A hold time of 3 s and a lease of 10 min do not outlive an hour that would have passed. */
async function clockJumps(t: Test, { multihomed, clockFile, bird }: Lab): Promise<void> {
  await multihomed.run('announce', PREFIX, '--for', '10m');
  await writeFile(clockFile, `+${HOUR}`);
  await untilTold(multihomed, /clock was set forward by 1h/);
  t.match(await multihomed.run('explain', PREFIX), /by hand|order/i, 'the lease has not ended');
  await writeFile(clockFile, '+0');
  await untilTold(multihomed, /clock was set back by 1h/);
  await untilAnnounced({ bird }, true);
}

async function closedLog(_t: Test, { multihomed, reader, bird }: Lab): Promise<void> {
  await reader.stop();
  await order(multihomed, 'withdraw');
  await untilAnnounced({ bird }, false);
  await order(multihomed, 'announce');
  await untilAnnounced({ bird }, true);
}

/** What comes of it is on the wire, whatever the command says of the disk. */
async function order(multihomed: Multihomed, action: 'announce' | 'withdraw'): Promise<void> {
  await multihomed.run(action, PREFIX).catch(() => {});
}

async function untilAnnounced({ bird }: Pick<Lab, 'bird'>, wanted: boolean): Promise<void> {
  await until(`${PREFIX} to be ${wanted ? 'there' : 'gone'}`, SOON, async () => {
    const routes = await bird.routes('ipv4');
    return routes.some(({ prefix }) => prefix === PREFIX) === wanted;
  });
}

async function untilTold(multihomed: Multihomed, what: RegExp): Promise<void> {
  await until(
    `the timeline to say ${what}`,
    SOON,
    async () => (await multihomed.timeline()).some((message) => what.test(message)),
    async () => (await multihomed.timeline()).join('\n'),
  );
}
