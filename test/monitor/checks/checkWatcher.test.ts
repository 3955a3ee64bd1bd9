import t, { type Test } from 'tap';
import type { CheckConfig } from '../../../src/config/checkConfig.ts';
import type { CheckEvent } from '../../../src/monitor/checkEvent.ts';
import { CheckWatcher } from '../../../src/monitor/checks/checkWatcher.ts';
import type { Outcome } from '../../../src/monitor/checks/probe.ts';
import type { LinkFact } from '../../../src/monitor/link.ts';
import { parseAddress } from '../../../src/net/text.ts';
import { Happenings } from '../../support/happenings.ts';
import { VirtualClock } from '../../support/virtualClock.ts';

function check(name: string, change: Partial<CheckConfig> = {}): CheckConfig {
  return {
    name,
    probe: { kind: 'tcp', host: '127.0.0.1', port: 80 },
    ...{
      interval: 5000,
      timeout: 2000,
      rise: 1,
      fall: 1,
      window: undefined,
      source: undefined,
      via: undefined,
    },
    ...change,
  };
}

function watching(t: Test, checks: readonly CheckConfig[]) {
  const clock = new VirtualClock();
  const events = new Happenings<CheckEvent>();
  const answers = new Map<string, Outcome | Error>();
  const watcher = new CheckWatcher({
    clock,
    onEvent: events.record,
    links: () => new Map(),
    probe:
      ({ name }) =>
      async () => {
        const answer = answers.get(name) ?? { ok: true, detail: 'fine' };
        if (answer instanceof Error) throw answer;
        return answer;
      },
  });
  watcher.configure(checks);
  watcher.start();
  t.teardown(() => watcher.stop());
  const pass = async (milliseconds: number) => {
    clock.advance(milliseconds);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const told = () =>
    events.all.splice(0).map((event) => {
      if (event.type === 'CheckChanged') return `${event.check.name} ${event.check.state}`;
      return `${event.type} ${event.name}`;
    });
  return { watcher, events, answers, clock, pass, told };
}

t.test("each check of the file is probed, and told in the file's order when asked", async (t) => {
  const { watcher, told, pass } = watching(t, [check('b'), check('a')]);
  t.same(
    watcher.reports().map(({ config, fact }) => [config.name, fact]),
    [
      ['b', undefined],
      ['a', undefined],
    ],
  );
  await pass(1000);
  t.same(told().sort(), ['a up', 'b up']);
  t.match(watcher.reports(), [
    { config: { name: 'b' }, fact: { state: 'up', detail: 'fine' }, last: { ok: true } },
    { config: { name: 'a' } },
  ]);
});

t.test('a reload keeps what it does not change, and forgets what looks elsewhere', async (t) => {
  const { watcher, told, pass, events } = watching(t, [
    ...['same', 'faster', 'moved', 'gone', 'sourced'].map((name) => check(name)),
  ]);
  await pass(1000);
  events.all.length = 0;
  const source = parseAddress('127.0.0.2');
  const changes = watcher.configure([
    check('same'),
    check('faster', { interval: 1000, timeout: 500 }),
    check('moved', { probe: { kind: 'tcp', host: '127.0.0.1', port: 81 } }),
    check('sourced', { source }),
    check('new'),
  ]);
  t.same(changes, [
    'check faster: changed, its state kept',
    'check moved: looks elsewhere, begins anew',
    'check sourced: looks elsewhere, begins anew',
    'check new: added',
    'check gone: removed',
  ]);
  t.same(told(), ['CheckForgotten moved', 'CheckForgotten gone', 'CheckForgotten sourced']);
  t.same(
    watcher.reports().map(({ config: { name }, fact }) => `${name} ${fact?.state}`),
    ['same up', 'faster up', 'moved undefined', 'sourced undefined', 'new undefined'],
  );
  await pass(1000);
  t.same(told().sort(), ['faster up', 'moved up', 'new up', 'sourced up']);
});

t.test('a check that cannot be probed is told of once, until it can', async (t) => {
  const { told, pass, answers } = watching(t, [check('web')]);
  answers.set('web', new Error('no descriptors'));
  await pass(1000);
  await pass(5500);
  await pass(5500);
  t.same(told(), ['CheckFailed web']);
  answers.delete('web');
  await pass(5500);
  answers.set('web', new Error('no descriptors'));
  await pass(5500);
  t.same(told(), ['web up', 'CheckFailed web']);
});

t.test('many checks begin apart, none later than its interval', (t) => {
  const clock = new VirtualClock();
  const begun = new Map<string, number>();
  const watcher = new CheckWatcher({
    ...{ clock, onEvent: () => {}, links: () => new Map() },
    probe:
      ({ name }) =>
      async () => {
        begun.set(name, clock.monotonic());
        return { ok: true, detail: 'fine' };
      },
  });
  const many = Array.from({ length: 1000 }, (_, i) => check(`c${i}`, { interval: 20_000 }));
  watcher.configure([...many, check('quick', { interval: 2000 })]);
  watcher.start();
  clock.advance(4000);
  t.same([...begun.keys()], ['quick'], 'chance has it that all come last');
  clock.advance(1005);
  t.equal(begun.size, 1001);
  return watcher.stop();
});

t.test('what nobody renews is stale once its lease is over', async (t) => {
  const { watcher, answers, pass, clock } = watching(t, [check('web')]);
  await pass(1000);
  answers.set('web', new Error('no descriptors'));
  clock.epoch += 3_600_000;
  const fact = watcher.reports()[0]?.fact;
  t.equal(fact?.state, 'up', 'a clock that is set ends no lease');
  for (let i = 0; i < 95; i++) await pass(100);
  t.equal(watcher.reports()[0]?.fact?.state, 'up', 'to the end of the lease');
  await pass(1);
  t.match(watcher.reports()[0]?.fact, { state: 'stale', since: fact?.leaseUntil });
});

t.test('one check can be asked for now', async (t) => {
  const { watcher, answers } = watching(t, [check('web')]);
  answers.set('web', { ok: false, detail: 'gone' });
  t.match(await watcher.runNow('web'), { state: 'down', detail: 'gone' });
  t.equal(await watcher.runNow('nobody'), undefined);
  await watcher.stop();
  t.match(await watcher.runNow('web'), { state: 'down' }, 'stopped, it says what it knew');
});

t.test('a link that changes counts at once, by what is known of it then', async (t) => {
  const clock = new VirtualClock();
  const events = new Happenings<CheckEvent>();
  const links = new Map<string, LinkFact>();
  const watcher = new CheckWatcher({ clock, onEvent: events.record, links: () => links });
  watcher.configure([check('core', { probe: { kind: 'link', interface: 'eth0' } })]);
  watcher.start();
  t.teardown(() => watcher.stop());
  await watcher.runNow('core');
  t.match(events.of('CheckFailed'), [{ cause: /eth0 has not been looked at yet/ }]);
  t.same(events.of('CheckChanged'), []);
  const told = async (cause: LinkFact['cause']) => {
    const next = events.next('CheckChanged');
    const state = cause === 'up' ? 'up' : 'down';
    links.set('eth0', { interface: 'eth0', state, cause, since: clock.wall() });
    watcher.linkChanged('eth0');
    watcher.linkChanged('eth9');
    const { check: fact } = await next;
    return `${fact.state}: ${fact.detail}`;
  };
  t.equal(await told('up'), 'up: up');
  t.equal(await told('no-carrier'), 'down: no carrier');
  t.equal(await told('absent'), 'down: no such interface');
  t.equal(await told('up'), 'up: up');
});
