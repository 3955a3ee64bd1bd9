import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import type { LinkReading } from '../../src/monitor/kernelLinks.ts';
import type { LinkEvent } from '../../src/monitor/linkEvent.ts';
import type { KernelCause } from '../../src/monitor/linkState.ts';
import { watchLinks } from '../../src/monitor/linkWatcher.ts';
import type { MonitorListener } from '../../src/monitor/monitorProcess.ts';
import { addressFromOctets } from '../../src/net/address.ts';
import { VirtualClock } from '../support/virtualClock.ts';

/** A machine whose monitor speaks only when the test says so. */
class FakeMachine {
  readonly clock = new VirtualClock();
  /** What netlink knows; a name that is not in it is absent. */
  readonly netlink = new Map<string, KernelCause>();
  /** What sysfs's operational state shows where that is something else; undefined: not believed. */
  readonly sysfs = new Map<string, 'up' | 'down' | 'absent' | undefined>();
  readonly events: LinkEvent[] = [];
  asked: string[] = [];
  monitorRuns = false;
  listener: MonitorListener | undefined;
  /** Of the routes. */
  routeListener: MonitorListener | undefined;
  /** Of whom sysfs does not answer. */
  readonly hung = new Set<string>();
  readonly watcher = watchLinks({
    onEvent: (event) => this.events.push(event),
    now: () => this.clock.wall(),
    after: (ms, callback) => this.clock.after(ms, callback),
    sources: {
      ask: async (name) => this.#read(name),
      glance: (name) => (this.sysfs.has(name) ? this.sysfs.get(name) : this.#state(name)),
      lostCarrier: async (name) =>
        this.hung.has(name) ? new Promise(() => {}) : this.netlink.get(name) === 'no-carrier',
      monitor: ([object], listener) => {
        if (object === 'route') {
          this.routeListener = listener;
          return { start: () => {}, stop: () => {} };
        }
        this.listener = listener;
        return {
          start: () => {
            this.monitorRuns = true;
          },
          stop: () => {
            this.monitorRuns = false;
          },
        };
      },
    },
  });

  #read(name: string): LinkReading {
    this.asked.push(name);
    const cause = this.netlink.get(name) ?? 'absent';
    return { cause, index: cause === 'absent' ? undefined : 101, device: name };
  }

  #state(name: string): 'up' | 'down' | 'absent' {
    const cause = this.netlink.get(name) ?? 'absent';
    return cause === 'up' || cause === 'absent' ? cause : 'down';
  }

  /** Lets time pass in steps, with everything that was waited for coming in between. */
  async pass(milliseconds: number): Promise<void> {
    await turn();
    for (let left = milliseconds; left > 0; left -= 10) {
      this.clock.advance(Math.min(10, left));
      await turn();
    }
  }

  /** `eth1 up 0`: the interface, its cause, and the time since the start. */
  told(): readonly string[] {
    return this.events.map((event) =>
      event.type === 'LinkChanged'
        ? `${event.link.interface} ${event.link.cause} ${event.link.since - this.clock.epoch}`
        : `${event.type} ${event.at - this.clock.epoch}`,
    );
  }

  line(flags: string, prefix = ''): void {
    this.listener?.onLine(
      String.raw`${prefix}101: eth1@if201: <${flags}> mtu 1500 qdisc noqueue state X group default \    link/ether 02:00:00:00:00:01`,
    );
  }
}

/** Watches eth1, up, and is past the looks of the start. */
async function watching(): Promise<FakeMachine> {
  const machine = new FakeMachine();
  machine.netlink.set('eth1', 'up');
  await machine.watcher.watch(['eth1']);
  await machine.watcher.start();
  machine.listener?.onStart();
  await machine.pass(5000);
  machine.events.length = 0;
  machine.asked = [];
  return machine;
}

