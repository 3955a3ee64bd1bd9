/** Events in, what is wanted on the wire out; nothing connects, for all upstreams are passive. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DEFAULT_DRAIN } from '../../src/announcer/drain.ts';
import { drain } from '../../src/announcer/operate.ts';
import { Announcing } from '../../src/daemon/announcing.ts';
import type { DaemonEvent } from '../../src/daemon/events.ts';
import type { LinkFact } from '../../src/monitor/link.ts';
import type { SpeakerEvent } from '../../src/speaker/speaker.ts';
import { Happenings } from '../support/happenings.ts';
import { configOf, onAnyPort } from '../support/ownRoute.ts';
import { RawListener, RawPeer, TYPE } from '../support/rawPeer.ts';
import { VirtualClock } from '../support/virtualClock.ts';

interface File {
  readonly prefixes?: readonly string[];
  readonly upstreams?: Readonly<Record<string, string>>;
}

const A = 'asn: 64496, address: 127.0.0.2, passive: true, interface: eth1, damping: none';
const B = 'asn: 64497, address: 127.0.0.3, passive: true, damping: none';

function file({ prefixes = ['203.0.113.0/24'], upstreams = { a: A, b: B } }: File = {}) {
  const lines = Object.entries(upstreams).map(([name, keys]) => `  ${name}: { ${keys} }`);
  return onAnyPort(
    configOf(
      `asn: 64500\nrouter-id: 192.0.2.1\nlisten: ["127.0.0.1:1179"]\nprefixes: [${prefixes.join(', ')}]\nupstreams:\n${lines.join('\n')}\n`,
    ),
  );
}

async function started(t: Test, config = file()) {
  const events = new Happenings<DaemonEvent | SpeakerEvent>();
  const clock = new VirtualClock();
  const announcing = new Announcing({ config, clock, onEvent: events.record });
  await announcing.start();
  t.teardown(() => announcing.stop(''));
  /** `a 203.0.113.0/24 configured`, for each item. */
  const wanted = () =>
    announcing
      .announcements()
      .map(({ neighbour, prefix, reason }) => `${neighbour} ${prefix.text} ${reason.kind}`);
  const link = (name: string, state: LinkFact['state']) => {
    const cause = state === 'up' ? 'up' : 'no-carrier';
    announcing.push({
      type: 'LinkChanged',
      link: { interface: name, state, cause, since: clock.wall() },
    });
  };
  const peer = async (address: string, asn: number, capabilities?: string) => {
    const port = announcing.listening()[0]?.port ?? 0;
    const connection = await RawPeer.connect(port, '127.0.0.1', address);
    await connection.establish({ asn, ...(capabilities !== undefined && { capabilities }) });
    return connection;
  };
  return { announcing, events, clock, wanted, link, peer };
}

t.test(
  'what the file says is wanted from the start; the facts decide what becomes of it',
  async (t) => {
    const { announcing, wanted, link } = await started(t);
    t.same(wanted(), ['a 203.0.113.0/24 configured', 'b 203.0.113.0/24 configured']);
    link('eth1', 'down');
    t.same(wanted(), ['a 203.0.113.0/24 link-down', 'b 203.0.113.0/24 configured']);
    link('eth9', 'down');
    t.same(wanted(), ['a 203.0.113.0/24 link-down', 'b 203.0.113.0/24 configured'], "nobody's");
    const paths = new Map([['b', { interface: 'eth9', origin: 'derived' as const }]]);
    announcing.push({ type: 'PathsResolved', at: 0, paths });
    t.same(wanted(), ['a 203.0.113.0/24 link-down', 'b 203.0.113.0/24 link-down']);
    link('eth9', 'up');
    link('eth1', 'up');
    t.same(wanted(), ['a 203.0.113.0/24 configured', 'b 203.0.113.0/24 configured']);
  },
);

