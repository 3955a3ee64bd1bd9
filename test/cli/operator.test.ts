/** The operator's commands against a live announcer, whose upstream is a peer that reads every octet. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Command } from '../../src/cli/command.ts';
import { runDrain, runUndrain, type Waiting } from '../../src/cli/drain.ts';
import { runExplain } from '../../src/cli/explain.ts';
import { runOrder } from '../../src/cli/order.ts';
import { runApply } from '../../src/cli/reload.ts';
import { runShow } from '../../src/cli/show.ts';
import { runPlan } from '../../src/cli/wirePlan.ts';
import { serveControl } from '../../src/control/server.ts';
import { Announcing } from '../../src/daemon/announcing.ts';
import type { DaemonEvent } from '../../src/daemon/events.ts';
import type { SpeakerEvent } from '../../src/speaker/speaker.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import { Happenings } from '../support/happenings.ts';
import { configOf, onAnyPort } from '../support/ownRoute.ts';
import { RawPeer, TYPE } from '../support/rawPeer.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const PREFIX = '203.0.113.0/24';
const ANNOUNCED = /18cb0071$/;
const WITHDRAWN = '000418cb00710000';

/** What is announced is the live announcer's; the rest is the fake's. */
class LiveDaemon extends FakeDaemon {
  readonly #announcing: Announcing;

  constructor(announcing: Announcing) {
    super();
    this.#announcing = announcing;
    this.announcer = announcing;
  }

  override upstreams() {
    return this.#announcing.upstreams();
  }

  override announcements() {
    return this.#announcing.announcements();
  }
}

const FILE = `
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [${PREFIX}]
upstreams:
  a: { asn: 64496, address: 127.0.0.2, passive: true, damping: none }
  ntt: { asn: 2914, address: 127.0.0.3, passive: true, damping: none }
`;

async function live(t: Test, stateDir?: string) {
  const clock = new VirtualClock();
  const config = { ...onAnyPort(configOf(FILE)), stateDir };
  const events = new Happenings<DaemonEvent | SpeakerEvent>();
  const announcing = new Announcing({ config, clock, onEvent: events.record });
  await announcing.start();
  t.teardown(() => announcing.stop(''));
  // A socket's path has little room.
  const directory = mkdtempSync(join(tmpdir(), 'multihomed-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'control.sock');
  const daemon = new LiveDaemon(announcing);
  const server = await serveControl({ port: daemon, path, mode: 0o600 });
  t.teardown(() => server.close());
  const file = join(directory, 'x.yaml');
  const write = (text: string) =>
    writeFileSync(file, `${text}control: { socket: ${JSON.stringify(path)} }\n`);
  write(FILE);
  const peer = async (address: string, asn: number) => {
    const port = announcing.listening()[0]?.port ?? 0;
    const connection = await RawPeer.connect(port, '127.0.0.1', address);
    await connection.establish({ asn });
    t.match((await connection.nextOf(TYPE.update)).body, ANNOUNCED);
    await connection.nextOf(TYPE.update); // End-of-RIB
    return connection;
  };
  return { announcing, clock, daemon, events, file, write, peer };
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function ran(run: (terminal: FakeTerminal) => Promise<number>): Promise<Ran> {
  const terminal = new FakeTerminal();
  const code = await run(terminal);
  return { code, out: terminal.out, err: terminal.err };
}

const NOTHING = { upstream: undefined, lease: undefined, undo: false, json: false } as const;

function withdraw(config: string, more: Partial<Extract<Command, { name: 'withdraw' }>> = {}) {
  return ran((terminal) =>
    runOrder({ name: 'withdraw', prefix: PREFIX, config, ...NOTHING, ...more }, terminal),
  );
}

/** Time goes on as the command waits for it. */
function waitingOn(clock: VirtualClock): Waiting {
  return {
    pause: async (milliseconds) => clock.advance(milliseconds),
    onInterrupt: () => () => {},
  };
}

t.test('withdraw is on the wire, is explained, ends with its lease or is taken back', async (t) => {
  const { clock, file, peer } = await live(t);
  const a = await peer('127.0.0.2', 64496);
  const { code, out, err } = await withdraw(file, { lease: 60 });
  t.equal(code, 0);
  t.match(out, /^203\.0\.113\.0\/24: withdrawn by hand until 2026-01-01T00:01:00/);
  t.match(out, /NEIGHBOUR {2}ANNOUNCED {2}WHY\n {2}a +no +withdrawn by hand/);
  t.match(err, /no state-dir: a restart of the daemon forgets this order/);
  t.equal((await a.nextOf(TYPE.update)).body, WITHDRAWN);
  const explained = await ran((terminal) =>
    runExplain({ name: 'explain', prefix: '203.0.113.9', config: file, json: false }, terminal),
  );
  t.match(explained.out, /^203\.0\.113\.0\/24: announced to 0 of 2 neighbours\n {2}by hand/);
  t.match(explained.out, /\n {2}because +withdrawn by hand until/);
  clock.advance(60_000);
  t.match((await a.nextOf(TYPE.update)).body, ANNOUNCED, 'its lease is over');

  await withdraw(file, { upstream: 'a' });
  t.equal((await a.nextOf(TYPE.update)).body, WITHDRAWN);
  const back = await withdraw(file, { undo: true, json: true });
  t.match(JSON.parse(back.out), { orders: [], announcements: [{ neighbour: 'a' }, {}] });
  t.match((await a.nextOf(TYPE.update)).body, ANNOUNCED);
});

t.test(
  'a disk that takes nothing: the order holds, and it is said that it will not last',
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'multihomed-'));
    t.teardown(() => rmSync(directory, { recursive: true }));
    const stateDir = join(directory, 'state');
    writeFileSync(stateDir, 'in the way');
    const { clock, events, file, peer } = await live(t, stateDir);
    const a = await peer('127.0.0.2', 64496);
    const full = await withdraw(file);
    t.equal(full.code, 0);
    t.match(full.out, /withdrawn by hand/);
    t.match(
      full.err,
      /this order holds now, and a restart of the daemon does not know of it, for the state could not be saved: (ENOTDIR|EEXIST)/,
    );
    t.equal((await a.nextOf(TYPE.update)).body, WITHDRAWN);
    t.equal(events.of('StateUnsaved').length, 1);
    const json = await withdraw(file, { undo: true, json: true });
    t.match(JSON.parse(json.out), { survivesRestart: false, unsaved: /ENOTDIR|EEXIST/ });
    t.match(json.err, /this holds now, and a restart/);
    const drain = {
      name: 'drain',
      target: 'site',
      config: file,
      json: false,
      price: false,
    } as const;
    const drained = await ran((terminal) =>
      runDrain({ ...drain, timeout: 30, threshold: undefined }, terminal, waitingOn(clock)),
    );
    t.match(drained.err, /this drain holds now, and a restart/);
    rmSync(stateDir);
    t.match(await withdraw(file), { code: 0, err: '' }, 'mended, it is kept');
  },
);

