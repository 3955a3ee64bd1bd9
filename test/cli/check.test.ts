import { join } from 'node:path';
import t from 'tap';
import { runCheck, type Surroundings } from '../../src/cli/check.ts';
import { configPath } from '../../src/cli/configPath.ts';
import { type Machine, readMachine } from '../../src/cli/machine.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const GOOD = `asn: 64500
router-id: 192.0.2.1
prefixes:
  - 203.0.113.0/24
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1 }
  transit-b:
    asn: 64497
    address: 198.51.100.5
    interface: eth2
    local-address: 198.51.100.6
`;

const machine: Machine = {
  interfaces: new Set(['eth1', 'eth2']),
  addresses: new Set(['198.51.100.2', '198.51.100.6']),
  firstFreePort: 0,
  setsTtl: true,
  fileFault: () => undefined,
  openToAll: () => false,
  findsPing: true,
  changesRoutes: true,
};
const derived = new Map([['transit-a', { interface: 'eth1', origin: 'derived' as const }]]);

const FINDING = {
  subject: 'net.ipv4.ip_forward',
  cause: 'net.ipv4.ip_forward is 0',
  consequence: 'the machine does not forward',
  mend: 'sysctl -w net.ipv4.ip_forward=1',
};

const SURROUNDINGS: Surroundings = {
  machine: () => machine,
  paths: async () => derived,
  keys: () => ({ environment: {}, sockopt: { knowsMd5: true } }),
  preflight: async () => [FINDING],
};

async function check(text: string, around: Partial<Surroundings> = {}, json = false) {
  const file = join(t.testdir({ 'x.yaml': text }), 'x.yaml');
  const terminal = new FakeTerminal();
  const surroundings = { ...SURROUNDINGS, ...around };
  const options = { name: 'check', config: file, json, preflight: around.preflight !== undefined };
  const code = await runCheck({ ...options, name: 'check' }, terminal, surroundings);
  return { code, out: terminal.out.replaceAll(file, 'x.yaml') };
}

t.test('a good file: what would be sent to whom, over which link', async (t) => {
  const { code, out } = await check(GOOD);
  t.equal(code, 0);
  t.equal(
    out,
    `x.yaml is good
AS64500, router-id 192.0.2.1

NEIGHBOUR  AS     LINK            WOULD BE SENT
transit-a  64496  eth1 (derived)  203.0.113.0/24
transit-b  64497  eth2            203.0.113.0/24
`,
  );
});

t.test(
  '--preflight: what of the machine is not as the file needs it, and the command',
  async (t) => {
    const found = await check(GOOD, { preflight: SURROUNDINGS.preflight });
    t.equal(found.code, 1);
    t.ok(
      found.out.endsWith(`
preflight: net.ipv4.ip_forward is 0
  so: the machine does not forward
  do: sysctl -w net.ipv4.ip_forward=1
`),
    );
    const fine = await check(GOOD, { preflight: async () => [] });
    t.equal(fine.code, 0);
    t.ok(fine.out.endsWith('\npreflight: this machine is as the file needs it\n'));
    const json = await check(GOOD, { preflight: SURROUNDINGS.preflight }, true);
    t.match(JSON.parse(json.out), { ok: false, preflight: [FINDING] });
    t.equal(JSON.parse((await check(GOOD, {}, true)).out).preflight, null);
  },
);

t.test('who is sent what was learned as well is said', async (t) => {
  const { out } = await check(`${GOOD}downstreams:
  full: { asn: 64999, address: 192.0.2.9 }
  gateway: { asn: 64998, address: 192.0.2.10, export: default }
  own: { asn: 64997, address: 192.0.2.11, export: own }
internal:
  core: { address: 192.0.2.12 }