t.test('what the file says of an interface outlives whatever is derived', async (t) => {
  const { announcing } = await started(t);
  const elsewhere = { interface: 'eth7', origin: 'derived' as const };
  announcing.push({
    type: 'PathsResolved',
    at: 0,
    paths: new Map([
      ['a', elsewhere],
      ['b', elsewhere],
      ['gone', elsewhere],
    ]),
  });
  const paths = announcing.upstreams().map(({ session, path }) => [session.name, path]);
  t.same(paths, [
    ['a', { interface: 'eth1', origin: 'configured' }],
    ['b', elsewhere],
  ]);
});

t.test(
  'a dead link withdraws on its own session alone, and its return announces again',
  async (t) => {
    const { announcing, events, link, peer } = await started(t);
    const [a, b] = [await peer('127.0.0.2', 64496), await peer('127.0.0.3', 64497)];
    for (const one of [a, b]) {
      t.match((await one.nextOf(TYPE.update)).body, /18cb0071$/);
      await one.nextOf(TYPE.update); // End-of-RIB
    }
    link('eth1', 'down');
    t.equal((await a.next()).body, '000418cb00710000', 'first the withdrawal');
    const { body } = await a.next();
    t.match(body, /^0604/, 'then Cease/Administrative Reset');
    t.match(Buffer.from(body, 'hex').toString(), /link eth1 is down \(no carrier\)/);
    t.equal(await a.end(), 'FIN');
    t.match(events.of('SessionDown'), [{ neighbour: 'a', wasUp: true }]);

    link('eth1', 'up');
    const again = await peer('127.0.0.2', 64496);
    t.match((await again.nextOf(TYPE.update)).body, /18cb0071$/);
    const shown = announcing.announcements();
    t.ok(shown.every(({ advertisedSince }) => advertisedSince !== undefined));
    await announcing.stop('maintenance');
    t.equal((await b.next()).body, '000418cb00710000', 'the other one saw nothing until the stop');
    t.match((await b.next()).body, /^0602/);
  },
);

t.test('a reload says what changed, and changes nothing else', async (t) => {
  const { announcing, wanted } = await started(t);
  t.same(await announcing.reconfigure(file()), []);
  t.same(
    await announcing.reconfigure(
      file({
        prefixes: ['198.51.100.0/24'],
        upstreams: { a: `${A}, med: 5`, c: B },
      }),
    ),
    [
      '198.51.100.0/24: added',
      '203.0.113.0/24: removed',
      'b: removed, session ended',
      'a: changed, session kept',
      'c: added',
    ],
  );
  t.same(wanted(), ['a 198.51.100.0/24 configured', 'c 198.51.100.0/24 configured']);
});

t.test('a reload that cannot listen where it is told changes nothing at all', async (t) => {
  const { announcing, wanted } = await started(t);
  const before = announcing.listening();
  const taken = await RawListener.start();
  t.teardown(() => taken.close());
  const after = file({ prefixes: ['198.51.100.0/24'] });
  const listen = after.listen.map(({ address }) => ({ address, port: taken.port }));
  await t.rejects(announcing.reconfigure({ ...after, listen }), { name: 'ListenError' });
  t.same(wanted(), ['a 203.0.113.0/24 configured', 'b 203.0.113.0/24 configured']);
  t.equal(announcing.listening().length, before.length);
  t.match(announcing.config.prefixes, [{ prefix: { text: '203.0.113.0/24' } }]);
});

t.test('what happens is told once it has been acted on, in order', async (t) => {
  const { announcing, events, link } = await started(t);
  link('eth1', 'down');
  t.same(
    events.all.map(({ type }) => type),
    ['ConfigLoaded', 'StateChanged', 'StateChanged', 'LinkChanged', 'StateChanged'],
  );
  await announcing.stop('maintenance');
  t.match(announcing.announcements(), [
    { reason: { kind: 'stopping' }, route: undefined },
    { reason: { kind: 'stopping' }, route: undefined },
  ]);
  link('eth1', 'up');
  t.ok(
    announcing.upstreams().every(({ session }) => session.state === 'Idle'),
    'nothing starts again',
  );
});

