/**
 * Each generated configuration before the checker of the daemon that it is for, run the way that it
 * tells errors: Quagga says some on standard error alone and ends 0, FRR's bgpd always ends 0.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DAEMONS, type Daemon, generated, INTENTS } from '../generate/intents.ts';
import { PROGRAMS, requireOrSkip } from '../support/requirements.ts';

const QUAGGA_SBIN = process.env.QUAGGA_SBIN;

const CHECKS: Readonly<Record<Daemon, (t: Test, directory: string) => void>> = {
  quagga(t, directory) {
    for (const daemon of ['bgpd', 'zebra']) {
      const file = join(directory, `${daemon}.conf`);
      takes(t, true, join(QUAGGA_SBIN ?? '', daemon), '-C', '-f', file);
    }
    for (const file of ['daemons', 'debian.conf'])
      takes(t, true, 'sh', '-n', join(directory, file));
  },
  frr(t, directory) {
    takes(t, false, 'vtysh', '-C', '-f', join(directory, 'frr.conf'));
    takes(t, true, 'sh', '-n', join(directory, 'daemons'));
  },
  bird: (t, directory) => takes(t, true, PROGRAMS.bird, '-p', '-c', join(directory, 'bird.conf')),
  openbgpd: (t, directory) =>
    takes(t, false, PROGRAMS.openbgpd, '-n', '-f', join(directory, 'bgpd.conf')),
  exabgp: (t, directory) =>
    takes(t, false, PROGRAMS.exabgp, '--validate', join(directory, 'exabgp.conf')),
  gobgp: (t, directory) =>
    takes(t, false, PROGRAMS.gobgp, '-d', '-f', join(directory, 'gobgpd.toml')),
};

/** `quiet`: what it prints on standard error is a complaint. */
function takes(t: Test, quiet: boolean, program: string, ...argv: readonly string[]): void {
  const { status, stderr } = spawnSync(program, argv, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'], // with a pipe for its input Quagga says nothing
  });
  t.equal(status, 0, `${program} ${argv.join(' ')}: ${stderr}`);
  if (quiet) t.equal(stderr, '', 'nothing on standard error');
}

for (const daemon of DAEMONS) {
  const needs = daemon === 'quagga' ? [] : [daemon];
  const lacking = daemon === 'quagga' && QUAGGA_SBIN === undefined;
  const options = lacking ? { skip: 'QUAGGA_SBIN is not set' } : requireOrSkip(...needs);
  t.test(`${daemon} takes what is generated for it`, options, async (t) => {
    const home = mkdtempSync(join(tmpdir(), 'multihomed-generated-'));
    t.teardown(() => rmSync(home, { recursive: true }));
    for (const [intent, text] of Object.entries(INTENTS)) {
      const directory = join(home, intent);
      mkdirSync(directory);
      for (const { path, mode, content } of generated(daemon, text).files) {
        writeFileSync(join(directory, path), content, { mode });
      }
      CHECKS[daemon](t, directory);
    }
  });
}
