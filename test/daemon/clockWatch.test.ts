import t from 'tap';
import { ClockWatch } from '../../src/daemon/clockWatch.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const HOUR = 3_600_000;

function watched() {
  const clock = new VirtualClock();
  const jumps: number[] = [];
  const watch = new ClockWatch(clock, ({ by }) => jumps.push(by));
  watch.start();
  return { clock, jumps, watch };
}

t.test('an hour forward and an hour back are told, once each', (t) => {
  const { clock, jumps } = watched();
  clock.advance(60_000);
  clock.epoch += HOUR;
  clock.advance(60_000);
  clock.epoch -= HOUR;
  clock.advance(60_000);
  t.same(jumps, [HOUR, -HOUR]);
  t.end();
});

t.test('a clock that is slewed has not jumped, however far it comes in the end', (t) => {
  const { clock, jumps } = watched();
  for (let second = 0; second < 10_000; second++) {
    clock.epoch += 0.5;
    clock.advance(1000);
  }
  t.same(jumps, []);
  t.end();
});

t.test('once stopped it leaves no alarm behind', (t) => {
  const { clock, watch } = watched();
  watch.stop();
  t.equal(clock.pending, 0);
  t.end();
});