`);
  const sent = out.split('\n').map((line) => line.trim().split(/ {2,}/).at(-1));
  t.same(sent.slice(-5, -1), [
    '203.0.113.0/24, and what was learned',
    '203.0.113.0/24, and a learned default route',
    '203.0.113.0/24',
    '203.0.113.0/24, and what was learned',
  ]);
});

t.test(
  'our own address in place of the neighbour is told, but where nothing of ours listens',
  async (t) => {
    const swapped = GOOD.replace('198.51.100.1 ', '198.51.100.2 ');
    const { code, out } = await check(swapped);
    t.equal(code, 0);
    t.match(
      out,
      /^x\.yaml:6:28: warning: upstreams\.transit-a\.address: 198\.51\.100\.2 is an addr/m,
    );
    t.match(out, /do: write the neighbour's address, at the other end of the link/);
    for (const listen of ['none', '["198.51.100.6:179"]']) {
      t.match((await check(`${swapped}listen: ${listen}\n`)).out, /^x\.yaml is good$/m, listen);
    }
  },
);

t.test('a key that every user of the machine may read is told', async (t) => {
  const secret = GOOD.replace('198.51.100.1 ', '198.51.100.1, password: file:/etc/hostname ');
  const around = { machine: () => ({ ...machine, openToAll: () => true }) };
  const { code, out } = await check(secret, around);
  t.equal(code, 0);
  t.match(out, /warning: upstreams\.transit-a\.password: every user of this machine may read/);
  t.match(out, /do: chmod o= \/etc\/hostname/);
  t.match((await check(secret)).out, /^x\.yaml is good$/m);
});

t.test('a bad file: every problem with its place, exit 1', async (t) => {
  const { code, out } = await check(
    GOOD.replace('asn: 64500', 'asm: 64500').replace('100.5', '100.555'),
  );
  t.equal(code, 1);
  t.match(out, /^x\.yaml:1:1: error: /m);
  t.match(out, /^x\.yaml:9:14: error: upstreams\.transit-b\.address/m);
  t.match(out, /x\.yaml has 2 errors: a daemon would not take it\n$/);
});

t.test(
  'where the machine disagrees there is a warning at the place in the file, exit 0',
  async (t) => {
    const bare: Machine = {
      interfaces: new Set(['lo']),
      addresses: new Set(),
      firstFreePort: 1024,
      setsTtl: false,
      fileFault: () => 'there is no such file',
      openToAll: () => false,
      findsPing: false,
      changesRoutes: true,
    };
    const around = { machine: () => bare, paths: async () => new Map() };
    const { code, out } = await check(GOOD, around);
    t.equal(code, 0);
    t.match(
      out,
      /^x\.yaml:10:5: warning: upstreams\.transit-b\.interface: there is no interface eth2/m,
    );
    t.match(
      out,
      /^x\.yaml:11:5: warning: upstreams\.transit-b\.local-address: no interface that is up/m,
    );
    t.match(out, /^x\.yaml:6:28: warning: upstreams\.transit-a\.address: no connected route/m);
    t.match(out, /this user may not listen on port 179/);
    t.match(out, /^x\.yaml:5:1: warning: upstreams: the optional package koffi/m);
    t.match(out, /x\.yaml is good, with 5 warnings/);
    t.match(out, /transit-a\s+64496\s+not known/);

    const { out: json } = await check(GOOD, around, true);
    const answer: { ok: boolean; problems: { severity: string }[] } = JSON.parse(json);
    t.equal(answer.ok, true);
    t.strictSame(
      answer.problems.map(({ severity }) => severity),
      Array(5).fill('warning'),
    );
  },
);

t.test('a password that cannot be had, or cannot be kept to, is an error: exit 1', async (t) => {
  const asks = `${GOOD}    password: env:B_KEY\n    ttl-security: true\n`;
  const missing = await check(asks);
  t.equal(missing.code, 1);
  t.match(
    missing.out,
    /^x\.yaml:12:5: error: upstreams\.transit-b\.password: the environment variable B_KEY is not/m,
  );
  t.match(missing.out, /x\.yaml has 1 error: a daemon would not take it/);
  const environment = { B_KEY: 'hunter2' };
  const bare = await check(asks, { keys: () => ({ environment, sockopt: undefined }) });
  t.equal(bare.code, 1);
  t.match(bare.out, /upstreams\.transit-b\.ttl-security: the optional package koffi/);
  t.notMatch(bare.out, /hunter2/);
  const able = { environment, sockopt: { knowsMd5: true } };
  t.equal((await check(asks, { keys: () => able })).code, 0);
});

const CHECKS = `
  web: { http: "https://203.0.113.10/", ca: /etc/own.pem, source: 203.0.113.1 }
  probe: { exec: [/usr/local/bin/probe] }
  core: { link: eth7 }
  far: { ping: 203.0.113.10 }
