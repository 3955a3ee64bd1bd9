import t from 'tap';
import { AcceptBudget } from '../../src/session/acceptBudget.ts';
import { VirtualClock } from '../support/virtualClock.ts';

/** How many of `attempts` are taken. */
function taken(budget: AcceptBudget, attempts: number): number {
  return Array.from({ length: attempts }, () => budget.spend()).filter(Boolean).length;
}

t.test('a few connections at once, then one a second', (t) => {
  const clock = new VirtualClock();
  const budget = new AcceptBudget(clock);
  t.equal(taken(budget, 1000), 8);
  clock.advance(999);
  t.equal(taken(budget, 10), 0);
  clock.advance(1);
  t.equal(taken(budget, 10), 1);
  clock.advance(3500);
  t.equal(taken(budget, 10), 3);
  clock.advance(500);
  t.equal(taken(budget, 10), 1, 'the half second is not lost');
  t.end();
});

t.test('quiet times earn no more than the few', (t) => {
  const clock = new VirtualClock();
  const budget = new AcceptBudget(clock);
  clock.advance(86_400_000);
  t.equal(taken(budget, 1000), 8);
  t.end();
});

t.test('a wall clock that jumps changes nothing', (t) => {
  const clock = new VirtualClock();
  const budget = new AcceptBudget(clock);
  taken(budget, 8);
  clock.epoch -= 86_400_000;
  t.equal(taken(budget, 1), 0);
  clock.epoch += 2 * 86_400_000;
  t.equal(taken(budget, 1), 0);
  t.end();
});
