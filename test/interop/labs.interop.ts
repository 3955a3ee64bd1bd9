/**
 * Labs on a real machine: built, used, taken down; and what is left of one whose builder was killed
 * is found and removed. Nothing else on the machine may have changed afterwards. What a lab lacks is
 * told before anything is created.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { command } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { requireOrSkip } from '../support/requirements.ts';

const run = promisify(execFile);
const [node = '', ...entry] = command();

/** In ms. */
const SOON = 60_000;

const lab = (...words: string[]) => run(node, [...entry, 'lab', ...words]);

function start(...words: string[]): { child: ChildProcess; exit: Promise<unknown[]> } {
  const child = spawn(node, [...entry, 'lab', ...words], { stdio: 'ignore' });
  return { child, exit: once(child, 'exit') };
}

/** Namespaces of this lab, and processes that were started with something of its folder. */
async function remains(name: string) {
  const { stdout } = await run('ip', ['netns', 'list']);
  const namespaces = stdout.split('\n').filter((line) => line.startsWith(`mhlab.${name}.`));
  const folder = `/run/multihomed-lab/${name}`;
  const processes = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => commandLine(pid).includes(`${folder}/`));
  return { namespaces, processes, folder: existsSync(folder) };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it ended in between
  }
}

/** A lab that is at work has this much of it written down. */
function programsOf(name: string): readonly { readonly name: string; readonly pid: number }[] {
  try {
    return JSON.parse(readFileSync(`/run/multihomed-lab/${name}/state.json`, 'utf8')).programs;
  } catch {
    return []; // not yet, or not any more
  }
}

/** What of the machine a lab could have changed. Routes that age are taken without their age. */
async function machine() {
  const asked = [
    ...[['link'], ['rule'], ['route', 'show', 'table', 'all']],
    ...[['-6', 'route', 'show', 'table', 'all']],
  ];
  const answers = await Promise.all(asked.map((words) => run('ip', ['-o', ...words])));
  return {
    kernel: answers.map(({ stdout }) => stdout.replaceAll(/expires \d+sec/g, '')),
    runFolders: readdirSync('/run').filter((each) => !/^(multihomed|netns)/.test(each)),
  };
}

/** FRR makes a folder for each of its processes there, and pids come again. */
function crashFolders(): readonly string[] {
  return existsSync('/var/tmp/frr') ? readdirSync('/var/tmp/frr') : [];
}

function crashFoldersOf(pids: ReadonlySet<number>, before: readonly string[]): readonly string[] {
  const fresh = crashFolders().filter((name) => !before.includes(name));
  return fresh.filter((name) => pids.has(Number(name.split('.')[1])));
}

const NOTHING = { namespaces: [], processes: [], folder: false };

t.test('a lab comes up, answers, and is gone', requireOrSkip('frr', 'bird'), async (t) => {
  const name = `t${process.pid}`;
  t.teardown(() => lab('down', name).catch(() => {}));
  await lab('up', 'strict', '--name', name);
  const { stdout } = await lab('status', name, '--json');
  t.match(JSON.parse(stdout), [{ sound: true, missingSessions: [] }]);
  await t.rejects(lab('up', 'strict', '--name', name), { message: /is up already/ });
  const ping = await lab('exec', name, 'edge', 'ip', '-br', 'address');
  t.match(ping.stdout, /eth1@\S+\s+UP\s+198\.51\.100\.2\/30/);
  await lab('down', name);
  t.strictSame(await remains(name), NOTHING);
});

t.test('after kill -9, `lab down` finds what is left', requireOrSkip('frr', 'bird'), async (t) => {
  const name = `k${process.pid}`;
  t.teardown(() => lab('down', name).catch(() => {}));
  const { child, exit } = start('up', 'strict', '--name', name);
  await until('a process of the lab', SOON, async () => (await remains(name)).processes.length > 1);
  child.kill('SIGKILL');
  await exit;
  t.match(await remains(name), { folder: true }, 'it was killed at work');
  await lab('down', name);
  t.strictSame(await remains(name), NOTHING);
});

t.test('Ctrl-C takes down what was built so far', requireOrSkip('frr', 'bird'), async (t) => {
  const name = `c${process.pid}`;
  t.teardown(() => lab('down', name).catch(() => {}));
  const { child, exit } = start('up', 'strict', '--name', name);
  await until('a process of the lab', SOON, async () => (await remains(name)).processes.length > 0);
  child.kill('SIGINT');
  t.strictSame(await exit, [130, null]);
  t.strictSame(await remains(name), NOTHING);
});

