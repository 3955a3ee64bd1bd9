/** `generate` as a user sees it: what is printed, written, compared and refused. */

import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Command } from '../../src/cli/command.ts';
import { CommandError } from '../../src/cli/commandError.ts';
import { runGenerate } from '../../src/cli/generate.ts';
import { readTemplates } from '../../src/cli/templateFiles.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const FILE = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1, interface: eth1 }
`;

type Options = Extract<Command, { name: 'generate' }>;

function stage(t: Test, text = FILE) {
  const home = t.testdir({ 'x.yaml': text, out: {} });
  const out = join(home, 'out');
  const config = join(home, 'x.yaml');
  const run = async (target: string, options: Partial<Options> = {}, templates = readTemplates) => {
    const terminal = new FakeTerminal();
    const command: Options = {
      ...{ name: 'generate', target, config, output: undefined, diff: undefined },
      ...{
        strict: false,
        force: false,
        withSecrets: false,
        json: false,
        check: false,
        interfaces: new Map(),
      },
      ...options,
    };
    const code = await runGenerate(command, terminal, '1.2.3', templates);
    return { code, out: terminal.out, err: terminal.err };
  };
  return { home, out, config, run };
}

t.test('one file is printed as it is, several with a line before each', async (t) => {
  const { run } = stage(t);
  t.match(
    (await run('bird')).out,
    /^# Written by multihomed 1\.2\.3 from x\.yaml, sha256 [0-9a-f]{64}/,
  );
  const { out } = await run('quagga');
  t.strictSame(
    out.split('\n').filter((line) => line.startsWith('==>')),
    [
      '==> bgpd.conf (0640, quagga:quagga) <==',
      '==> zebra.conf (0640, quagga:quagga) <==',
      '==> ospfd.conf (0640, quagga:quagga) <==',
      '==> vtysh.conf (0640, quagga:quaggavty) <==',
      '==> daemons (0640, quagga:quagga) <==',
      '==> debian.conf (0640, quagga:quagga) <==',
    ],
  );
  const json = JSON.parse((await run('bird', { json: true })).out);
  t.match(json, { target: 'bird', files: [{ path: 'bird.conf' }], notExpressible: [] });
});

t.test(
  'what a target cannot express: on standard error, in the head, an error if strict',
  async (t) => {
    const { run, out } = stage(t);
    const lost =
      'upstreams.transit-a.interface: links are not looked at: a dead one is noticed by the hold timer';
    const { out: printed, err } = await run('openbgpd');
    t.equal(err, `openbgpd: ${lost}\n`);
    t.ok(printed.includes(`# Not expressed here: ${lost}\n`));
    await t.rejects(run('openbgpd', { strict: true, output: out }), CommandError);
    t.strictSame(readdirSync(out), [], 'nothing was written');
    t.equal((await run('bird', { strict: true })).code, 0);
  },
);

t.test('-o writes all files with their modes; again, it leaves them alone', async (t) => {
  const { run, out } = stage(t);
  const first = await run('quagga', { output: out });
  t.equal(first.out.match(/: written$/gm)?.length, 6);
  t.equal(statSync(join(out, 'bgpd.conf')).mode & 0o777, 0o640);
  t.equal((await run('quagga', { output: out })).out.match(/: unchanged$/gm)?.length, 6);
  t.equal((await run('quagga', { diff: out })).code, 0, 'and --diff finds nothing');
  t.equal(readdirSync(out).length, 6, 'no temporary file is left');
});

t.test(
  'a file that was changed by hand is in the way: nothing is written without --force',
  async (t) => {
    const { run, out, config } = stage(t);
    await run('quagga', { output: out });
    const zebra = join(out, 'zebra.conf');
    writeFileSync(zebra, `${readFileSync(zebra, 'utf8')}ip route 10.0.0.0/8 Null0\n`);
    const bgpd = readFileSync(join(out, 'bgpd.conf'), 'utf8');
    writeFileSync(config, FILE.replace('203.0.113.0', '198.51.101.0'));
    await t.rejects(run('quagga', { output: out }), {
      message: /zebra\.conf was changed by hand since it was written; nothing was written; --diff/,
    });
    t.equal(readFileSync(join(out, 'bgpd.conf'), 'utf8'), bgpd);
    const { code, out: diff } = await run('quagga', { diff: out });
    t.equal(code, 1);
    t.match(diff, /^-ip route 10\.0\.0\.0\/8 Null0$/m);
    t.match(diff, /^\+ network 198\.51\.101\.0\/24$/m);
    await run('quagga', { output: out, force: true });
    t.equal((await run('quagga', { diff: out })).code, 0);
  },
);

