/**
 * What a person sees when it cannot start, or not all of it: one clear line with the mend, never a
 * stack trace. Run as a program, since exit code and standard error are the point.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { command } from '../support/daemons/multihomed.ts';
import { Program } from '../support/daemons/process.ts';
import { RawListener, TYPE } from '../support/rawPeer.ts';

/** How long it may take to say what is waited for, in ms. */
const LIMIT = 60_000;
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups', '--'];

const isRoot = process.getuid?.() === 0;
/** Runs what follows without root's privileges. */
const asPlainUser = isRoot ? ['setpriv', ...NOBODY] : [];

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function runToEnd(argv: readonly string[], prefix: readonly string[] = []): Promise<Outcome> {
  const [program = '', ...rest] = [...prefix, ...command(), ...argv];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: child.exitCode, out, err };
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  stream.setEncoding('utf8');
  let all = '';
  for await (const part of stream) all += part;
  return all;
}

/** Sockets have short paths, and a plain user must get there. */
async function directory(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mhtest-'));
  await chmod(path, 0o755);
  t.teardown(async () => {
    await chmod(path, 0o755); // a test may have sealed it
    await rm(path, { recursive: true, force: true });
  });
  return path;
}

interface Keys {
  readonly listen?: unknown;
  readonly control?: unknown;
  readonly upstream?: Readonly<Record<string, unknown>>;
}

async function write(directory: string, keys: Keys = {}, name = 'multihomed.yaml') {
  const { upstream, ...rest } = keys;
  const content = {
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: 'none',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['203.0.113.0/24'],
    ...rest,
    upstreams: { 'transit-a': { asn: 64496, address: '127.0.0.1', port: 9, ...upstream } },
  };
  const file = join(directory, name);
  await writeFile(file, JSON.stringify(content));
  return file;
}

/** It ends by itself, with one line of which all of these are part. */
function endsWith({ code, out, err }: Outcome, t: Test, ...parts: readonly (string | RegExp)[]) {
  t.equal(code, 1);
  t.equal(out, '');
  t.match(err, /^multihomed: [^\n]*\n$/, 'exactly one line');
  for (const part of parts) t.match(err, part);
}

/** The program while it runs, once it has said this. */
async function running(
  t: Test,
  file: string,
  said: RegExp,
  prefix: readonly string[] = [],
): Promise<Program> {
  const program = new Program('multihomed', [...prefix, ...command(), 'run', '-c', file], '/');
  t.teardown(() => program.stop());
  await program.ready(LIMIT, async () => said.test(program.output));
  return program;
}

/** Lines that are worse than news; how this machine's kernel is set is none of the tests' business. */
function complaints(program: Program): string[] {
  const lines = program.output.split('\n').filter((line) => / (warn |error) /.test(line));
  return lines.filter((line) => !line.includes('traffic may be lost in this kernel'));
}

async function endsWell(t: Test, program: Program): Promise<void> {
  program.signal('SIGTERM');
  t.equal(await program.exited(), 0);
  t.notMatch(program.output, /\n {4}at /, 'no stack trace');
}

t.test('a port that another has', async (t) => {
  const other = await RawListener.start();
  t.teardown(() => other.close());
  const file = await write(await directory(t), { listen: [`127.0.0.1:${other.port}`] });
  const listen = `cannot listen on 127.0.0.1:${other.port}: another process has it`;
  endsWith(await runToEnd(['run', '-c', file]), t, listen, /ss -ltnp .*stop that one, or choose/);
});

t.test('an address to listen on that is not ours', async (t) => {
  const file = await write(await directory(t), { listen: ['192.0.2.77:1179'] });
  const mend = /cannot listen on 192\.0\.2\.77:1179: the address is not on this machine; add it/;
  endsWith(await runToEnd(['run', '-c', file]), t, mend);
});

t.test('no permission for port 179', { skip: obstacleTo(179) }, async (t) => {
  const file = await write(await directory(t), { listen: ['127.0.0.1:179'] });
  const outcome = await runToEnd(['run', '-c', file], asPlainUser);
  endsWith(outcome, t, 'ports under 1024 need CAP_NET_BIND_SERVICE', 'AmbientCapabilities=');
  const checked = await runToEnd(['check', '-c', file], asPlainUser);
  t.match(checked, { code: 0, out: /warning: listen: this user may not listen on port 179/ });
});

t.test(
  'a password that cannot be had: no session without it, at `run` as at `check`',
  async (t) => {
    const password = 'env:MULTIHOMED_TEST_NOT_SET';
    const file = await write(await directory(t), { upstream: { password } });
    const told =
      /: error: upstreams\.transit-a\.password: the environment variable MULTIHOMED_TEST_NOT_SET is not set/;
    t.match(await runToEnd(['run', '-c', file]), { code: 1, out: '', err: told });
    t.match(await runToEnd(['check', '-c', file]), { code: 1, out: told });
  },
);

t.test('files that cannot be read', async (t) => {
  const path = await directory(t);
  const binary = join(path, 'binary.yaml');
  await writeFile(binary, Buffer.from([0x61, 0xff, 0xfe, 0x00]));
  for (const [file, ...parts] of [
    [join(path, 'missing.yaml'), 'there is no such file; write one, or name another with -c FILE'],
    [path, 'it is a directory; name the file in it'],
    [binary, 'it is not UTF-8 text; save it as UTF-8'],
    [join(binary, 'x.yaml'), 'a part of the path is not a directory'],
  ] as const) {
    endsWith(await runToEnd(['run', '-c', file]), t, file, ...parts);
  }
});

