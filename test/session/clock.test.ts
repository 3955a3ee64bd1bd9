import t from 'tap';
import { systemClock } from '../../src/session/clock.ts';

/** As Node's, for one sleep after another: what it was asked for, and its end when the test says so. */
class Sleeps {
  readonly asked: number[] = [];
  #wake = () => {};

  readonly setTimeout = (callback: () => void, milliseconds: number) => {
    this.asked.push(milliseconds);
    this.#wake = callback;
  };

  wake(): void {
    this.#wake();
  }
}

t.test('a time that is too long for one timer of Node is slept in several', (t) => {
  const original = globalThis.setTimeout;
  const sleeps = new Sleeps();
  Reflect.set(globalThis, 'setTimeout', sleeps.setTimeout);
  t.teardown(() => Reflect.set(globalThis, 'setTimeout', original));
  const longest = 2 ** 31 - 1;
  let over = false;
  systemClock.after(2 * longest + 5, () => {
    over = true;
  });
  for (const expected of [[longest], [longest, longest], [longest, longest, 5]]) {
    t.same(sleeps.asked, expected);
    t.equal(over, false);
    sleeps.wake();
  }
  t.equal(over, true);
  t.same(sleeps.asked, [longest, longest, 5]);
  t.end();
});