t.test('a wall clock that jumps moves no session', async (t) => {
  const { announcing, clock, peer } = await started(t);
  const a = await peer('127.0.0.2', 64496);
  await a.nextOf(TYPE.update);
  clock.epoch -= 10 * 365 * 86_400_000;
  clock.advance(1);
  clock.epoch += 20 * 365 * 86_400_000;
  clock.advance(1);
  t.match(announcing.upstreams()[0], { session: { state: 'Established', dropped: 0 } });
  a.destroy();
});

const CISCO = 'damping: { profile: cisco, confirmed: true }';

t.test('what comes back is held as the flap budget says, then announced by itself', async (t) => {
  const upstreams = {
    a: A.replace('damping: none', CISCO),
    b: B.replace('damping: none', CISCO),
  };
  const { events, clock, link, peer, wanted } = await started(t, file({ upstreams }));
  const [a, b] = [await peer('127.0.0.2', 64496), await peer('127.0.0.3', 64497)];
  for (const one of [a, b]) {
    await one.nextOf(TYPE.update);
    await one.nextOf(TYPE.update); // End-of-RIB
  }
  link('eth1', 'down');
  t.equal(await a.nextOf(TYPE.update).then(({ body }) => body), '000418cb00710000');
  clock.advance(5000);
  link('eth1', 'up');
  const again = await peer('127.0.0.2', 64496);
  t.equal((await again.nextOf(TYPE.update)).body, '00000000', 'End-of-RIB alone');
  t.same(wanted(), ['a 203.0.113.0/24 held', 'b 203.0.113.0/24 configured']);
  t.match(events.of('AnnouncementHeld'), [
    { neighbour: 'a', reason: { role: 'follower', canary: 'b', penalty: 1000 } },
  ]);
  clock.advance(59_999);
  t.equal(wanted()[0], 'a 203.0.113.0/24 held');
  clock.advance(1);
  t.match((await again.nextOf(TYPE.update)).body, /18cb0071$/);
  t.equal(wanted()[0], 'a 203.0.113.0/24 configured');
  for (const one of [again, b]) one.destroy();
});

t.test(
  'a check that goes bad withdraws in the same turn; one that is renewed does nothing',
  async (t) => {
    const config = onAnyPort(
      configOf(`
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [{ prefix: 203.0.113.0/24, needs: web }]
checks: { web: { tcp: "127.0.0.1:80" } }
upstreams: { a: { ${A} } }
`),
    );
    const { announcing, events, clock, peer, wanted } = await started(t, config);
    const a = await peer('127.0.0.2', 64496);
    t.equal((await a.nextOf(TYPE.update)).body, '00000000', 'unknown: End-of-RIB alone');
    const tell = (state: 'up' | 'down') => {
      const at = clock.wall();
      const check = { name: 'web', state, since: at, leaseUntil: at + 10_000, detail: '' };
      announcing.push({ type: 'CheckChanged', at, check });
    };
    tell('up');
    t.match((await a.nextOf(TYPE.update)).body, /18cb0071$/);
    for (let i = 0; i < 5; i++) {
      clock.advance(5000);
      tell('up');
    }
    t.equal(events.of('RoutesSent').length, 1);
    tell('down');
    t.equal((await a.nextOf(TYPE.update)).body, '000418cb00710000');
    tell('up');
    await a.nextOf(TYPE.update);
    clock.advance(10_000);
    t.equal((await a.nextOf(TYPE.update)).body, '000418cb00710000', 'its lease is over');
    t.same(wanted(), ['a 203.0.113.0/24 on-failure']);
    a.destroy();
  },
);

