import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Config } from '../../src/config/config.ts';
import { RestartMarker } from '../../src/daemon/restartMarker.ts';
import { configOf } from '../support/ownRoute.ts';

async function place(t: Test) {
  const directory = await mkdtemp(join(tmpdir(), 'multihomed-marker-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const bootId = join(directory, 'boot_id');
  await writeFile(bootId, 'first\n');
  const stateDir = join(directory, 'state');
  const config = (restarts: boolean | 'helper' = true): Config => ({
    ...configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { a: { asn: 64496, address: 198.51.100.1, graceful-restart: ${restarts} } }
`),
    stateDir,
  });
  const files = () => readdir(stateDir).catch(() => []);
  return { bootId, config, files };
}

t.test('a process that goes without taking leave is known to the next one', async (t) => {
  const { bootId, config } = await place(t);
  const first = new RestartMarker(bootId);
  t.equal(await first.read(config()), undefined);
  await first.follow(config());
  const second = new RestartMarker(bootId);
  t.same(await second.read(config()), { forwarding: true });
  await second.follow(config());
  await writeFile(bootId, 'second\n');
  const third = new RestartMarker(bootId);
  t.same(await third.read(config()), { forwarding: false }, 'the machine has started anew');
});

t.test('who withdraws everything leaves nothing', async (t) => {
  const { bootId, config, files } = await place(t);
  const marker = new RestartMarker(bootId);
  await marker.follow(config());
  t.same(await files(), ['restart.json']);
  await marker.remove();
  t.same(await files(), []);
  t.equal(await new RestartMarker(bootId).read(config()), undefined);
});

t.test('there is one only where somebody is asked to keep our routes, and a place', async (t) => {
  const { bootId, config, files } = await place(t);
  const marker = new RestartMarker(bootId);
  await marker.follow(config('helper'));
  await marker.follow({ ...config(), stateDir: undefined });
  t.same(await files(), []);
  await marker.follow(config());
  t.same(await files(), ['restart.json']);
  await marker.follow(config(false));
  t.same(await files(), [], 'a reload');
});

t.test('a place that cannot be written says so', async (t) => {
  const { bootId, config } = await place(t);
  const marker = new RestartMarker(bootId);
  await t.rejects(marker.follow({ ...config(), stateDir: join(bootId, 'in-a-file') }));
});
