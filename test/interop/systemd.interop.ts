/** The unit of `generate systemd` under a real systemd: its sandbox leaves the daemon what it needs. */

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readTemplates } from '../../src/cli/templateFiles.ts';
import { loadConfig } from '../../src/config/load.ts';
import { systemd } from '../../src/generate/systemd.ts';
import { renderer } from '../../src/generate/template.ts';
import { Systemd, systemdMissing } from '../support/systemd.ts';

const FILE = `asn: 64500
router-id: 192.0.2.1
state-dir: /var/lib/multihomed
prefixes: [203.0.113.0/24]
upstreams: { transit-a: { asn: 64496, address: 127.0.0.9, interface: lo } }
`;

/** CAP_NET_BIND_SERVICE and CAP_NET_ADMIN. */
const PRIVILEGES = '0000000000001400';

/** The generated one, in a place of its own, with a watchdog that can be waited for. */
function unit(): string {
  const { config } = loadConfig(FILE, 'x.yaml');
  const [file] =
    (config && systemd.generate(config, { render: renderer(readTemplates()) }))?.files ?? [];
  return (file?.content ?? '')
    .replace('[Unit]', '[Unit]\nDefaultDependencies=no')
    .replace('/etc/multihomed/multihomed.yaml', '/opt/multihomed.yaml')
    .replace('WatchdogSec=30s', 'WatchdogSec=3s');
}

t.test('a life under systemd', { skip: systemdMissing() }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mhtest-systemd-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  const service = await Systemd.start(directory, unit(), FILE);
  t.teardown(() => service.remove());
  t.equal(
    await service.show('StatusText'),
    '0 of 1 sessions are up',
    'it is ready, and says how it is',
  );

  const pid = await service.show('MainPID');
  const status = await service.exec('cat', `/proc/${pid}/status`);
  for (const set of ['CapEff', 'CapBnd', 'CapAmb']) {
    t.match(status, new RegExp(`^${set}:\\s${PRIVILEGES}$`, 'm'), set);
  }
  t.match(status, /^Seccomp:\s2$/m, 'system calls are filtered');
  t.match(await service.exec('multihomed', 'show'), /^203\.0\.113\.0\/24: NOT announced/m);
  await t.resolves(service.exec('systemctl', 'reload', 'multihomed'), 'a reload is over');
  await service.until('ActiveState', 'active');

  await service.exec('kill', '-STOP', pid);
  await service.until('NRestarts', '1');
  await service.until('ActiveState', 'active');
  t.pass('the watchdog notices a process that stands still');

  await service.exec('systemctl', 'stop', 'multihomed');
  t.equal(await service.show('Result'), 'success', 'a stop is no failure');
});
