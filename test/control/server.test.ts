import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer, type RequestOptions, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ControlClient } from '../../src/control/client.ts';
import { serveControl } from '../../src/control/server.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';

const directory = t.testdir();
let count = 0;
const freshPath = () => join(directory, `${++count}`, 'control.sock');

async function served(mode = 0o600, path = freshPath()) {
  const daemon = new FakeDaemon();
  const server = await serveControl({ port: daemon, path, mode });
  t.teardown(() => server.close());
  return { daemon, server, path };
}

async function ask(path: string, options: RequestOptions, body?: string) {
  const asked = request({ socketPath: path, agent: false, ...options });
  asked.end(body);
  const [response] = await once(asked, 'response');
  response.setEncoding('utf8');
  const text: string = (await response.toArray()).join('');
  return { status: response.statusCode, headers: response.headers, text };
}

t.test('the documents are JSON and name the daemon', async (t) => {
  const { path } = await served();
  for (const [target, keys] of [
    ['/v1/status', ['daemon', 'sessions', 'announcements', 'table', 'kernel', 'stations']],
    ['/v1/sessions', ['sessions']],
    ['/v1/announcements', ['announcements']],
    ['/v1/checks', ['checks']],
  ] as const) {
    const { status, headers, text } = await ask(path, { path: target });
    t.equal(status, 200);
    t.match(headers, { 'content-type': /^application\/json/, server: 'multihomed/0.1.0' });
    t.strictSame(Object.keys(JSON.parse(text)), keys);
  }
  const head = await ask(path, { path: '/v1/status', method: 'HEAD' });
  t.strictSame([head.status, head.text], [200, '']);
});

t.test('errors are JSON: unknown path, wrong method, too large a body', async (t) => {
  const { path } = await served();
  const unknown = await ask(path, { path: '/v1/nothing' });
  t.equal(unknown.status, 404);
  t.match(JSON.parse(unknown.text), { error: { code: 'not-found', message: /POST \/v1\/reload/ } });

  const wrong = await ask(path, { path: '/v1/reload' });
  t.strictSame([wrong.status, wrong.headers.allow], [405, 'POST']);
  t.match(JSON.parse(wrong.text), { error: { code: 'method-not-allowed' } });
  const deleted = await ask(path, { path: '/v1/status', method: 'DELETE' });
  t.strictSame([deleted.status, deleted.headers.allow], [405, 'GET, HEAD']);

  const large = 'x'.repeat(70_000);
  const big = await ask(path, { path: '/v1/reload', method: 'POST' }, large);
  t.equal(big.status, 413);
  t.match(JSON.parse(big.text), { error: { code: 'body-too-large' } });
});

t.test('reload gives the changes, the refusal whole, or the failure', async (t) => {
  const { path, daemon } = await served();
  const client = new ControlClient([path]);
  daemon.reloaded = { ok: true, changes: ['transit-c: added'], warnings: [], confirmation: null };
  t.strictSame(await client.reload(), daemon.reloaded);

  const problem = {
    severity: 'error' as const,
    line: 3,
    column: 1,
    path: 'asm',
    cause: 'unknown key',
    consequence: 'refused',
    mend: 'write asn',
  };
  daemon.reloaded = {
    ok: false,
    failure: 'x.yaml:3:1: error\n  do: write asn',
    problems: [problem],
  };
  t.strictSame(await client.reload(), daemon.reloaded, 'line breaks of ours stay');

  daemon.reloaded = { ok: false, failure: 'cannot read x.yaml', problems: [] };
  t.strictSame(await client.reload(), daemon.reloaded);

  daemon.reloaded = new Error('a fault of ours');
  await t.rejects(client.reload(), { name: 'ControlError', message: 'a fault of ours' });
});

t.test('the socket has its mode from the first moment, and its directory is made', async (t) => {
  const before = process.umask();
  for (const mode of [0o600, 0o660, 0o666]) {
    const { path } = await served(mode);
    t.equal(lstatSync(path).mode & 0o777, mode);
    t.equal(statSync(join(path, '..')).mode & 0o777, 0o755 & ~before);
  }
  t.equal(process.umask(), before, 'the umask is as it was');
});

t.test('closing removes the socket, even with a client that says nothing', async (t) => {
  const { path, server } = await served();
  const silent = connect(path);
  await once(silent, 'connect');
  silent.on('error', () => {});
  await server.close();
  t.notOk(existsSync(path));
});

t.test("a dead daemon's socket is taken over", async (t) => {
  const path = freshPath();
  mkdirSync(join(path, '..'));
  await leaveStaleSocket(path);
  await served(0o600, path);
  t.equal((await ask(path, { path: '/v1/sessions' })).status, 200);
});