t.test(
  'RFC 7999: an address is blackholed where the code is known, shown, and no more',
  async (t) => {
    const { file, peer } = await live(t);
    const ntt = await peer('127.0.0.3', 2914);
    const prefix = '203.0.113.7';
    const order = (undo: boolean) =>
      ran((terminal) =>
        runOrder(
          { name: 'announce', blackhole: true, config: file, ...NOTHING, prefix, undo },
          terminal,
        ),
      );
    const { out } = await order(false);
    t.match(out, /^203\.0\.113\.7\/32: blackholed by hand\n/);
    t.match(out, /\n {2}a +no +no source is known/);
    t.match((await ntt.nextOf(TYPE.update)).body, /0b62029a.*20cb007107$/, '2914:666');
    await t.rejects(withdraw(file, { prefix }), {
      name: 'ControlError',
      message: '203.0.113.7/32 is blackholed by hand: take that order back (--undo)',
    });
    t.match(
      (await order(true)).out,
      /^203\.0\.113\.7: as the file says, nothing is ordered by hand\n$/,
    );
    t.equal((await ntt.nextOf(TYPE.update)).body, '000520cb0071070000');
  },
);

t.test(
  'RFC 8326: a drain is priced, told step by step until it is proven, and undone',
  async (t) => {
    const { announcing, clock, file, peer } = await live(t);
    const [a, ntt] = [await peer('127.0.0.2', 64496), await peer('127.0.0.3', 2914)];
    const drain = { name: 'drain', config: file, json: false, price: false } as const;
    const { code, out } = await ran((terminal) =>
      runDrain(
        { ...drain, target: 'a', timeout: 30, threshold: undefined },
        terminal,
        waitingOn(clock),
      ),
    );
    t.equal(code, 0);
    t.match(
      out,
      /^in flap budget, until it is announced again:\n {2}a: nothing, its network does not/,
    );
    t.match(out, /upstream a: being drained: the last choice until traffic is gone/);
    t.match(out, /upstream a: drained since 2026-01-01T00:00:30/);
    t.match(out, /nothing of it is left; the time was up, traffic was not measured\n$/);
    t.match((await a.nextOf(TYPE.update)).body, /ffff0000/, 'GRACEFUL_SHUTDOWN');
    t.equal((await a.nextOf(TYPE.update)).body, WITHDRAWN);

    const nowhere = ran((terminal) =>
      runDrain({ ...drain, target: 'ntt', timeout: 30, threshold: undefined }, terminal),
    );
    await t.rejects(nowhere, {
      name: 'ControlError',
      message: /no other upstream holds 203.0.113/,
    });

    t.match(
      await ran((terminal) =>
        runUndrain({ name: 'undrain', target: 'a', config: file, json: false }, terminal),
      ),
      { code: 0, out: /^a: no longer drained/ },
    );
    t.match((await a.nextOf(TYPE.update)).body, ANNOUNCED);
    await announcing.stop('');
    t.equal((await ntt.nextOf(TYPE.update)).body, WITHDRAWN, 'the other one saw nothing before');
  },
);