t.test('the start tells the state of every watched link, once', async (t) => {
  const machine = new FakeMachine();
  machine.netlink.set('eth1', 'up');
  await machine.watcher.watch(['eth1', 'eth2']);
  t.same(machine.events, [], 'not before the start');
  await machine.watcher.start();
  t.same(machine.told(), ['eth1 up 0', 'eth2 absent 0']);
  t.same([...machine.watcher.facts().keys()], ['eth1', 'eth2']);
  machine.listener?.onStart();
  await machine.pass(5000);
  t.same(machine.told().slice(2), ['AddressesChanged 100'], 'what changed before went unseen');
  machine.watcher.stop();
});

t.test('a report is acted on before anything is asked', async (t) => {
  const machine = await watching();
  machine.netlink.set('eth1', 'no-carrier');
  machine.line('NO-CARRIER,BROADCAST,UP');
  t.same(machine.told(), ['eth1 no-carrier 5000']);
  await machine.pass(3000);
  t.same(machine.asked, ['eth1'], 'then it is, once');
  t.equal(machine.events.length, 1);
  machine.line('NO-CARRIER,BROADCAST,UP');
  await machine.pass(3000);
  t.equal(machine.events.length, 1, 'a repeated report is no event');
  machine.netlink.set('eth1', 'up');
  machine.line('BROADCAST,UP,LOWER_UP');
  await machine.pass(100);
  t.same(machine.told().slice(1), ['eth1 up 11000', 'AddressesChanged 11100']);
  machine.watcher.stop();
});

t.test('a report that netlink does not bear out is taken back', async (t) => {
  const machine = await watching();
  machine.line('BROADCAST', 'Deleted ');
  await machine.pass(10);
  t.same(machine.told().slice(0, 2), ['eth1 absent 5000', 'eth1 up 5000']);
  machine.watcher.stop();
});

t.test('without any report the look at sysfs finds out within a second', async (t) => {
  const machine = await watching();
  machine.netlink.set('eth1', 'no-carrier');
  await machine.pass(1000);
  t.match(machine.events, [{ type: 'LinkChanged', link: { cause: 'no-carrier' } }]);
  t.same(machine.asked, ['eth1']);
  machine.netlink.delete('eth1');
  await machine.pass(1000);
  t.match(machine.events[1], { link: { cause: 'absent' } });
  machine.watcher.stop();
});

t.test('after a report a lost carrier is found every 50 ms, ahead of the next one', async (t) => {
  const machine = await watching();
  machine.line('BROADCAST,UP,LOWER_UP');
  await machine.pass(900);
  machine.netlink.set('eth1', 'no-carrier');
  machine.sysfs.set('eth1', 'up'); // the operational state is as late as the reports are
  await machine.pass(60);
  t.match(machine.events.at(-1), { type: 'LinkChanged', link: { cause: 'no-carrier' } });
  machine.watcher.stop();
});

t.test('reports that come thick and fast do not put the look off', async (t) => {
  const machine = await watching();
  machine.netlink.set('eth1', 'no-carrier');
  for (let i = 0; i < 10; i++) {
    machine.listener?.onLine('9: other: <BROADCAST> mtu 1500 qdisc noop state DOWN group default');
    await machine.pass(20);
  }
  t.match(machine.events, [{ type: 'LinkChanged', link: { cause: 'no-carrier' } }]);
  machine.watcher.stop();
});

t.test('a driver that hangs keeps nobody from the looks at the other links', async (t) => {
  const machine = await watching();
  machine.netlink.set('eth2', 'up');
  await machine.watcher.watch(['eth1', 'eth2']);
  machine.hung.add('eth1');
  machine.line('BROADCAST,UP,LOWER_UP');
  await machine.pass(5000);
  machine.netlink.set('eth2', 'no-carrier');
  await machine.pass(1000);
  t.match(machine.events.at(-1), { link: { interface: 'eth2', cause: 'no-carrier' } });
  machine.netlink.set('eth1', 'no-carrier');
  machine.line('NO-CARRIER,BROADCAST,UP');
  t.match(machine.events.at(-1), { link: { interface: 'eth1', cause: 'no-carrier' } });
  machine.watcher.stop();
});