t.test(
  'on-exit: drain says so first, then withdraws and ends; asked twice it hurries',
  async (t) => {
    const config = { ...file(), onExit: 'drain' as const };
    for (const hurried of [false, true]) {
      const { announcing, clock, peer } = await started(t, config);
      const a = await peer('127.0.0.2', 64496);
      await a.nextOf(TYPE.update);
      await a.nextOf(TYPE.update); // End-of-RIB
      const stopped = announcing.stop('maintenance');
      t.match((await a.nextOf(TYPE.update)).body, /c00804ffff000018cb0071$/, 'GRACEFUL_SHUTDOWN');
      if (hurried) void announcing.stop('now');
      else clock.advance(60_000);
      t.equal((await a.nextOf(TYPE.update)).body, '000418cb00710000');
      t.match((await a.nextOf(TYPE.notification)).body, /^0602/);
      await stopped;
    }
  },
);

t.test('on-exit: drain: a drain that was given longer by order does not keep a stop', async (t) => {
  const { announcing, clock, peer } = await started(t, { ...file(), onExit: 'drain' as const });
  const a = await peer('127.0.0.2', 64496);
  await a.nextOf(TYPE.update);
  await a.nextOf(TYPE.update); // End-of-RIB
  const long = { ...DEFAULT_DRAIN, timeout: 3_600_000 };
  const site = { kind: 'site' } as const;
  await announcing.operate((state, facts, now) => drain(state, facts, site, long, now));
  t.match((await a.nextOf(TYPE.update)).body, /c00804ffff000018cb0071$/, 'GRACEFUL_SHUTDOWN');
  const stopped = announcing.stop('maintenance');
  clock.advance(61_000);
  t.equal((await a.nextOf(TYPE.update)).body, '000418cb00710000', 'withdrawn, not cut off');
  t.match((await a.nextOf(TYPE.notification)).body, /^0602/);
  await stopped;
});

t.test('on-exit: drain: killed meanwhile, or stopped, the next start is not drained', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mhdrain-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const config = { ...file(), onExit: 'drain' as const, stateDir: directory };
  const { announcing, peer } = await started(t, config);
  const a = await peer('127.0.0.2', 64496);
  await a.nextOf(TYPE.update);
  await a.nextOf(TYPE.update); // End-of-RIB
  await announcing.operate((state) => ({ ok: true, state }));
  const stopped = announcing.stop('maintenance');
  t.match((await a.nextOf(TYPE.update)).body, /c00804ffff000018cb0071$/, 'GRACEFUL_SHUTDOWN');
  const kept = async () => JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'));
  t.match(await kept(), { stopped: false, drains: [] }, 'as a crash would leave it');
  const late = await announcing.operate((state) => ({ ok: true, state }));
  t.match(late, { ok: false, why: 'the daemon is being stopped' });
  void announcing.stop('now');
  await stopped;
  t.match(await kept(), { stopped: true, drains: [] });
});

t.test('a site that was drained by order stays drained when it is started again', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mhdrain-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const config = { ...file(), onExit: 'drain' as const, stateDir: directory };
  const { announcing } = await started(t, config);
  const site = { kind: 'site' } as const;
  await announcing.operate((state, facts, now) => drain(state, facts, site, DEFAULT_DRAIN, now));
  await announcing.stop('maintenance');
  const { wanted } = await started(t, config);
  t.same(wanted(), ['a 203.0.113.0/24 draining', 'b 203.0.113.0/24 draining']);
});

