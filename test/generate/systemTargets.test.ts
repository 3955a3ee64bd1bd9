/**
 * What surrounds the daemon: kernel settings, packet filter, unit, and the skeletons. Golden files
 * (MULTIHOMED_REFRESH=1 writes them anew), each also taken by the program that it is for, where that
 * is installed. What needs a network namespace is in `interop/edgeKernel` and `interop/skeletons`.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readTemplates } from '../../src/cli/templateFiles.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type Generated, TargetError } from '../../src/generate/target.ts';
import { targetOf } from '../../src/generate/targets.ts';
import { renderer } from '../../src/generate/template.ts';
import { PROGRAMS } from '../support/requirements.ts';

const refresh = process.env.MULTIHOMED_REFRESH === '1';
const golden = new URL('./golden/', import.meta.url);
const render = renderer(readTemplates());

const HEAD = 'asn: 64500\nrouter-id: 192.0.2.1\n';

const INTENTS = {
  'system-two': `${HEAD}prefixes: [203.0.113.0/24, 203.0.112.0/23]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1, interface: eth1 }
  transit-b: { asn: 64497, address: 198.51.100.5, interface: eth2.100 }
`,
  'system-both-families': `${HEAD}site: dc1
listen: ["[::]:1179", "0.0.0.0:179"]
control: { socket: /srv/bgp/control.sock }
prefixes: [203.0.113.0/24, "2001:db8:113::/48"]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1, interface: eth1 }
  transit-a6: { asn: 64496, address: "2001:db8:1::1" }
downstreams:
  customer: { asn: 64501, address: 10.0.0.2, accept: full }
`,
  'system-nothing-taken': `${HEAD}listen: none
prefixes: ["2001:db8:113::/128"]
upstreams:
  transit-a: { asn: 64496, address: "2001:db8:1::1", interface: eth1, accept: none }
`,
} as const;

const TARGETS = ['sysctl', 'nftables', 'systemd', 'keepalived', 'haproxy'] as const;

function configOf(text: string): Config {
  const { config, problems } = loadConfig(text, 'x.yaml');
  if (!config) throw new Error(JSON.stringify(problems));
  return config;
}

function generate(target: string, text: string, interfaces = new Map<string, string>()): Generated {
  const generated = targetOf(target)?.generate(configOf(text), { render, interfaces });
  if (!generated) throw new Error(`no target ${target}`);
  return generated;
}

function expectGolden(t: Test, name: string, text: string): void {
  const file = new URL(name, golden);
  if (refresh) {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, text);
  }
  t.equal(text, readFileSync(file, 'utf8'), name);
}

for (const target of TARGETS) {
  t.test(`${target}: the golden files, and what it takes them for`, async (t) => {
    for (const [intent, text] of Object.entries(INTENTS)) {
      for (const { path, content } of generate(target, text).files) {
        expectGolden(t, `${target}/${intent}/${path}`, content);
        judge(t, target, path, content);
      }
    }
  });
}

/** By the program itself. */
function judge(t: Test, target: (typeof TARGETS)[number], path: string, content: string): void {
  const file = join(t.testdir(), path);
  writeFileSync(file, content);
  if (target === 'haproxy') accepts(t, PROGRAMS.haproxy, '-c', '-q', '-f', file);
  if (target === 'systemd') accepts(t, PROGRAMS.systemdAnalyze, 'verify', file);
  // It asks the kernel, which answers root alone.
  if (target === 'nftables' && process.getuid?.() === 0) accepts(t, PROGRAMS.nft, '-c', '-f', file);
}

function accepts(t: Test, program: string, ...argv: readonly string[]): void {
  if (!isInstalled(program)) {
    t.comment(`${program} is not installed`);
    return;
  }
  const { status, stderr } = spawnSync(program, argv, { encoding: 'utf8' });
  t.equal(status, 0, `${program} takes it: ${stderr}`);
}

function isInstalled(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

t.test('the unit is shut in: systemd calls its exposure OK, and 2.5 at most', async (t) => {
  const [unit] = generate('systemd', INTENTS['system-two']).files;
  if (!isInstalled(PROGRAMS.systemdAnalyze)) return t.comment('systemd-analyze is not installed');
  const file = join(t.testdir(), 'multihomed.service');
  writeFileSync(file, unit?.content ?? '');
  const argv = ['security', '--offline=true', '--no-pager', '--threshold=25', file];
  const report = execFileSync(PROGRAMS.systemdAnalyze, argv, { encoding: 'utf8' });
  t.match(report, /Overall exposure level for multihomed\.service: [0-2]\.\d OK/);
  t.comment(report.trimEnd().split('\n').at(-1) ?? '');
});

t.test('what the file leaves open is told, and can be said beside it', async (t) => {
  const text = INTENTS['system-both-families'];
  const open = [{ what: 'upstreams.transit-a6.interface', why: /--interface transit-a6=NAME/ }];
  t.match(generate('sysctl', text).notExpressible, open);
  const said = generate('sysctl', text, new Map([['transit-a6', 'eth7']]));
  t.same(said.notExpressible, []);
  t.match(said.files[0]?.content, /^-net\.ipv4\.conf\.eth7\.rp_filter = 2$/m);
  t.match(said.files[0]?.content, /^net\.ipv4\.conf\.all\.rp_filter = 0$/m, 'strict inside stays');
  t.match(generate('keepalived', text).notExpressible, [{ why: /--interface inside=NAME/ }]);
  const inside = generate('keepalived', text, new Map([['inside', 'eth3']]));
  t.match(inside.files[0]?.content, /interface eth3/);
});

t.test('without a prefix there is no address to serve on', async (t) => {
  const text = INTENTS['system-two'].replace(/prefixes: .*\n/, '');
  t.throws(() => generate('haproxy', text), TargetError);
  t.match(
    generate('systemd', text).files[0]?.content,
    /Description=BGP announcements of no prefix/,
  );
  t.notMatch(generate('keepalived', text).files[0]?.content, /vrrp_instance/);
});

t.test('a directory that systemd does not make for the service is told', async (t) => {
  const text = `${INTENTS['system-two']}state-dir: /srv/state\ncontrol: { socket: /run/multihomed/c }\n`;
  const { files, notExpressible } = generate('systemd', text);
  t.match(notExpressible, [{ what: 'state-dir', why: /\/srv\/state has to be there/ }]);
  t.match(files[0]?.content, /^ReadWritePaths=\/srv\/state$/m);
});

t.test("what HAProxy's skeleton says of our file can be put into it", async (t) => {
  const [skeleton] = generate('haproxy', INTENTS['system-two']).files;
  const lines = [...(skeleton?.content ?? '').matchAll(/^# {3}(.*)$/gm)].map((match) => match[1]);
  const text = INTENTS['system-two'].replace(/prefixes: .*/, lines.join('\n'));
  t.same(loadConfig(text, 'x.yaml').problems, []);
  t.same(
    configOf(text).checks.map(({ name }) => name),
    ['servers'],
  );
});
