import t from 'tap';
import type { Attribute } from '../../src/monitor/sysfs.ts';
import { TrafficSampler } from '../../src/monitor/trafficSampler.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function sampler() {
  const clock = new VirtualClock();
  const counters = new Map<string, string>();
  const measured: Record<string, number>[] = [];
  const reads: string[] = [];
  const traffic = new TrafficSampler({
    clock,
    attribute: async (device, name): Promise<Attribute> => {
      reads.push(`${device} ${name}`);
      const content = counters.get(`${device} ${name.replace(/^statistics\/(.)x_bytes$/, '$1')}`);
      return content === undefined ? { error: 'ENOENT' } : { content };
    },
    onMeasured: ({ bitsPerSecond }) => measured.push(Object.fromEntries(bitsPerSecond)),
  });
  const count = (device: string, received: string, sent: string) => {
    counters.set(`${device} r`, `${received}\n`);
    counters.set(`${device} t`, `${sent}\n`);
  };
  /** Every read is answered at once; what follows of it is waited for. */
  const pass = async (milliseconds: number) => {
    clock.advance(milliseconds);
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return { clock, counters, measured, reads, traffic, count, pass };
}

t.test('both ways together, over each interval, for as long as somebody waits', async (t) => {
  const { measured, reads, traffic, count, pass } = sampler();
  count('eth1', '1000', '2000');
  count('eth2', '18446744073709000000', '0');
  traffic.follow(['eth1', 'eth2']);
  await pass(0);
  t.same(measured, [], 'one look says nothing');
  count('eth1', '61000', '3000');
  count('eth2', '18446744073709551615', '100');
  await pass(5000);
  // More octets than a number holds: the difference is what counts.
  t.same(measured, [{ eth1: 97_600, eth2: 882_744 }]);
  traffic.follow([]);
  const before = reads.length;
  await pass(60_000);
  t.equal(reads.length, before, 'nothing is read when nobody waits');
});

t.test('an interface that is gone, or a counter that began anew, is not measured', async (t) => {
  const { counters, measured, traffic, count, pass } = sampler();
  count('eth1', '5000', '5000');
  traffic.follow(['eth1', 'eth9']);
  await pass(0);
  count('eth1', '10', '0');
  await pass(5000);
  t.same(measured, [], 'it went back');
  count('eth1', '10', '0');
  await pass(5000);
  t.same(measured, [{ eth1: 0 }]);
  counters.clear();
  await pass(5000);
  t.equal(measured.length, 1);
});

t.test('stopped and begun anew, it compares with nothing from before', async (t) => {
  const { measured, traffic, count, pass } = sampler();
  count('eth1', '0', '0');
  traffic.follow(['eth1']);
  await pass(0);
  traffic.follow([]);
  count('eth1', '1000000', '0');
  traffic.follow(['eth1']);
  await pass(0);
  await pass(5000);
  t.same(measured, [{ eth1: 0 }]);
});