t.test(
  'a route to a neighbour that changes is told as addresses are, others are not',
  async (t) => {
    const machine = await watching();
    machine.watcher.watchRoutes([addressFromOctets(Uint8Array.of(198, 51, 100, 1))]);
    machine.routeListener?.onLine('203.0.113.0/24 via 198.51.100.1 dev eth1 ');
    await machine.pass(2000);
    t.same(machine.events, []);
    for (const device of ['eth2', 'eth1', 'eth2']) {
      machine.routeListener?.onLine(`198.51.100.0/30 dev ${device} scope link `);
    }
    await machine.pass(2000);
    t.same(machine.told(), ['AddressesChanged 7100']);
    machine.watcher.stop();
  },
);

t.test('sysfs of another namespace is not taken at its word', async (t) => {
  const machine = await watching();
  machine.sysfs.set('eth1', 'absent');
  await machine.pass(3000);
  t.same(machine.events, [], 'netlink says otherwise');
  machine.sysfs.set('eth1', undefined);
  machine.netlink.set('eth1', 'admin-down');
  await machine.pass(1000);
  t.match(machine.events, [{ link: { cause: 'admin-down' } }], 'netlink is asked instead');
  machine.watcher.stop();
});

t.test('when the monitor starts again or complains, everything is read anew', async (t) => {
  for (const happening of ['onStart', 'onComplaint'] as const) {
    const machine = await watching();
    machine.netlink.set('eth1', 'admin-down');
    machine.listener?.[happening]();
    await machine.pass(100);
    t.same(machine.told(), ['eth1 admin-down 5000', 'AddressesChanged 5100'], happening);
    machine.watcher.stop();
  }
});

t.test(
  'a failure of the monitor and its recovery are told, and sysfs serves meanwhile',
  async (t) => {
    const machine = await watching();
    machine.listener?.onFailure('there is no `ip` program that can be run; install iproute2');
    machine.netlink.set('eth1', 'no-carrier');
    await machine.pass(1000);
    machine.listener?.onRecovery();
    t.match(machine.events, [
      { type: 'WatcherFailed', cause: /install iproute2/ },
      { type: 'LinkChanged', link: { cause: 'no-carrier' } },
      { type: 'WatcherRecovered' },
    ]);
    machine.watcher.stop();
  },
);

t.test('twenty flaps, each confirmed late, end in the last state without a bounce', async (t) => {
  const machine = await watching();
  for (let i = 0; i < 20; i++) {
    machine.netlink.set('eth1', 'no-carrier');
    machine.line('NO-CARRIER,BROADCAST,UP');
    machine.netlink.set('eth1', 'up');
    machine.line('BROADCAST,UP,LOWER_UP');
  }
  await machine.pass(5000);
  const causes = machine.events.flatMap((e) => (e.type === 'LinkChanged' ? [e.link.cause] : []));
  t.same(causes, Array(20).fill(['no-carrier', 'up']).flat());
  machine.watcher.stop();
});

t.test(
  'a name watched later is told at once, and one no longer watched not any more',
  async (t) => {
    const machine = await watching();
    await machine.watcher.watch(['eth2']);
    t.same(machine.told(), ['LinkForgotten 5000', 'eth2 absent 5000']);
    t.match(machine.events[0], { interface: 'eth1' });
    machine.netlink.set('eth1', 'no-carrier');
    machine.line('NO-CARRIER,BROADCAST,UP');
    await machine.pass(2000);
    t.equal(machine.events.length, 2);
    t.same([...machine.watcher.facts().keys()], ['eth2']);
    machine.watcher.stop();
  },
);

t.test('after the stop nothing is told and nothing waits', async (t) => {
  const machine = await watching();
  machine.line('BROADCAST');
  const before = machine.events.length;
  machine.watcher.stop();
  machine.line('BROADCAST,UP,LOWER_UP');
  machine.listener?.onStart();
  machine.netlink.set('eth1', 'up');
  await machine.pass(5000);
  t.equal(machine.events.length, before);
  t.equal(machine.clock.pending, 0);
  t.notOk(machine.monitorRuns);
});
