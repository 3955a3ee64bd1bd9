import t from 'tap';
import { AddressChanges } from '../../src/monitor/addressChanges.ts';
import type { MonitorReport } from '../../src/monitor/ipMonitor.ts';
import type { KernelCause } from '../../src/monitor/linkState.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const ADDRESS: MonitorReport = { type: 'address', index: 1, deleted: false };

function link(index: number, cause: KernelCause): MonitorReport {
  return { type: 'link', index, label: `eth${index}`, altnames: [], cause };
}

function start() {
  const clock = new VirtualClock();
  const told: number[] = [];
  const changes = new AddressChanges(
    (ms, callback) => clock.after(ms, callback),
    () => told.push(clock.monotonic()),
  );
  return { clock, told, changes };
}

t.test('many changes give one notice, 100 ms after the last', (t) => {
  const { clock, told, changes } = start();
  for (let i = 0; i < 5; i++) {
    changes.report(ADDRESS);
    clock.advance(50);
  }
  clock.advance(10_000);
  t.same(told, [300]);
  t.equal(clock.pending, 0);
  t.end();
});

t.test('changes without end are told once a second', (t) => {
  const { clock, told, changes } = start();
  for (let i = 0; i < 60; i++) {
    changes.report(ADDRESS);
    clock.advance(50);
  }
  t.same(told, [1000, 2000, 3000]);
  t.end();
});

t.test(
  'after a notice there is none for a second, and what changed meanwhile is told then',
  (t) => {
    const { clock, told, changes } = start();
    for (const wait of [100, 200, 300, 5000]) {
      changes.note();
      clock.advance(wait);
    }
    t.same(told, [100, 1100]);
    changes.note();
    clock.advance(1050);
    t.same(told.slice(2), [5700], 'after a rest it is quick again');
    changes.note();
    clock.advance(5000);
    t.same(told.slice(3), [6750], 'the second is over, but it must be quiet, too');
    t.end();
  },
);

t.test('a link that comes up brings its routes back, and one that goes takes none', (t) => {
  const { clock, told, changes } = start();
  const after = (report: MonitorReport) => {
    const before = told.length;
    changes.report(report);
    clock.advance(1000);
    return told.length - before;
  };
  t.equal(after(link(1, 'up')), 1);
  t.equal(after(link(1, 'up')), 0, 'it was up already');
  t.equal(after(link(1, 'no-carrier')), 0);
  t.equal(after(link(2, 'up')), 1);
  t.equal(after(link(1, 'up')), 1);
  t.equal(after(link(1, 'absent')), 0);
  t.equal(after(link(1, 'up')), 1);
  t.end();
});

t.test('nothing is told after the stop', (t) => {
  const { clock, told, changes } = start();
  changes.note();
  changes.stop();
  clock.advance(10_000);
  t.same(told, []);
  t.end();
});