/** What kill -9 leaves: the file of a socket on which nobody listens. */
async function leaveStaleSocket(path: string): Promise<void> {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  const { spawn } = await import('node:child_process');
  await once(spawn(process.execPath, ['-e', program]), 'exit');
  if (!existsSync(path)) throw new Error('no stale socket was left');
}

t.test('a live daemon is named and left alone', async (t) => {
  const { path, daemon } = await served();
  await t.rejects(serveControl({ port: daemon, path, mode: 0o600 }), {
    name: 'ControlError',
    message: /another multihomed runs here: pid 4711, configuration \/etc\/multihomed/,
  });
  t.equal((await ask(path, { path: '/v1/sessions' })).status, 200, 'it still answers');
});

t.test("another program's socket, a file and a link are left alone", async (t) => {
  const path = freshPath();
  mkdirSync(join(path, '..'));
  const port = new FakeDaemon();
  const other = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('hello\n'),
  ).listen(path);
  await once(other, 'listening');
  await t.rejects(serveControl({ port, path, mode: 0o600 }), {
    message: /another program listens/,
  });
  other.close();
  await once(other, 'close');

  writeFileSync(path, 'mine');
  await t.rejects(serveControl({ port, path, mode: 0o600 }), { message: /is not a socket/ });
  t.ok(existsSync(path));
  rmSync(path);
  symlinkSync('/nowhere', path);
  await t.rejects(serveControl({ port, path, mode: 0o600 }), { message: /is not a socket/ });
});

t.test('each thing that can be wrong with the path has its line', async (t) => {
  const port = new FakeDaemon();
  const rejects = (path: string, message: RegExp) =>
    t.rejects(serveControl({ port, path, mode: 0o600 }), { name: 'ControlError', message });
  await rejects(join(directory, 'x'.repeat(120)), /more than 107 octets/);
  await rejects(join(directory, 'no', 'such', 'control.sock'), /no does not exist; create it/);
  writeFileSync(join(directory, 'file'), '');
  await rejects(join(directory, 'file', 'control.sock'), /file is not a directory/);
});

t.test('no permission is said, with the mend, on either side', async (t) => {
  const open = mkdtempSync(join(tmpdir(), 'multihomed-'));
  t.teardown(() => rmSync(open, { recursive: true }));
  chmodSync(open, 0o755);
  mkdirSync(join(open, 'closed'), { mode: 0o500 });
  const port = new FakeDaemon();
  const rejects = (path: string, message: RegExp) =>
    t.rejects(serveControl({ port, path, mode: 0o600 }), { name: 'ControlError', message });
  const { path } = await served(0, join(open, 'control.sock'));
  await asPlainUser(async () => {
    await rejects(join(open, 'closed', 'control.sock'), /no permission to write in .*closed/);
    await rejects(join(open, 'closed', 'under', 'control.sock'), /cannot make .*: no permission/);
    await t.rejects(new ControlClient([path]).status(), {
      name: 'ControlError',
      message: /you may not open .*mode 0000; use sudo, or set control\.mode/,
    });
  });
});

/** Root may do everything, so a root that tests becomes somebody else meanwhile. */
async function asPlainUser(act: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65534);
  try {
    await act();
  } finally {
    process.seteuid?.(0);
  }
}

t.test('the client says in words why it has no answer', async (t) => {
  const path = freshPath();
  const rejects = (paths: [string, ...string[]], message: RegExp, timeout = 60_000) =>
    t.rejects(new ControlClient(paths, { timeout }).status(), { name: 'ControlError', message });
  await rejects([path], /not running: no socket at .*; start it with `multihomed run`/);
  await rejects([path, '/nowhere/else'], /no socket at .* or \/nowhere\/else/);
  mkdirSync(join(path, '..'));
  writeFileSync(path, '');
  await rejects([path], /is not a socket/);
  rmSync(path);
  await leaveStaleSocket(path);
  await rejects([path], /left behind/);
  rmSync(path);

  const garbage = createServer((socket) => socket.end('hello\n')).listen(path);
  await once(garbage, 'listening');
  await rejects([path], /is not multihomed/);
  garbage.close();
  const stranger = createHttpServer((_, response) => response.end('{}')).listen(`${path}2`);
  await once(stranger, 'listening');
  await rejects([`${path}2`], /is not multihomed/);
  stranger.close();
  const mute = createServer((socket) => socket.on('error', () => {}).resume()).listen(`${path}3`);
  await once(mute, 'listening');
  t.teardown(() => mute.close());
  await rejects([`${path}3`], /no answer/, 50);
});

t.test('the client tries the next path where nobody is', async (t) => {
  const { path } = await served();
  const { daemon } = await new ControlClient(['/nowhere/at.sock', path]).status();
  t.equal(daemon.pid, 4711);
});
