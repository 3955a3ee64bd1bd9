import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { serviceNotify } from '../../src/daemon/serviceNotify.ts';
import { addressOf, loadSendDatagram } from '../../src/daemon/unixDatagram.ts';
import { command } from '../support/daemons/multihomed.ts';
import { Program } from '../support/daemons/process.ts';
import { until } from '../support/daemons/until.ts';
import { listenForNotifications, type NotifySocket } from '../support/notifySocket.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const WITHOUT_KOFFI = 'koffi cannot be loaded here';

function service(env: Record<string, string>) {
  const clock = new VirtualClock();
  const messages: string[] = [];
  const left = { NOTIFY_SOCKET: '/run/systemd/notify', ...env };
  const told = serviceNotify(left, clock, () => (assignments) => {
    messages.push(assignments.join(' '));
  });
  return { told, clock, messages, left };
}

t.test('ready, reloading and stopping are told as sd_notify(3) has them', async (t) => {
  const { told, messages, left } = service({ WATCHDOG_USEC: '0' });
  told.ready('2 of 2 sessions are up');
  told.status('1 of 2\nsessions is up');
  told.reloading();
  told.stopping();
  t.match(messages, [
    'READY=1 STATUS=2 of 2 sessions are up',
    'STATUS=1 of 2 sessions is up',
    /^RELOADING=1 MONOTONIC_USEC=\d+$/,
    'STOPPING=1',
  ]);
  t.same(left, {}, 'what is started later does not find the socket');
});

t.test('the watchdog is fed twice as often as it asks for', async (t) => {
  const { clock, messages } = service({ WATCHDOG_USEC: '30000000' });
  clock.advance(14_999);
  t.same(messages, []);
  clock.advance(45_001);
  t.same(messages, Array(4).fill('WATCHDOG=1'));
});

t.test('a watchdog that is meant for another process is not fed', async (t) => {
  const { clock } = service({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' });
  t.equal(clock.pending, 0);
});

t.test('without systemd nothing is sent', async (t) => {
  const { told, messages, clock } = service({ NOTIFY_SOCKET: '', WATCHDOG_USEC: '30000000' });
  told.ready('x');
  t.same(messages, []);
  t.equal(clock.pending, 0);
});

t.test('an address has its path whole, or is none', async (t) => {
  t.same([...(addressOf('/a') ?? [])].slice(2), [0x2f, 0x61, 0]);
  t.same([...(addressOf('@a') ?? [])].slice(2), [0, 0x61], 'abstract: no zero at the end');
  t.ok(addressOf(`/${'a'.repeat(106)}`));
  t.equal(addressOf(`/${'a'.repeat(107)}`), undefined);
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'mhtest-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

t.test('a datagram arrives, at a path and at an abstract name', async (t) => {
  const send = loadSendDatagram();
  for (const path of [join(directory(), 'notify'), `@mhtest-${process.pid}`]) {
    const socket = listenForNotifications(path);
    if (!send || !socket) return t.comment(WITHOUT_KOFFI);
    t.ok(send(path, 'READY=1\nSTATUS=x'));
    t.same(socket.read(), ['READY=1\nSTATUS=x']);
    socket.close();
  }
  t.equal(send?.(join(directory(), 'nobody'), 'READY=1'), false, 'where nobody listens');
});

t.test('`run` tells systemd of its start, a reload and its end', async (t) => {
  const home = directory();
  const socket = listenForNotifications(join(home, 'notify'));
  if (!socket) return t.comment(WITHOUT_KOFFI);
  const file = join(home, 'x.yaml');
  const text = [
    'asn: 64500',
    'router-id: 192.0.2.1',
    'listen: none',
    `control: { socket: "${join(home, 'c.sock')}" }`,
    'prefixes: [203.0.113.0/24]',
    'upstreams: { a: { asn: 64496, address: 127.0.0.9, port: 1790 } }',
  ].join('\n');
  await writeFile(file, text);
  const argv = ['env', `NOTIFY_SOCKET=${join(home, 'notify')}`, ...command(), 'run', '-c', file];
  const program = new Program('multihomed', argv, home);
  t.teardown(() => program.stop());
  await heard(socket, /^READY=1\nSTATUS=0 of 1 sessions are up$/);
  program.signal('SIGHUP');
  await heard(socket, /^RELOADING=1\nMONOTONIC_USEC=\d+$/, /^READY=1\n/);
  program.signal('SIGTERM');
  t.equal(await program.exited(), 0);
  await heard(socket, /^STOPPING=1$/);
  socket.close();
});

/** Waits until messages like these have come, in this order. */
async function heard(socket: NotifySocket, ...expected: readonly RegExp[]): Promise<void> {
  const wanted = [...expected];
  await until(`messages like ${expected.join(', ')}`, 20_000, async () => {
    for (const message of socket.read()) if (wanted[0]?.test(message)) wanted.shift();
    return wanted.length === 0;
  });
}