t.test('RFC 4724: what an upstream keeps while its session is lost is not held back', async (t) => {
  const upstreams = { a: `${A.replace('damping: none', CISCO)}, graceful-restart: true`, b: B };
  const { announcing, events, clock, peer, wanted } = await started(t, file({ upstreams }));
  const penalty = () => announcing.state.groups[0]?.tracks.get('a')?.shadow?.penalty;
  const capabilities = '010400010001 41040000fbf0 4006407800010180';
  const meet = async () => {
    const one = await peer('127.0.0.2', 64496, capabilities);
    return { one, first: (await one.nextOf(TYPE.update)).body };
  };
  const b = await peer('127.0.0.3', 64497);
  await b.nextOf(TYPE.update);
  const { one, first } = await meet();
  t.match(first, /18cb0071$/);
  const lost = events.next('SessionDown');
  one.destroy();
  await lost;
  clock.advance(29_000);
  const back = await meet();
  t.match(back.first, /18cb0071$/, 'before End-of-RIB, which would sweep it');
  t.equal(penalty(), undefined, 'behind it nobody has seen a flap');

  const again = events.next('SessionDown');
  back.one.destroy();
  await again;
  clock.advance(30_000);
  t.equal(wanted()[0], 'a 203.0.113.0/24 awaits-session', 'it has been swept');
  t.equal(penalty(), 1000);
  const late = await meet();
  t.equal(late.first, '00000000', 'End-of-RIB alone');
  t.equal(wanted()[0], 'a 203.0.113.0/24 held');
  for (const each of [late.one, b]) each.destroy();
});

t.test('RFC 4724: left without a word and back in time, nothing has flapped', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mhkeep-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const upstreams = { a: `${A.replace('damping: none', CISCO)}, graceful-restart: true`, b: B };
  const config = { ...file({ upstreams }), onExit: 'keep' as const, stateDir: directory };
  const capabilities = '010400010001 41040000fbf0 4006407800010180';
  const { announcing, peer } = await started(t, config);
  const a = await peer('127.0.0.2', 64496, capabilities);
  await a.nextOf(TYPE.update);
  t.same(await announcing.suspend('an upgrade'), ['a']);
  const next = await started(t, config);
  const track = () => next.announcing.state.groups[0]?.tracks.get('a');
  t.match(track(), { shadow: undefined, kept: { wire: {} } });
  const back = await next.peer('127.0.0.2', 64496, capabilities);
  t.match((await back.nextOf(TYPE.update)).body, /18cb0071$/);
  t.match(track(), { shadow: undefined, kept: undefined, wire: {} });
  for (const each of [a, back]) each.destroy();
});

t.test('a reload is one UPDATE and one charge for each route, whatever it changes', async (t) => {
  const before = A.replace('damping: none', 'damping: cisco');
  const after = `${before}, med: 5, next-hop: { ipv4: 127.0.0.9 }`;
  const prefixes = ['203.0.113.0/24', '198.51.100.0/24'];
  const both = file({ prefixes, upstreams: { a: before, b: B } });
  const { announcing, events, peer } = await started(t, both);
  const [a, b] = [await peer('127.0.0.2', 64496), await peer('127.0.0.3', 64497)];
  for (const each of [a, b]) await each.nextOf(TYPE.update);
  const known = events.of('RoutesSent').length;
  // With an upstream that goes, whose end is an event of its own.
  await announcing.reconfigure(file({ upstreams: { a: after } }));
  const sent = events.of('RoutesSent').slice(known);
  t.match(
    sent.filter(({ neighbour }) => neighbour === 'a'),
    [{ announced: ['203.0.113.0/24'], withdrawn: ['198.51.100.0/24'] }],
  );
  t.equal(sent.length, 2, 'and what the other one had is withdrawn');
  const penalties = announcing.state.groups.map(({ tracks }) => tracks.get('a')?.shadow?.penalty);
  t.same(penalties, [500, 1000]);
  for (const each of [a, b]) each.destroy();
});

const leasedFile = (target: string) => `
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [{ prefix: 203.0.113.0/24, needs: web }]
checks: { web: { tcp: ${target}, interval: 10s, timeout: 2s } }
upstreams: { a: { ${A} } }
`;

/** A prefix that needs `web`, which is up and whose lease ends after a minute. */
async function leased(t: Test) {
  const world = await started(t, onAnyPort(configOf(leasedFile('"127.0.0.1:80"'))));
  const probed = (state: 'up' | 'down') => {
    const at = world.clock.wall();
    const check = { name: 'web', state, since: at, leaseUntil: at + 60_000, detail: '' };
    world.announcing.push({ type: 'CheckChanged', at, check });
  };
  probed('up');
  const told = (type: DaemonEvent['type']) => world.events.of(type).length;
  return { ...world, probed, told };
}