`;

t.test('what checks need of the machine and do not find is told at their keys', async (t) => {
  const needs = '{ prefix: 203.0.113.0/24, needs: [web, probe, core, far] }';
  const text = `${GOOD.replace('203.0.113.0/24', needs)}checks:${CHECKS}`;
  const lacking: Machine = { ...machine, fileFault: (_, to) => `no ${to}`, findsPing: false };
  const { code, out } = await check(text, { machine: () => lacking });
  t.equal(code, 0);
  const told = out.split('\n').filter((line) => line.startsWith('x.yaml:'));
  t.same(
    told.map((line) => line.replace(/^\S+ warning: checks\./, '')),
    [
      'web.source: no interface that is up has the address 203.0.113.1',
      'web.ca: /etc/own.pem cannot be read by this user: no read',
      'probe.exec: /usr/local/bin/probe cannot be run by this user: no run',
      'core.link: there is no interface eth7 on this machine',
      'far.ping: there is no program ping on this machine',
    ],
  );
  const { out: fine } = await check(text, {
    machine: () => ({
      ...machine,
      interfaces: new Set(['eth2', 'eth7']),
      addresses: new Set(['198.51.100.6', '203.0.113.1']),
    }),
  });
  t.match(fine, /^x\.yaml is good$/m);
});

t.test('the machine tells programs and files from what cannot be used', (t) => {
  const { fileFault } = readMachine();
  const file = join(t.testdir({ plain: 'x' }), 'plain');
  t.equal(fileFault('/bin/sh', 'run'), undefined);
  t.equal(fileFault(file, 'read'), undefined);
  t.equal(fileFault(file, 'run'), 'no permission');
  t.equal(fileFault(`${file}s`, 'run'), 'there is no such file');
  t.equal(fileFault('/bin', 'run'), 'it is not a file');
  t.end();
});

t.test('a file that cannot be read is one line', async (t) => {
  const directory = t.testdir({ 'latin1.yaml': Buffer.from([0x61, 0x3a, 0xe9]) });
  const rejects = (config: string, message: RegExp) =>
    t.rejects(
      runCheck({ name: 'check', config, json: false, preflight: false }, new FakeTerminal()),
      {
        name: 'FileError',
        message,
      },
    );
  await rejects(join(directory, 'no.yaml'), /there is no such file; write one/);
  await rejects(directory, /it is a directory/);
  await rejects(join(directory, 'latin1.yaml'), /it is not UTF-8 text/);
  await rejects(join(directory, 'latin1.yaml', 'x'), /not a directory/);
});

t.test('without -c, the file here comes before the one in /etc', (t) => {
  const only =
    (...paths: string[]) =>
    (path: string) =>
      paths.includes(path);
  const etc = '/etc/multihomed/multihomed.yaml';
  t.equal(configPath('x', only()), 'x');
  t.equal(configPath(undefined, only(etc, 'multihomed.yaml')), 'multihomed.yaml');
  t.equal(configPath(undefined, only(etc)), etc);
  t.throws(() => configPath(undefined, only()), {
    name: 'CommandError',
    message: /neither \.\/multihomed\.yaml nor \/etc\/multihomed\/multihomed\.yaml exists/,
  });
  t.end();
});

t.test('with --json there is always JSON: the plan, or why there is none', async (t) => {
  const { code, out } = await check(GOOD, {}, true);
  t.equal(code, 0);
  const announcements = [
    {
      prefix: '203.0.113.0/24',
      family: 'ipv4',
      attributes: { prepend: 0, med: null, communities: [] },
    },
  ];
  t.strictSame(JSON.parse(out), {
    ok: true,
    failure: null,
    problems: [],
    preflight: null,
    plan: {
      asn: 64500,
      routerId: '192.0.2.1',
      neighbours: [
        {
          name: 'transit-a',
          kind: 'upstream',
          asn: 64496,
          interface: 'eth1',
          origin: 'derived',
          learned: 'none',
          announcements,
        },
        {
          name: 'transit-b',
          kind: 'upstream',
          asn: 64497,
          interface: 'eth2',
          origin: 'configured',
          learned: 'none',
          announcements,
        },
      ],
    },
  });

  const bad = await check('asn: 0\n', {}, true);
  t.equal(bad.code, 1);
  t.match(JSON.parse(bad.out), { ok: false, failure: null, plan: null, problems: [{ line: 1 }] });

  const terminal = new FakeTerminal();
  const missing = join(t.testdir(), 'no.yaml');
  t.equal(
    await runCheck({ name: 'check', config: missing, json: true, preflight: false }, terminal),
    1,
  );
  t.match(JSON.parse(terminal.out), { ok: false, failure: /no such file/, problems: [] });
  t.equal(terminal.err, '');
});

t.test('an upstream whose name YAML may read as a number is found in the file', async (t) => {
  for (const name of ['1.10', '0x10', 'null']) {
    const { out } = await check(GOOD.replace('transit-a', name), { paths: async () => new Map() });
    t.match(out, /^x\.yaml:6:\d+: warning: .*: no connected route/m, name);
  }
});

t.test('this machine has a loopback interface', (t) => {
  const { interfaces, firstFreePort } = readMachine();
  t.ok(interfaces.has('lo') || interfaces.has('lo0'));
  t.ok(firstFreePort >= 0);
  t.end();
});