t.test('a file of somebody else is in the way as well', async (t) => {
  const { run, out } = stage(t);
  writeFileSync(join(out, 'bird.conf'), 'router id 192.0.2.9;\n');
  await t.rejects(run('bird', { output: out }), { message: /was not written by multihomed/ });
});

t.test('a file that is there keeps its mode, and a symbolic link stays one', async (t) => {
  const { run, out, home, config } = stage(t);
  await run('bird', { output: home });
  symlinkSync(join(home, 'bird.conf'), join(out, 'bird.conf'));
  chmodSync(join(home, 'bird.conf'), 0o600);
  writeFileSync(config, FILE.replace('203.0.113.0', '198.51.101.0'));
  await run('bird', { output: out });
  t.match(readFileSync(join(home, 'bird.conf'), 'utf8'), /198\.51\.101\.0/);
  t.equal(statSync(join(home, 'bird.conf')).mode & 0o777, 0o600);
});

t.test('where it cannot be written, one line says so and nothing is left', async (t) => {
  const { run, out } = stage(t);
  writeFileSync(join(out, 'file'), '');
  await t.rejects(run('bird', { output: join(out, 'file') }), CommandError);
  await t.rejects(run('bird', { output: join(out, 'file', 'below') }), CommandError);
  mkdirSync(join(out, 'bgpd.conf'));
  await t.rejects(run('quagga', { output: out }), { message: /cannot read .*bgpd\.conf/ });
  t.strictSame(readdirSync(out).sort(), ['bgpd.conf', 'file']);
});

t.test(
  'a file with errors, a target that cannot, a broken template: nothing is generated',
  async (t) => {
    const { run } = stage(t);
    await t.rejects(run('exabgp'), {
      message: /^nothing was generated:\nexabgp: upstreams\.transit-a has no local-address/,
    });
    const broken = () => ({ ...readTemplates(), 'bird/bird.conf': '{{ oops }}' });
    await t.rejects(run('bird', {}, broken), {
      message: /^the template bird\/bird\.conf is broken/,
    });
    const { run: runBad } = stage(t, FILE.replace('asn: 64500', 'asn: many'));
    await t.rejects(runBad('bird'), { message: 'nothing was generated' });
  },
);

t.test(
  'a password is written when that was asked for, and never in silence left out',
  async (t) => {
    const { run, home } = stage(
      t,
      FILE.replace('interface: eth1', 'local-address: 198.51.100.2, password: "file:KEY"').replace(
        'KEY',
        join(t.testdirName, 'key'),
      ),
    );
    const key = join(home, 'key');
    writeFileSync(key, 'mek.mit_asdi-goat\n');
    for (const target of ['quagga', 'frr', 'bird', 'openbgpd', 'exabgp', 'gobgp']) {
      const without = await run(target);
      t.notOk(without.out.includes('mek.mit'), `${target}: none without --with-secrets`);
      t.match(without.err, /upstreams\.transit-a\.password: no password is written/);
      t.match(without.out, /^[#!] Not expressed here: upstreams\.transit-a\.password/m);
      const { out, err } = await run(target, { withSecrets: true, strict: true });
      t.ok(
        /password "?mek\.mit_asdi-goat"?|auth-password = "mek\.mit_asdi-goat"/.test(out),
        target,
      );
      t.equal(err, '');
    }
    writeFileSync(key, 'two words');
    await t.rejects(run('quagga', { withSecrets: true }), {
      message: /^nothing was generated:\nquagga: the password of transit-a has characters/,
    });
    chmodSync(key, 0o600);
    writeFileSync(key, '');
    await t.rejects(run('quagga', { withSecrets: true }), {
      message: /transit-a\.password: the password is empty/,
    });
  },
);

t.test('a BFD password is written for BIRD, when it is asked for', async (t) => {
  const { home, config, run } = stage(t);
  const key = join(home, 'bfd.key');
  writeFileSync(key, 'mek.mit_asdi-goat\n');
  const text = readFileSync(config, 'utf8');
  const bfd = `bfd: { password: "file:${key}", authentication: keyed-sha1 }`;
  writeFileSync(config, text.replace(/address: 198\.51\.100\.1\b/, `$&, ${bfd}`));
  const without = await run('bird');
  t.notOk(without.out.includes('mek.mit'));
  t.match(without.err, /upstreams\.transit-a\.bfd\.password: no password is written/);
  const { out, err } = await run('bird', { withSecrets: true, strict: true });
  t.match(out, /authentication keyed sha1;\n\s+password "mek\.mit_asdi-goat" \{ id 1; \};/);
  t.equal(err, '');
  writeFileSync(key, 'two "words"');
  await t.rejects(run('bird', { withSecrets: true }), { message: /the password of transit-a has/ });
});