const HOLDS = ['a 203.0.113.0/24 checks-hold'];
const FAILS = ['a 203.0.113.0/24 on-failure'];
const UNKNOWN = ['a 203.0.113.0/24 checks-unknown'];

t.test('a lease that ends is told, and so is that somebody probes again', async (t) => {
  const { clock, events, wanted, probed, told } = await leased(t);
  clock.advance(59_999);
  t.same([wanted(), told('CheckLapsed')], [HOLDS, 0]);
  clock.advance(1);
  t.same(wanted(), FAILS);
  t.match(events.of('CheckLapsed'), [{ over: false, check: { name: 'web', state: 'stale' } }]);
  probed('up');
  t.match(events.of('CheckLapsed').slice(1), [{ over: true, check: { state: 'up' } }]);
  t.equal(told('StoodStill'), 0);
});

t.test('of a check that looks elsewhere now nobody says that it was probed again', async (t) => {
  const { announcing, clock, events, told } = await leased(t);
  clock.advance(60_000);
  t.equal(told('CheckLapsed'), 1);
  await announcing.reconfigure(onAnyPort(configOf(leasedFile('"127.0.0.1:81"'))));
  t.match(announcing.outcome?.verdicts.get('web'), { state: 'unknown' });
  t.equal(told('CheckLapsed'), 1);
  t.equal(events.of('ConfigLoaded').length, 2);
});

t.test('a process that stood still withdraws nothing before anybody could probe', async (t) => {
  const { announcing, clock, events, wanted, probed, told } = await leased(t);
  clock.advance(50_000);
  clock.standStill(300_000);
  clock.advance(0);
  t.match(events.of('StoodStill'), [{ late: 290_000 }]);
  t.same([wanted(), told('CheckLapsed')], [UNKNOWN, 0]);
  t.match(announcing.announcements(), [{ route: {} }], 'it stays as it was');
  probed('down');
  t.same(wanted(), FAILS, 'what is found then counts at once');
});

t.test('a process that stands still again and again believes nobody for ever', async (t) => {
  const { announcing, clock, wanted, told } = await leased(t);
  clock.advance(59_000);
  clock.standStill(1200);
  clock.advance(0);
  t.same([wanted(), told('StoodStill')], [UNKNOWN, 1], 'a fifth of a second too late');
  t.match(announcing.announcements(), [{ route: {} }]);
  clock.standStill(60_000);
  clock.advance(0);
  t.same([wanted(), told('StoodStill')], [FAILS, 1]);
});

t.test('an upstream that leads nowhere does not look well because we stood still', async (t) => {
  const { announcing, clock, events, peer } = await started(
    t,
    onAnyPort(
      configOf(`
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [203.0.113.0/24]
checks: { far: { tcp: "192.0.2.80:80", interval: 1s, timeout: 500ms } }
upstreams: { a: { ${A}, reachability: { probes: [far] } }, b: { ${B} } }
`),
    ),
  );
  const a = await peer('127.0.0.2', 64496);
  await a.nextOf(TYPE.update);
  const name = announcing.config.checks.find(({ via }) => via === 'a')?.name ?? '';
  const probed = (state: 'up' | 'down') => {
    const at = clock.wall();
    const check = { name, state, since: at, leaseUntil: at + 5000, detail: 'no answer' };
    announcing.push({ type: 'CheckChanged', at, check });
  };
  clock.advance(10_000);
  probed('down');
  const doubts = () => events.of('DoubtChanged').map(({ doubt }) => doubt?.action);
  t.same(doubts(), ['backup']);
  clock.standStill(20_000);
  clock.advance(0);
  t.equal(events.of('StoodStill').length, 1);
  t.same(doubts(), ['backup'], 'what failed when it was last probed still does');
  t.match(announcing.facts().checks.get(name), { state: 'down' });
  probed('up');
  t.same(doubts(), ['backup', undefined]);
  a.destroy();
});

