import t from 'tap';
import { Timer } from '../../src/session/timer.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function timed() {
  const clock = new VirtualClock();
  const expired: number[] = [];
  const timer = new Timer(clock, () => expired.push(clock.monotonic()));
  return { clock, timer, expired };
}

t.test('expires once, at its time', (t) => {
  const { clock, timer, expired } = timed();
  timer.start(90_000);
  clock.advance(89_999);
  t.same(expired, []);
  t.ok(timer.running);
  clock.advance(1000);
  t.same(expired, [90_000]);
  t.notOk(timer.running);
  clock.advance(1_000_000);
  t.equal(expired.length, 1);
  t.end();
});

t.test('restarting moves the deadline and sets no further alarm', (t) => {
  const { clock, timer, expired } = timed();
  timer.start(1000);
  let most = 0;
  for (let i = 0; i < 1000; i++) {
    clock.advance(1);
    timer.start(1000);
    most = Math.max(most, clock.pending);
  }
  t.equal(most, 1);
  clock.advance(999);
  t.same(expired, []);
  clock.advance(1);
  t.same(expired, [2000]);
  t.end();
});

t.test('a shorter restart wins over the pending wake-up', (t) => {
  const { clock, timer, expired } = timed();
  timer.start(240_000);
  clock.advance(10);
  timer.start(90_000);
  clock.advance(90_000);
  t.same(expired, [90_010]);
  t.end();
});

t.test('stopped, it never expires, and leaves no alarm behind', (t) => {
  const { clock, timer, expired } = timed();
  timer.start(10);
  timer.stop();
  t.equal(clock.pending, 0);
  clock.advance(100);
  t.same(expired, []);
  timer.start(10);
  clock.advance(10);
  t.same(expired, [110]);
  t.end();
});

t.test('may be started again from its own expiry', (t) => {
  const clock = new VirtualClock();
  let beats = 0;
  const timer: Timer = new Timer(clock, () => {
    if (++beats < 3) timer.start(30_000);
  });
  timer.start(30_000);
  clock.advance(200_000);
  t.equal(beats, 3);
  t.end();
});