t.test('a file that this user may not read', { skip: obstacleToPlainUser() }, async (t) => {
  const file = await write(await directory(t));
  await chmod(file, 0);
  const outcome = await runToEnd(['run', '-c', file], asPlainUser);
  endsWith(outcome, t, `cannot read ${file}: no permission; run as a user who may read it`);
});

t.test('a second daemon on the same control socket', async (t) => {
  const path = await directory(t);
  const file = await write(path);
  const first = await running(t, file, / started: /);
  const other = await write(path, { upstream: { port: 10 } }, 'other.yaml');
  endsWith(
    await runToEnd(['run', '-c', other]),
    t,
    `another multihomed runs here: pid ${first.pid}, configuration ${file}`,
    'stop it first, or give this one another control.socket',
  );
  t.match(
    await runToEnd(['show', '-c', file]),
    { code: 0, err: '' },
    'the first one still answers',
  );
  await endsWell(t, first);
});

t.test('ten mistakes are ten located errors', async (t) => {
  const file = join(await directory(t), 'multihomed.yaml');
  await writeFile(file, TEN_MISTAKES);
  const located = (text: string) =>
    text.split('\n').filter((line) => /^\S+multihomed\.yaml:\d+:\d+: error: /.test(line));
  const run = await runToEnd(['run', '-c', file]);
  t.equal(run.code, 1);
  t.equal(located(run.err).length, 10, run.err);
  t.equal(new Set(located(run.err).map((line) => line.split(':')[1])).size, 10, 'on ten lines');
  t.notMatch(run.err, /\n {4}at /);
  const check = await runToEnd(['check', '-c', file]);
  t.equal(check.code, 1);
  t.same(located(check.out), located(run.err), '`check` says the same');
});

const TEN_MISTAKES = `asn: 0
router-id: 192.0.2
listen: ["127.0.0.1:99999"]
prefixes:
  - 203.0.113.5/24
  - { prefix: 198.51.100.0/24, upstreams: [transit-z] }
upstreams:
  transit-a:
    asn: 64496
    address: 198.51.100.300
    hold-time: 2s
    prepnd: 3
  transit-b:
    asn: 64497
    address: 198.51.100.5
    communities: ["70000:1"]
    multihop: 300
`;

t.test('an interface that is not there: `check` warns, `run` waits for it', async (t) => {
  const file = await write(await directory(t), { upstream: { interface: 'mhnope0' } });
  t.match(await runToEnd(['check', '-c', file]), {
    code: 0,
    out: /warning: upstreams\.transit-a\.interface: there is no interface mhnope0 .*create it/s,
  });
  const program = await running(t, file, / started: /);
  await program.untilSaid(/warn {2}link mhnope0 is down \(no such interface\)/);
  t.pass('the log says so');
  await endsWell(t, program);
});

t.test('a local address that is not ours: `check` warns, the log says why', async (t) => {
  const upstream = { address: '192.0.2.10', 'local-address': '192.0.2.77' };
  const file = await write(await directory(t), { upstream });
  t.match(await runToEnd(['check', '-c', file]), {
    code: 0,
    out: /warning: upstreams\.transit-a\.local-address: .*192\.0\.2\.77.*add it to an interface/s,
  });
  const program = await running(t, file, / started: /);
  await program.untilSaid(/cannot connect/);
  t.same(
    complaints(program).map((line) => line.replace(/^\S+ /, '')),
    [
      'warn  transit-a: cannot connect: the local address is not on this machine: add it to an interface, or correct local-address; trying again, repeats of this are not logged',
    ],
  );
  await endsWell(t, program);
});

t.test(
  'a control directory that is not ours to write in: announcing goes on',
  { skip: obstacleToPlainUser() },
  async (t) => {
    const path = await directory(t);
    const neighbour = await RawListener.start();
    t.teardown(() => neighbour.close());
    const control = { socket: join(path, 'sealed', 'control.sock') };
    const file = await write(path, { control, upstream: { port: neighbour.port } });
    await chmod(path, 0o555);
    const started = running(t, file, / started: /, asPlainUser);
    const peer = await neighbour.next();
    await peer.establish({ asn: 64496 });
    t.match((await peer.nextOf(TYPE.update)).body, /18cb0071$/);
    const program = await started;
    const [line, ...more] = complaints(program);
    t.match(
      line,
      /error cannot make \S+sealed for the control socket: no permission; .*choose another/,
    );
    t.match(line, /`show` and `reload` do not work/);
    t.same(more, []);
    program.signal('SIGTERM');
    t.match((await peer.nextOf(TYPE.notification)).body, /^0602/);
    await endsWell(t, program);
  },
);

function obstacleTo(port: number): string | false {
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  if (port >= first) return `the kernel lets everyone listen on port ${port}`;
  return obstacleToPlainUser();
}

function obstacleToPlainUser(): string | false {
  const [program = '', ...argv] = [...asPlainUser, ...command(), '--version'];
  const { status, error } = spawnSync(program, argv);
  if (error) return `cannot run ${program}: ${error.message}`;
  return status === 0 ? false : 'a plain user cannot read the program here';
}
