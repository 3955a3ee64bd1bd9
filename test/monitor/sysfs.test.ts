import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { KernelLinks } from '../../src/monitor/kernelLinks.ts';
import { Sysfs } from '../../src/monitor/sysfs.ts';
import { VirtualClock } from '../support/virtualClock.ts';

/** A sysfs in which the files of `hung` are read only when the test lets them be. */
function start(...hung: string[]) {
  const clock = new VirtualClock();
  const reads: string[] = [];
  const waiting = new Map<string, (content: string) => void>();
  const sysfs = new Sysfs({
    after: (ms, callback) => clock.after(ms, callback),
    read: (path) => {
      const [device = '', name = ''] = path.split('/').slice(-2);
      reads.push(`${device}/${name}`);
      if (!hung.includes(device)) return Promise.resolve('1\n');
      return new Promise((resolve) => waiting.set(device, resolve));
    },
  });
  return { clock, reads, waiting, sysfs };
}

const HANGS = { error: 'ETIMEDOUT' };

t.test('a read that hangs is waited for 250 ms, and the next one takes its turn', async (t) => {
  const { clock, sysfs } = start('eth1');
  const first = sysfs.attribute('eth1', 'carrier');
  const second = sysfs.attribute('eth2', 'carrier');
  await turn();
  clock.advance(249);
  t.equal(clock.pending, 1);
  clock.advance(1);
  t.same(await first, HANGS);
  t.same(await second, { content: '1\n' });
  t.equal(clock.pending, 0);
});

t.test('what hangs is not read again until it has answered', async (t) => {
  const { clock, reads, waiting, sysfs } = start('eth1');
  const read = sysfs.attribute('eth1', 'carrier');
  await turn();
  clock.advance(250);
  await read;
  t.same(await sysfs.attribute('eth1', 'carrier'), HANGS);
  t.same(reads, ['eth1/carrier']);
  waiting.get('eth1')?.('0\n');
  await turn();
  const again = sysfs.attribute('eth1', 'carrier');
  await turn();
  t.same(reads, ['eth1/carrier', 'eth1/carrier']);
  waiting.get('eth1')?.('1\n');
  t.same(await again, { content: '1\n' });
});

t.test('when two hang nothing more is read, so that other files can be', async (t) => {
  const { clock, reads, sysfs } = start('eth1', 'eth2');
  for (const device of ['eth1', 'eth2']) {
    const read = sysfs.attribute(device, 'carrier');
    await turn();
    clock.advance(250);
    t.same(await read, HANGS);
  }
  t.same(await sysfs.attribute('eth3', 'carrier'), HANGS);
  t.equal(reads.length, 2);
});

t.test('a link whose carrier cannot be read is not taken for one that lost it', async (t) => {
  const { clock, sysfs } = start('eth1');
  const links = new KernelLinks(sysfs);
  const lost = links.lostCarrier('eth1');
  await turn();
  clock.advance(250);
  t.equal(await lost, false);
  t.equal(await links.lostCarrier('eth2'), false);
});

t.test('what is no name of an interface is no path either', async (t) => {
  const { reads, sysfs } = start();
  t.same(await sysfs.attribute('../lo', 'carrier'), { error: 'ENOENT' });
  t.same(reads, []);
});
