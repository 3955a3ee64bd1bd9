import t from 'tap';
import { type ConnectionsRefused, RefusalCount } from '../../src/speaker/refusalCount.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function counting() {
  const clock = new VirtualClock();
  const reports: ConnectionsRefused[] = [];
  const refused = new RefusalCount(clock, (event) => reports.push(event));
  return { clock, reports, refused };
}

t.test('the first is told at once, the rest in bulk, at most one line a minute', (t) => {
  const { clock, reports, refused } = counting();
  const start = clock.wall();
  refused.count('192.0.2.1');
  const first = { type: 'ConnectionsRefused', at: start, count: 1, example: '192.0.2.1' } as const;
  t.same(reports, [first]);
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 1667; i++) refused.count(`192.0.2.${second}`);
    clock.advance(1000);
  }
  t.same(reports, [first, { ...first, at: start + 60_000, count: 100_020, example: '192.0.2.0' }]);
  t.end();
});

t.test('after a quiet minute the next is told at once again', (t) => {
  const { clock, reports, refused } = counting();
  refused.count('192.0.2.1');
  clock.advance(60_000);
  t.equal(reports.length, 1);
  t.equal(clock.pending, 0);
  refused.count('192.0.2.2');
  t.match(reports[1], { count: 1, example: '192.0.2.2' });
  t.end();
});

t.test('a wall clock that is set back does not silence it', (t) => {
  const { clock, reports, refused } = counting();
  refused.count('192.0.2.1');
  clock.epoch -= 86_400_000;
  refused.count('192.0.2.1');
  clock.advance(60_000);
  t.equal(reports.length, 2);
  t.end();
});

t.test('once stopped it tells nothing more and holds no timer', (t) => {
  const { clock, reports, refused } = counting();
  refused.count('192.0.2.1');
  refused.count('192.0.2.1');
  refused.stop();
  t.equal(clock.pending, 0);
  clock.advance(60_000);
  t.equal(reports.length, 1);
  t.end();
});