t.test(
  '`lab test` leaves no namespace, process, folder, link or route behind',
  requireOrSkip('frr', 'bird', 'haproxy'),
  async (t) => {
    const name = 'x-degraded-link';
    t.teardown(() => lab('down', name).catch(() => {}));
    const [before, folders] = [await machine(), crashFolders()];
    const played = lab('test', 'degraded-link', '--json');
    const pids = new Set<number>();
    const watch = setInterval(() => {
      for (const { pid } of programsOf(name)) pids.add(pid);
    }, 200);
    const { stdout } = await played.finally(() => clearInterval(watch));
    t.match(JSON.parse(stdout), [{ name: 'degraded-link', result: 'ok', round: 1 }]);
    t.ok(pids.size > 5, 'it was watched');
    t.strictSame(await remains(name), NOTHING);
    t.strictSame(crashFoldersOf(pids, folders), []);
    t.strictSame(await machine(), before);
  },
);

/** Resolves when the experiments of both labs have begun: their clients are at work. */
async function begin(...names: readonly string[]) {
  const begun = start('test', ...names);
  const labs = names.map((name) => `x-${name}`);
  await until('both labs at work', SOON, async () =>
    labs.every((name) => programsOf(name).some((program) => program.name === 'client')),
  );
  return { ...begun, labs };
}

t.test(
  'Ctrl-C in the middle of `lab test` takes down every lab that is at work',
  requireOrSkip('frr', 'bird', 'haproxy'),
  async (t) => {
    const before = await machine();
    const { child, exit, labs } = await begin('router-dies', 'degraded-link');
    t.teardown(() => Promise.all(labs.map((name) => lab('down', name).catch(() => {}))));
    child.kill('SIGINT');
    t.strictSame(await exit, [130, null]);
    for (const name of labs) t.strictSame(await remains(name), NOTHING, name);
    t.strictSame(await machine(), before);
  },
);

t.test(
  'after kill -9 in the middle of `lab test`, `lab down` removes every lab that is left',
  requireOrSkip('frr', 'bird', 'haproxy'),
  async (t) => {
    const before = await machine();
    const { child, exit, labs } = await begin('router-dies', 'degraded-link');
    t.teardown(() => Promise.all(labs.map((name) => lab('down', name).catch(() => {}))));
    child.kill('SIGKILL');
    await exit;
    for (const name of labs) {
      t.not((await remains(name)).namespaces.length, 0, 'it was killed at work');
      await lab('down', name);
      t.strictSame(await remains(name), NOTHING, name);
    }
    t.strictSame(await machine(), before);
  },
);

t.test(
  'without a daemon or without root it says what to do, and creates nothing',
  requireOrSkip('frr', 'bird', 'haproxy'),
  async (t) => {
    const name = `m${process.pid}`;
    const up = [node, ...entry, 'lab', 'up', 'edge', '--name', name];
    // Only for this process and its children: their BIRD is a file that cannot be run.
    const masked = 'mount --bind /dev/null /usr/sbin/bird && exec "$@"';
    await t.rejects(run('unshare', ['-m', '/bin/sh', '-c', masked, 'sh', ...up]), {
      code: 1,
      stderr:
        /missing: \/usr\/sbin\/bird; install with `apt-get install bird2`; nothing was created/,
    });
    t.strictSame(await remains(name), NOTHING);
    // In a namespace of users that knows none it is nobody.
    await t.rejects(run('unshare', ['-U', ...up]), {
      code: 1,
      stderr: /needs root, for network namespaces: run it with sudo; nothing was created/,
    });
    t.strictSame(await remains(name), NOTHING);
  },
);

/** By the name of a file: who says whether it can be read. */
const JUDGES: Readonly<Record<string, readonly string[]>> = {
  'frr.conf': ['/usr/bin/vtysh', '-C', '-f'],
  'bird.conf': ['/usr/sbin/bird', '-p', '-c'],
  'bgpd.conf': ['/usr/sbin/bgpd', '-n', '-f'],
  'gobgpd.toml': ['/usr/bin/gobgpd', '-d', '-f'],
  'haproxy.cfg': ['/usr/sbin/haproxy', '-c', '-f'],
  'multihomed.yaml': [node, ...entry, 'check', '-c'],
};

t.test(
  'the daemons take every file of every folder that is made for containerlab',
  requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'haproxy'),
  async (t) => {
    const { topologies } = JSON.parse((await lab('list', '--json')).stdout);
    const root = t.testdir();
    const env = { ...process.env, LAB_PASSWORD: 'rehearsal' };
    const judged = new Set<string>();
    for (const name of topologies) {
      const folder = join(root, name);
      await lab('containerlab', name, '-o', folder);
      const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      await Promise.all(
        paths.map(async (path) => {
          const [program, ...argv] = JUDGES[basename(path)] ?? [];
          if (program === undefined) return;
          judged.add(basename(path));
          const answer = run(program, [...argv, join(folder, path)], { env });
          await t.resolves(answer, `${name}: ${path}`);
        }),
      );
    }
    t.strictSame([...judged].sort(), Object.keys(JUDGES).sort(), 'each had something to read');
  },
);
