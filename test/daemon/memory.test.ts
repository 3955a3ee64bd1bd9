/** What the daemon remembers across restarts, in real directories. */

import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { order } from '../../src/announcer/operate.ts';
import { initialState, type State } from '../../src/announcer/state.ts';
import { formatState } from '../../src/announcer/stateText.ts';
import type { MemoryEvent } from '../../src/daemon/events.ts';
import { Memory } from '../../src/daemon/memory.ts';
import { StateFile } from '../../src/daemon/stateFile.ts';
import { flapConfig, PREFIX } from '../support/flapWorld.ts';

const NOW = Date.UTC(2026, 0, 1);
const base = flapConfig('none');

async function directory(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mhstate-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

function remembering(stateDir: string | undefined) {
  const events: MemoryEvent[] = [];
  const memory = new Memory(
    () => NOW,
    () => NOW,
    (event) => events.push(event),
  );
  return { memory, events, config: { ...base, stateDir } };
}

function ordered(): State {
  const state = initialState(base);
  const prefix = base.prefixes[0]?.prefix;
  if (!prefix) throw new Error('a prefix');
  const request = { action: 'withdraw', prefix, upstream: undefined, lease: undefined } as const;
  const operated = order(state, request, NOW);
  if (!operated.ok) throw new Error(operated.why);
  return operated.state;
}

t.test('what was kept is there after a restart', async (t) => {
  const path = await directory(t);
  const { memory, config, events } = remembering(join(path, 'made'));
  t.match(await memory.load(config), { orders: [] });
  await memory.keep(ordered(), false);
  const again = remembering(join(path, 'made'));
  t.match(await again.memory.load(again.config), { orders: [{ prefix: PREFIX }] });
  t.same([...events, ...again.events], []);
  t.same(await readdir(join(path, 'made')), ['state.json'], 'nothing is left beside it');
});

t.test('without a state-dir nothing is written, and nothing is said', async (t) => {
  const { memory, config, events } = remembering(undefined);
  t.match(await memory.load(config), { orders: [] });
  await memory.keep(ordered(), true);
  t.same(events, []);
});

t.test('another state-dir may have no state file yet: what it holds would be lost', async (t) => {
  const path = await directory(t);
  const { memory, config } = remembering(join(path, 'ours'));
  await memory.load(config);
  await memory.keep(ordered(), false);
  const to = (stateDir: string | undefined) => memory.obstacle({ ...config, stateDir });
  t.equal(await to(join(path, 'ours')), undefined, 'its own is no obstacle');
  t.equal(await to(undefined), undefined);
  t.equal(await to(join(path, 'not-there')), undefined);
  await mkdir(join(path, 'empty'));
  t.equal(await to(join(path, 'empty')), undefined);

  const theirs = join(path, 'theirs');
  await mkdir(theirs);
  await writeFile(join(theirs, 'state.json'), 'whatever it is');
  t.match(await to(theirs), `state-dir: ${theirs}/state.json is there already`);
  const loop = join(path, 'loop');
  await symlink(loop, loop);
  t.match(await to(loop), /state\.json cannot be looked for: .*ELOOP/);
});

t.test('a file that is torn is said and set aside, and a new one is begun', async (t) => {
  const path = await directory(t);
  const whole = formatState(ordered(), false, NOW);
  await writeFile(join(path, 'state.json'), whole.slice(0, 40));
  const { memory, config, events } = remembering(path);
  t.match(await memory.load(config), { orders: [] });
  t.match(events, [{ type: 'StateSetAside', cause: 'it is not whole JSON' }]);
  await memory.keep(ordered(), false);
  const names = (await readdir(path)).sort();
  t.match(names, ['state.json', /^state\.json\.unreadable-2026/]);
  t.equal(await readFile(join(path, names[1] ?? ''), 'utf8'), whole.slice(0, 40));
});

t.test('one that cannot be read is set aside whole', async (t) => {
  const path = await directory(t);
  // A directory in its place is what the system does not read to anybody, root included.
  await mkdir(join(path, 'state.json'));
  const { memory, config, events } = remembering(path);
  t.match(await memory.load(config), { orders: [] });
  t.match(events, [{ type: 'StateSetAside', cause: /EISDIR|illegal operation/, isRead: false }]);
  t.equal(memory.unsaved, undefined, 'what is ordered from now on is kept');
  await memory.keep(ordered(), false);
  const names = (await readdir(path)).sort();
  t.match(names, ['state.json', /^state\.json\.unreadable-2026/]);
});

t.test('one that can neither be read nor moved away is left, and that is said', async (t) => {
  const path = await directory(t);
  // Names that lead to each other are read and renamed by nobody, root included.
  const loop = join(path, 'loop');
  await symlink(loop, loop);
  const { memory, config, events } = remembering(loop);
  t.match(await memory.load(config), { orders: [] });
  t.match(events, [{ type: 'StateSetAside', aside: undefined, cause: /ELOOP/, isRead: false }]);
  await rm(loop);
  await memory.keep(ordered(), false);
  t.same(await readdir(path), [], 'not written over, whatever has become of it');
  t.match(memory.unsaved, /state\.json cannot be used, nor moved away: .*ELOOP/);
  t.equal(events.length, 1);
});

t.test('a disk that takes nothing is told once, and so is its recovery', async (t) => {
  const path = await directory(t);
  const told: string[] = [];
  const blocked = join(path, 'file');
  await writeFile(blocked, '');
  const file = new StateFile(join(blocked, 'below'), {
    failed: (cause) => told.push(cause),
    recovered: () => told.push('recovered'),
  });
  await file.save(() => 'a');
  await file.save(() => 'b');
  t.equal(told.length, 1);
  t.match(told[0], /ENOTDIR|EEXIST|not a directory/);
  await rm(blocked);
  await file.save(() => 'c');
  t.equal(told[1], 'recovered');
  t.equal(await readFile(file.path, 'utf8'), 'c');
});

t.test('what a full disk did not take is written once it can be, changed or not', async (t) => {
  const path = await directory(t);
  const blocked = join(path, 'state');
  await writeFile(blocked, '');
  const { memory, config, events } = remembering(blocked);
  await memory.load(config);
  const state = ordered();
  await memory.keep(state, false);
  t.match(memory.unsaved, /ENOTDIR|EEXIST|not a directory/);
  await rm(blocked, { force: true });
  await memory.keep(state, false);
  t.equal(memory.unsaved, undefined);
  t.match(events.at(-1), { type: 'StateSavedAgain' });
  t.match(await readFile(join(blocked, 'state.json'), 'utf8'), PREFIX);
});

t.test('of several that wait the last one is written', async (t) => {
  const path = await directory(t);
  const file = new StateFile(path, { failed: t.fail, recovered: t.fail });
  const made: string[] = [];
  const text = (name: string) => () => {
    made.push(name);
    return name;
  };
  await Promise.all(['a', 'b', 'c'].map((name) => file.save(text(name))));
  t.same(made, ['a', 'c']);
  t.equal(await readFile(file.path, 'utf8'), 'c');
  await chmod(path, 0o700);
});