t.test('what is late and concerns no check is not worth a word', async (t) => {
  const { clock, link, probed, told } = await leased(t);
  clock.advance(59_000);
  probed('up');
  clock.standStill(10_000);
  link('eth9', 'up');
  t.equal(told('StoodStill'), 0);
});

t.test('what nobody probes after that is withdrawn as ever', async (t) => {
  const { announcing, clock, link, wanted, told } = await leased(t);
  clock.standStill(300_000);
  // Whatever it hears of first.
  link('eth9', 'up');
  t.same([wanted(), told('StoodStill')], [UNKNOWN, 1]);
  clock.advance(16_999);
  t.match(announcing.announcements(), [{ route: {} }]);
  clock.advance(1);
  t.same([wanted(), told('CheckLapsed')], [FAILS, 1], 'interval, timeout and half an interval');
  clock.standStill(300_000);
  clock.advance(0);
  t.same([wanted(), told('StoodStill')], [FAILS, 1], 'what was over before stays so');
});

t.test('an upstream that a reload removes and the next one puts back has flapped', async (t) => {
  const cisco = B.replace('damping: none', 'damping: cisco');
  const both = file({ upstreams: { a: A, b: cisco } });
  const { announcing, peer, wanted } = await started(t, both);
  const b = await peer('127.0.0.3', 64497);
  await b.nextOf(TYPE.update);
  const track = () => announcing.state.groups[0]?.tracks.get('b');
  t.match(track(), { wire: {}, shadow: undefined });
  await announcing.reconfigure(file({ upstreams: { a: A } }));
  t.match((await b.nextOf(TYPE.notification)).body, /^0603/, 'RFC 4486: peer de-configured');
  t.match(track(), { wire: undefined, shadow: { penalty: 1000 }, flaps: { length: 1 } });
  await announcing.reconfigure(both);
  t.match(track(), { wire: undefined, shadow: { penalty: 1000 } }, 'and once');
  const back = await peer('127.0.0.3', 64497);
  t.same(wanted(), ['a 203.0.113.0/24 configured', 'b 203.0.113.0/24 held']);
  for (const each of [b, back]) each.destroy();
});

t.test(
  'a check that a reload turns elsewhere tells nothing until it is probed there',
  async (t) => {
    const config = (port: number, ...prefixes: readonly string[]) =>
      onAnyPort(
        configOf(`
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [${prefixes.join(', ')}]
checks: { web: { tcp: "127.0.0.1:${port}", interval: 10s, timeout: 2s } }
upstreams: { a: { ${A} } }
`),
      );
    const first = '{ prefix: 203.0.113.0/24, needs: web }';
    const plain = '198.51.100.0/24';
    const second = '{ prefix: 192.0.2.0/24, needs: web }';
    const { announcing, clock, peer, wanted } = await started(t, config(80, first, plain));
    const a = await peer('127.0.0.2', 64496);
    const at = clock.wall();
    const check = { name: 'web', state: 'up' as const, since: at, leaseUntil: at + 60_000 };
    announcing.push({ type: 'CheckChanged', at, check: { ...check, detail: '' } });
    await a.nextOf(TYPE.update);
    const conditional = `{ prefix: ${plain}, needs: web }`;
    await announcing.reconfigure(config(81, first, conditional, second));
    announcing.push({ type: 'CheckForgotten', at, name: 'web' });
    const routes = () => announcing.announcements().map(({ route }) => route?.prefix.text);
    t.same(routes(), ['203.0.113.0/24', plain, undefined], 'what was announced stays, for now');
    clock.advance(17_000);
    t.same(wanted(), [
      'a 203.0.113.0/24 on-failure',
      `a ${plain} on-failure`,
      'a 192.0.2.0/24 checks-failed',
    ]);
    a.destroy();
  },
);
