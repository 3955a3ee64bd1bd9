import t from 'tap';
import type { Config } from '../../src/config/config.ts';
import type { RouteStore } from '../../src/kernel/ipRoutes.ts';
import type { KernelEvent } from '../../src/kernel/kernelEvent.ts';
import { KernelRoutes, LEFTOVER_LIMIT } from '../../src/kernel/kernelRoutes.ts';
import type { KernelRoute } from '../../src/kernel/route.ts';
import { configOf } from '../support/ownRoute.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function configWith(kernel: string): Config {
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
${kernel === '' ? '' : `kernel: ${kernel}`}
upstreams:
  a: { asn: 64496, address: 192.0.2.10, accept: full, interface: eth1 }
  b: { asn: 64497, address: 192.0.2.20, accept: full, interface: eth2 }
`);
}

const DEFAULT = configWith('{ install: default }');
const INTERFACES = new Map([
  ['a', 'eth1'],
  ['b', 'eth2'],
]);
const LEFT: KernelRoute = {
  family: 'ipv4',
  destination: 'default',
  metric: 20,
  nextHops: [
    { via: '192.0.2.10', dev: 'eth1' },
    { via: '192.0.2.20', dev: 'eth2' },
  ],
};

/** A kernel that says what it was told; what it has is what it is given. */
class FakeKernel implements RouteStore {
  readonly lines: string[] = [];
  present: readonly KernelRoute[] | string = [];
  refuses: string | undefined;

  readonly read = async () => this.present;
  readonly change = async (lines: readonly string[]) => {
    this.lines.push(...lines.map((line) => line.replace(/ table main proto 179/, '')));
    return new Map(this.refuses === undefined ? [] : [[0, this.refuses]]);
  };

  /** What it was told since the last time. */
  told(): readonly string[] {
    return this.lines.splice(0);
  }
}

function routesOver(kernel: FakeKernel, config = DEFAULT) {
  const clock = new VirtualClock();
  const events: KernelEvent[] = [];
  const onEvent = (event: KernelEvent) => void events.push(event);
  const routes = new KernelRoutes(config, { clock, store: kernel, onEvent });
  const update = async (living: readonly string[], dead: readonly string[] = [], anew = false) => {
    const ways = { living: new Set(living), dead: new Set(dead), interfaces: INTERFACES };
    routes.update(config, ways, anew);
    await settled();
  };
  return { clock, events, routes, update };
}

/** Everything that waits for nothing but promises has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const ANCHOR = 'route add blackhole 203.0.113.0/24 metric 65535';

t.test('the anchors are there before anything is said to be settled', async (t) => {
  const kernel = new FakeKernel();
  const { routes, events, update } = routesOver(kernel);
  await routes.prepare(DEFAULT);
  t.same(kernel.told(), [ANCHOR]);
  t.same(
    events.map(({ type }) => type),
    ['KernelRoutesChanged', 'KernelSettled'],
  );
  await update(['a']);
  t.same(kernel.told(), ['route add 0.0.0.0/0 metric 20 via 192.0.2.10 dev eth1']);
  await update([]);
  t.same(kernel.told(), ['route del 0.0.0.0/0 metric 20']);
  await routes.stop();
  t.same(kernel.told(), [], 'on-exit: leave');
});

t.test(
  'what a crashed run left stays for upstreams that are not up yet, and not for ever',
  async (t) => {
    const kernel = new FakeKernel();
    kernel.present = [LEFT];
    const { routes, clock, update } = routesOver(kernel);
    await routes.prepare(DEFAULT);
    t.same(kernel.told(), [ANCHOR]);
    await update([]);
    t.same(kernel.told(), [], 'nobody is up yet');
    await update(['a']);
    t.same(kernel.told(), [], 'b may come');
    await update([]);
    t.same(
      kernel.told(),
      ['route replace 0.0.0.0/0 metric 20 via 192.0.2.20 dev eth2'],
      'a was up, and is not',
    );
    kernel.present = [{ ...LEFT, nextHops: LEFT.nextHops.slice(1) }];
    clock.advance(LEFTOVER_LIMIT - 1);
    await settled();
    t.notOk(kernel.told().includes('route del 0.0.0.0/0 metric 20'));
    clock.advance(1);
    await settled();
    t.ok(kernel.told().includes('route del 0.0.0.0/0 metric 20'));
  },
);

t.test('a link that is known to be dead is not waited for', async (t) => {
  const kernel = new FakeKernel();
  kernel.present = [LEFT];
  const { routes, update } = routesOver(kernel);
  await routes.prepare(DEFAULT);
  kernel.told();
  await update([], ['b']);
  t.same(kernel.told(), ['route replace 0.0.0.0/0 metric 20 via 192.0.2.10 dev eth1']);
});

t.test('what the kernel has dropped is put in again', async (t) => {
  const kernel = new FakeKernel();
  const { routes, update } = routesOver(kernel);
  await routes.prepare(DEFAULT);
  await update(['a']);
  kernel.told();
  await update(['a']);
  t.same(kernel.told(), []);
  kernel.present = [];
  await update(['a'], [], true);
  t.same(kernel.told(), [ANCHOR, 'route add 0.0.0.0/0 metric 20 via 192.0.2.10 dev eth1']);
});

t.test('what the kernel refuses is told once, and is no reason not to announce', async (t) => {
  const kernel = new FakeKernel();
  kernel.refuses = 'Operation not permitted';
  const { routes, clock, events } = routesOver(kernel);
  await routes.prepare(DEFAULT);
  t.same(
    events.map((event) => (event.type === 'KernelFailed' ? event.cause : event.type)),
    ['203.0.113.0/24 blackhole metric 65535: Operation not permitted', 'KernelSettled'],
  );
  routes.update(DEFAULT, { living: new Set(), dead: new Set(), interfaces: INTERFACES }, false);
  await settled();
  clock.advance(10_000);
  await settled();
  t.equal(events.length, 2);
  t.equal(kernel.told().length, 3, 'it is tried again');
  kernel.refuses = undefined;
  clock.advance(10_000);
  await settled();
  t.equal(events.at(-1)?.type, 'KernelRoutesChanged');
});

t.test('a kernel that cannot be read is left as it is', async (t) => {
  const kernel = new FakeKernel();
  kernel.present = 'no `ip` here';
  const { routes, events, update } = routesOver(kernel);
  await routes.prepare(DEFAULT);
  await update(['a']);
  t.same(kernel.told(), []);
  t.same(events, [
    { type: 'KernelFailed', at: events[0]?.at, cause: 'no `ip` here' },
    { type: 'KernelSettled', at: events[0]?.at },
  ]);
});

t.test('a file without `kernel` touches nothing; one that loses it takes ours away', async (t) => {
  const kernel = new FakeKernel();
  const none = configWith('');
  const { routes, events } = routesOver(kernel, none);
  await routes.prepare(none);
  routes.update(none, { living: new Set(['a']), dead: new Set(), interfaces: INTERFACES }, true);
  await settled();
  t.same(kernel.told(), []);
  t.same(
    events.map(({ type }) => type),
    ['KernelSettled'],
  );
  await routes.prepare(DEFAULT);
  t.same(kernel.told(), [ANCHOR]);
  routes.update(none, { living: new Set(), dead: new Set(), interfaces: INTERFACES }, false);
  await settled();
  t.same(kernel.told(), ['route del blackhole 203.0.113.0/24 metric 65535']);
});

t.test('into another table they come before they go from the one before', async (t) => {
  const kernel = new FakeKernel();
  const { routes, update } = routesOver(kernel);
  await routes.prepare(DEFAULT);
  await update(['a']);
  kernel.told();
  const other = configWith('{ install: default, table: 100 }');
  await routes.prepare(other);
  routes.update(other, { living: new Set(['a']), dead: new Set(), interfaces: INTERFACES }, false);
  await settled();
  t.same(kernel.told(), [
    'route add blackhole 203.0.113.0/24 table 100 proto 179 metric 65535',
    'route add 0.0.0.0/0 table 100 proto 179 metric 20 via 192.0.2.10 dev eth1',
    'route del blackhole 203.0.113.0/24 metric 65535',
    'route del 0.0.0.0/0 metric 20',
  ]);
});

t.test('what is prepared for a reload after the stop is not put in', async (t) => {
  const kernel = new FakeKernel();
  const config = configWith('{ on-exit: remove }');
  const { routes, events } = routesOver(kernel, config);
  await routes.prepare(config);
  await routes.stop();
  kernel.told();
  await routes.prepare(config);
  t.same(kernel.told(), []);
  t.equal(events.at(-1)?.type, 'KernelSettled', 'and nobody waits for it');
});

t.test('on-exit: remove', async (t) => {
  const kernel = new FakeKernel();
  const config = configWith('{ on-exit: remove }');
  const { routes } = routesOver(kernel, config);
  await routes.prepare(config);
  kernel.told();
  await routes.stop();
  t.same(kernel.told(), ['route del blackhole 203.0.113.0/24 metric 65535']);
});