t.test('Ctrl-C ends the command, and says that the drain goes on; so does an undo', async (t) => {
  const { announcing, file, peer } = await live(t);
  await peer('127.0.0.2', 64496);
  const drain = { name: 'drain', config: file, json: false, price: false } as const;
  const typed = { ...drain, target: 'site', timeout: 30, threshold: undefined };
  const interrupted = await ran((terminal) =>
    runDrain(typed, terminal, {
      pause: () => new Promise(() => {}),
      onInterrupt: (stop) => {
        stop();
        return () => {};
      },
    }),
  );
  t.equal(interrupted.code, 1);
  t.match(interrupted.err, /the drain goes on without this command; `multihomed undrain site`/);
  t.match(announcing.state.drains, [{ phase: 'shifting' }]);
  await ran((terminal) =>
    runUndrain({ name: 'undrain', target: 'site', config: file, json: false }, terminal),
  );

  const undone = await ran((terminal) =>
    runDrain(typed, terminal, {
      pause: async () => {
        await runUndrain(
          { name: 'undrain', target: 'site', config: file, json: true },
          new FakeTerminal(),
        );
      },
      onInterrupt: () => () => {},
    }),
  );
  t.match(undone, { code: 1, err: /somebody undid the drain/ });
});

t.test('a drain that would leave a prefix nowhere is undone, and the command fails', async (t) => {
  const { file, peer, clock, events } = await live(t);
  await peer('127.0.0.2', 64496);
  const ntt = await peer('127.0.0.3', 2914);
  const lost = await ran((terminal) =>
    runDrain(
      {
        ...{ name: 'drain', config: file, json: true, price: false, target: 'a' },
        ...{ timeout: 30, threshold: undefined },
      },
      terminal,
      {
        pause: async (milliseconds) => {
          const down = events.next('SessionDown');
          ntt.destroy();
          await down;
          clock.advance(milliseconds);
        },
        onInterrupt: () => () => {},
      },
    ),
  );
  t.equal(lost.code, 1);
  t.match(JSON.parse(lost.out), { drained: false, drain: { target: 'a', phase: 'shifting' } });
  t.match(lost.err, /the drain is undone, for no other upstream holds 203.0.113.0\/24 any more/);
});

t.test('plan says what would go out beside what the daemon has, and changes nothing', async (t) => {
  const { announcing, file, write, peer } = await live(t);
  const a = await peer('127.0.0.2', 64496);
  const plan = (json: boolean) =>
    ran((terminal) => runPlan({ name: 'plan', config: file, json }, terminal));
  t.match((await plan(false)).out, /nothing would be sent, and no session touched\n$/);
  write(
    FILE.replace(`[${PREFIX}]`, `[${PREFIX}, 203.0.112.0/24]`).replace(
      'damping: none',
      'damping: none, med: 5',
    ),
  );
  const { out } = await plan(false);
  t.match(out, /^.*x\.yaml, beside what the\s+running daemon/);
  t.match(out, /\na: the session stays\n {2}announce +203.0.112.0\/24 \(med 5\)\n {2}change +203/);
  t.match(JSON.parse((await plan(true)).out), {
    against: 'daemon',
    neighbours: [
      { neighbour: 'a', session: 'routes' },
      { neighbour: 'ntt', session: 'none' },
    ],
  });
  write('asn: 1\n');
  t.match(await plan(false), { code: 1, err: /a daemon would not take / });
  await announcing.stop('');
  t.equal((await a.nextOf(TYPE.update)).body, WITHDRAWN, 'nothing came before the stop');
});

t.test('apply says until when and to what it goes back, and confirms', async (t) => {
  const { daemon, file } = await live(t);
  const until = '2026-01-01T00:05:00.000Z';
  const confirmation = { until, backTo: '2026-01-01T00:00:00.000Z' };
  daemon.reloaded = { ok: true, changes: ['a: changed, session kept'], warnings: [], confirmation };
  const apply = (confirm: number | undefined, confirmed: boolean) =>
    ran((terminal) =>
      runApply({ name: 'apply', config: file, json: false, confirm, confirmed }, terminal),
    );
  const { out } = await apply(300, false);
  t.equal(daemon.within, 300_000);
  t.match(out, /^a: changed, session kept\nto be confirmed within 5m, by `multihomed apply --conf/);
  t.match(out, /goes back to the configuration that it\nloaded at 2026-01-01T00:00:00.000Z\n$/);
  t.match(await apply(undefined, true), { code: 0, out: /^confirmed/ });
  await t.rejects(apply(undefined, true), { name: 'ControlError', message: /nothing waits for/ });
});

t.test('show budget: nothing is damped here', async (t) => {
  const { file } = await live(t);
  const show = (json: boolean) =>
    ran((terminal) =>
      runShow({ name: 'show', what: 'budget', config: file, json, watch: false }, terminal),
    );
  t.match((await show(false)).out, /^No upstream of the file damps/);
  t.same(JSON.parse((await show(true)).out), { budgets: [] });
});
