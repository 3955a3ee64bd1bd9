/** Reloads, and going back from one that nobody confirms, on virtual time. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Config } from '../../src/config/config.ts';
import { loadFileToRun } from '../../src/daemon/configFile.ts';
import { Reloading } from '../../src/daemon/reloading.ts';
import { ListenError } from '../../src/speaker/listener.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function text(...prefixes: readonly string[]): string {
  return `asn: 64500\nrouter-id: 192.0.2.1\nprefixes: [${prefixes.join(', ')}]\nupstreams: { a: { asn: 64496, address: 198.51.100.1 } }\n`;
}

const [OLD, NEW, NEWER] = ['203.0.113.0/24', '203.0.112.0/24', '203.0.111.0/24'];

async function begun(t: Test) {
  const file = join(t.testdir(), 'x.yaml');
  const write = (...prefixes: readonly string[]) => writeFileSync(file, text(...prefixes));
  write(OLD);
  const loaded = await loadFileToRun(file);
  if (!loaded.ok) throw new Error(loaded.failure);
  const clock = new VirtualClock();
  const said: string[] = [];
  const inForce: string[] = [];
  const refuse: { listen: boolean; state: string | undefined; meanwhile: () => void } = {
    listen: false,
    state: undefined,
    meanwhile: () => {},
  };
  const reloading = new Reloading({
    file,
    clock,
    running: {
      config: loaded.config,
      keys: loaded.keys,
      bfdKeys: new Map(),
      loadedAt: clock.wall(),
    },
    prepare: async () => refuse.meanwhile(),
    announcing: {
      obstacle: async () => refuse.state,
      async reconfigure({ prefixes }: Config) {
        if (refuse.listen) throw new ListenError('the address is taken');
        inForce.push(prefixes.map(({ prefix }) => prefix.text).join(' '));
        return [`${inForce.at(-1)}: in force`];
      },
    },
    service: { reloading: () => {}, ready: () => {} },
    sessions: () => '',
    onLoaded: () => [],
    warn: () => {},
    say: (level, _event, message) => said.push(`${level} ${message}`),
  });
  /** Waits for its turn behind whatever goes on. */
  const settled = async () => {
    const before = inForce.length + said.length;
    for (let i = 0; i < 50; i++) await Promise.resolve();
    return inForce.length + said.length - before;
  };
  return { reloading, clock, said, inForce, refuse, write, settled };
}

t.test('what is not confirmed in time goes back, and says what the file still has', async (t) => {
  const { reloading, clock, said, inForce, write, settled } = await begun(t);
  write(NEW);
  clock.advance(60_000);
  const result = await reloading.reload(300_000);
  t.match(result, {
    ok: true,
    confirmation: { until: '2026-01-01T00:06:00.000Z', backTo: '2026-01-01T00:00:00.000Z' },
  });
  clock.advance(299_999);
  await settled();
  t.same(inForce, [NEW]);
  clock.advance(1);
  await settled();
  t.same(inForce, [NEW, OLD]);
  t.match(said.at(-1), /^warn not confirmed in time: back to .* at 2026-01-01T00:00:00.000Z: /);
  t.match(said.at(-1), /x\.yaml still has the other one: mend it before the next reload/);
  t.notOk(reloading.confirm(), 'too late');
  t.equal(clock.pending, 0);
});

t.test('what is confirmed stays', async (t) => {
  const { reloading, clock, inForce, write, settled } = await begun(t);
  write(NEW);
  await reloading.reload(300_000);
  t.ok(reloading.confirm());
  t.notOk(reloading.confirm(), 'once');
  clock.advance(600_000);
  await settled();
  t.same(inForce, [NEW]);
});

t.test('asked for again it begins anew, and still goes back to the first one', async (t) => {
  const { reloading, clock, inForce, write, settled } = await begun(t);
  write(NEW);
  await reloading.reload(300_000);
  clock.advance(200_000);
  write(NEWER);
  const again = await reloading.reload(300_000);
  t.match(again, { confirmation: { backTo: '2026-01-01T00:00:00.000Z' } });
  clock.advance(299_999);
  await settled();
  t.same(inForce, [NEW, NEWER]);
  clock.advance(1);
  await settled();
  t.same(inForce, [NEW, NEWER, OLD]);
});

t.test('a plain reload means what it loads to stay; a refused one changes nothing', async (t) => {
  const { reloading, clock, said, inForce, write, settled } = await begun(t);
  write(NEW);
  await reloading.reload(300_000);
  write('nonsense');
  t.match(await reloading.reload(), { ok: false });
  write(NEWER);
  t.match(await reloading.reload(), { ok: true, confirmation: null });
  t.ok(said.includes('info confirmed: the configuration stays'));
  clock.advance(600_000);
  await settled();
  t.same(inForce, [NEW, NEWER]);

  write(NEW);
  await reloading.reload(300_000);
  write('nonsense');
  await reloading.reload();
  clock.advance(300_000);
  await settled();
  t.same(inForce, [NEW, NEWER, NEW, NEWER], 'the refused one confirmed nothing');
});

t.test('an address that cannot be listened on is tried again until it goes back', async (t) => {
  const { reloading, clock, said, inForce, refuse, write, settled } = await begun(t);
  write(NEW);
  await reloading.reload(60_000);
  refuse.listen = true;
  clock.advance(60_000);
  await settled();
  t.match(
    said.at(-1),
    /^error not confirmed in time, and cannot go back yet: the address is taken/,
  );
  refuse.listen = false;
  clock.advance(10_000);
  await settled();
  t.same(inForce, [NEW, OLD]);
});

t.test('what would write over a state file is refused, and going back is not', async (t) => {
  const { reloading, clock, said, inForce, refuse, write, settled } = await begun(t);
  write(NEW);
  await reloading.reload(60_000);
  refuse.state = 'state-dir: /b/state.json is there already';
  write(NEWER);
  t.match(await reloading.reload(), { ok: false, failure: refuse.state, problems: [] });
  t.ok(said.includes(`error not reloaded: ${refuse.state}`));
  clock.advance(60_000);
  await settled();
  t.same(inForce, [NEW, OLD]);
});

t.test('a stop that overtakes a reload ends it: nothing is put in force any more', async (t) => {
  const { reloading, inForce, refuse, write } = await begun(t);
  write(NEW);
  refuse.meanwhile = () => reloading.stop();
  t.match(await reloading.reload(), { ok: false, failure: 'the daemon is being stopped' });
  t.same(inForce, []);
});

t.test('one that stops does not go back any more', async (t) => {
  const { reloading, clock, inForce, write, settled } = await begun(t);
  write(NEW);
  await reloading.reload(60_000);
  reloading.stop();
  clock.advance(60_000);
  await settled();
  t.same(inForce, [NEW]);
  t.match(await reloading.reload(), { ok: false, failure: 'the daemon is being stopped' });
});
