import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { pingProbe } from '../../../src/monitor/checks/pingProbe.ts';
import { look } from '../../support/probing.ts';

const mayPing = await look(pingProbe('127.0.0.1', undefined, 2000));
const skip = /^cannot run|permitted/.test(mayPing.detail) && mayPing.detail;

t.test('a reply passes', { skip }, async (t) => {
  t.match(mayPing, { ok: true, detail: /^replied in [\d.]+ ms$/ });
  t.match(await look(pingProbe('127.0.0.1', '127.0.0.9', 2000)), { ok: true });
  t.match(await look(pingProbe('127.0.0.1', '192.0.2.77', 2000)), {
    ok: false,
    detail: /^ping failed: .*bind/,
  });
});

/** A `ping` before all others in the PATH. */
async function pretending(t: Test, script: string) {
  const dir = t.testdir({});
  const before = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = before;
  });
  await writeFile(join(dir, 'ping'), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, 'ping'), 0o755);
  process.env.PATH = `${dir}:${before}`;
}

t.test('it asks once, from the source, and needs no name server', async (t) => {
  await pretending(t, 'echo with "$@" >&2; exit 2');
  t.match(await look(pingProbe('2001:db8::1', '2001:db8::2', 1500)), {
    detail: 'ping failed: with -n -c 1 -W 2 -I 2001:db8::2 2001:db8::1',
  });
});

t.test('no reply, and why a router says there is none', async (t) => {
  await pretending(t, 'echo "PING 192.0.2.9"; exit 1');
  t.match(await look(pingProbe('192.0.2.9', undefined, 2000)), { ok: false, detail: 'no reply' });
  await pretending(t, 'echo "From 192.0.2.1 icmp_seq=1 Destination Host Unreachable"; exit 1');
  t.match(await look(pingProbe('192.0.2.9', undefined, 2000)), {
    ok: false,
    detail: 'no reply: 192.0.2.1 icmp_seq=1 Destination Host Unreachable',
  });
});

t.test('a machine without ping is told what to install', async (t) => {
  const before = process.env.PATH;
  process.env.PATH = t.testdir({});
  t.teardown(() => {
    process.env.PATH = before;
  });
  // Where the system has one in /sbin, this cannot be shown.
  const { detail } = await look(pingProbe('127.0.0.1', undefined, 2000));
  t.match(detail, /^cannot run ping: there is none; install iputils-ping$|^replied/);
});
