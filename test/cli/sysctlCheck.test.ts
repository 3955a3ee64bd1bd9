import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  derivedInterfaces,
  judgeInterfaces,
  parseInterfaces,
} from '../../src/cli/interfaceOption.ts';
import { runSysctlCheck } from '../../src/cli/sysctlCheck.ts';
import { lastAssignment, sysctlAssignments } from '../../src/cli/sysctlFiles.ts';
import { loadConfig } from '../../src/config/load.ts';
import { sysctlGroups } from '../../src/generate/sysctlSettings.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const TEXT = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1, interface: eth1.100 }
`;

function config() {
  const { config } = loadConfig(TEXT, 'x.yaml');
  if (!config) throw new Error('the file is wrong');
  return config;
}

type Tree = { [name: string]: string | Tree };

/** /proc/sys and the file, with every setting as it should be. */
function machine(): { proc: Tree; lines: readonly string[] } {
  const settings = sysctlGroups(config(), new Map()).flatMap((group) => group.settings);
  const proc: Tree = {};
  for (const { path, value } of settings) {
    let at = proc;
    for (const part of path.slice(0, -1)) {
      const inner = at[part] ?? {};
      if (typeof inner === 'string') throw new Error('a setting below a setting');
      at[part] = inner;
      at = inner;
    }
    at[path.at(-1) ?? ''] = `${value}\n`;
  }
  return { proc, lines: settings.map(({ path, value }) => `${path.join('/')} = ${value}`) };
}

function check(root: string, json = false) {
  const terminal = new FakeTerminal();
  const code = runSysctlCheck(config(), { interfaces: new Map(), json }, terminal, root);
  return { code, out: terminal.out };
}

t.test('a machine as it should be: nothing to say, exit 0', async (t) => {
  const { proc, lines } = machine();
  const etc = { 'sysctl.d': { '90-multihomed.conf': lines.join('\n') } };
  const { code, out } = check(t.testdir({ proc: { sys: proc }, etc }));
  t.equal(code, 0);
  t.match(out, /^the kernel and its files have all \d+ settings as they should be\n$/);
});

t.test('the kernel differs: the setting, its value and what breaks, exit 1', async (t) => {
  const { proc, lines } = machine();
  const etc = { 'sysctl.d': { '90-multihomed.conf': lines.join('\n') } };
  const root = t.testdir({ proc: { sys: proc }, etc });
  writeFileSync(join(root, 'proc/sys/net/ipv4/conf/eth1.100/rp_filter'), '1\n');
  const { code, out } = check(root);
  t.equal(code, 1);
  t.match(
    out,
    /^net\/ipv4\/conf\/eth1\.100\/rp_filter is 1, and should be 2\n {2}so: 1 drops what comes in by one/,
  );
  const answer = JSON.parse(check(root, true).out);
  t.match(answer, { ok: false, differences: [{ in: 'kernel', is: '1', should: '2' }] });
  t.equal(answer.differences.length, 1);
});

t.test('links that only this machine knows are in the command that mends it', async (t) => {
  const root = t.testdir({ proc: { sys: machine().proc } });
  const { config: open } = loadConfig(TEXT.replace(', interface: eth1.100', ''), 'x.yaml');
  if (!open) throw new Error('the file is wrong');
  const terminal = new FakeTerminal();
  const interfaces = new Map([['transit-a', 'eth1.100']]);
  t.equal(runSysctlCheck(open, { interfaces, json: false }, terminal, root), 1);
  t.match(
    terminal.out,
    /^do: multihomed generate sysctl --interface transit-a=eth1\.100 -o \/etc\/sysctl\.d && /m,
  );
  t.match(check(root).out, /^do: multihomed generate sysctl -o /m, 'the file has them');
});

t.test('/etc/sysctl.conf is applied last and wins', async (t) => {
  const { proc, lines } = machine();
  const root = t.testdir({
    proc: { sys: proc },
    etc: {
      'sysctl.conf': '# strict\nnet.ipv4.conf.all.rp_filter=1\n',
      'sysctl.d': { '90-multihomed.conf': lines.join('\n') },
    },
  });
  const { code, out } = check(root);
  t.equal(code, 1);
  t.match(
    out,
    /^\/etc\/sysctl\.conf:2: net\.ipv4\.conf\.all\.rp_filter is set to 1, and should be 0\n/,
  );
});

t.test('settings that no file has are gone after the next start', async (t) => {
  const { proc } = machine();
  const { code, out } = check(t.testdir({ proc: { sys: proc } }));
  t.equal(code, 1);
  t.match(out, /^no file sets these, so that the next start forgets them: net\.ipv4\.ip_forward, /);
});

t.test('files of one name are those of /etc; names decide the order, stars match', async (t) => {
  const root = t.testdir({
    etc: { 'sysctl.d': { '50-a.conf': 'net.ipv4.conf.*.rp_filter = 2\n' } },
    run: { 'sysctl.d': { '60-b.conf': '-net/ipv4/conf/eth1.100/rp_filter=0\n; no\nnonsense\n' } },
    usr: {
      lib: { 'sysctl.d': { '50-a.conf': 'net.ipv4.ip_forward = 1\n', '40.conf': 'kernel.x=1\n' } },
    },
  });
  const all = sysctlAssignments(root);
  t.same(
    all.map(({ path, value }) => `${path.join(' ')} ${value}`),
    ['kernel x 1', 'net ipv4 conf * rp_filter 2', 'net ipv4 conf eth1.100 rp_filter 0'],
  );
  const of = (name: string) => lastAssignment(all, ['net', 'ipv4', 'conf', name, 'rp_filter']);
  t.match(of('eth0'), { value: '2', line: 1 });
  t.match(of('eth1.100'), { value: '0' });
  t.equal(
    lastAssignment(all, ['net', 'ipv4', 'ip_forward']),
    undefined,
    'hidden by the one in /etc',
  );
});

t.test('--interface: pairs, names of neighbours, and what this machine knows itself', async (t) => {
  t.same(
    [...parseInterfaces('a=eth1,b=eth2.100')],
    [
      ['a', 'eth1'],
      ['b', 'eth2.100'],
    ],
  );
  t.same([...parseInterfaces('')], []);
  for (const wrong of ['a', 'a=', '=eth1', 'a=e th', 'a=a/b', `a=${'x'.repeat(16)}`]) {
    t.throws(() => parseInterfaces(wrong), { name: 'UsageError' }, wrong);
  }
  judgeInterfaces(
    new Map([
      ['transit-a', 'eth1'],
      ['inside', 'eth3'],
    ]),
    config(),
  );
  t.throws(() => judgeInterfaces(new Map([['transit-b', 'eth1']]), config()), {
    name: 'CommandError',
    message: /transit-b: there is no neighbour of that name; did you mean transit-a\?/,
  });
  const paths = new Map([
    ['a', { interface: 'eth1', origin: 'derived' as const }],
    ['b', { interface: undefined, origin: 'none' as const }],
    ['c', { interface: 'eth3', origin: 'derived' as const }],
  ]);
  const derived = await derivedInterfaces(config(), new Map([['c', 'eth9']]), async () => paths);
  t.same(
    [...derived],
    [
      ['a', 'eth1'],
      ['c', 'eth9'],
    ],
  );
});
