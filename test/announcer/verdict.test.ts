import t from 'tap';
import { type CheckVerdict, checkVerdict, evaluate } from '../../src/announcer/verdict.ts';
import type { Condition } from '../../src/config/condition.ts';
import type { CheckFact, CheckState } from '../../src/monitor/check.ts';

const fact = (state: CheckState, leaseUntil = 1000): CheckFact => ({
  name: 'web',
  state,
  since: 5,
  leaseUntil,
  detail: 'x',
});

const check = (name: string): Condition => ({ kind: 'check', name });

function verdicts(states: Readonly<Record<string, CheckState>>): Map<string, CheckVerdict> {
  return new Map(
    Object.entries(states).map(([name, state]) => [
      name,
      checkVerdict(name, fact(state), 0, undefined),
    ]),
  );
}

t.test('what falls is up until it has fallen, what rises is not until it has risen', (t) => {
  const holds = (state: CheckState) => checkVerdict('web', fact(state), 0, undefined).holds;
  t.same((['unknown', 'rising', 'up', 'falling', 'down', 'stale'] as const).map(holds), [
    'unknown',
    'no',
    'yes',
    'yes',
    'no',
    'no',
  ]);
  t.equal(checkVerdict('web', undefined, 0, undefined).holds, 'unknown');
  t.end();
});

t.test('what rises after a start is unknown until it has risen: it was never seen down', (t) => {
  const rising = (settled: 'unknown' | 'down') =>
    checkVerdict('web', { ...fact('rising'), settled }, 0, undefined).holds;
  t.equal(rising('unknown'), 'unknown');
  t.equal(rising('down'), 'no');
  t.end();
});

t.test('a lease that is over makes a check stale, whatever it said last', (t) => {
  t.match(checkVerdict('web', fact('up', 1000), 999, undefined), { state: 'up', holds: 'yes' });
  t.match(checkVerdict('web', fact('up', 1000), 1000, undefined), {
    state: 'stale',
    holds: 'no',
    since: 1000,
  });
  t.match(checkVerdict('web', fact('unknown', 1000), 2000, undefined), {
    state: 'stale',
    holds: 'no',
  });
  t.end();
});

t.test('a verdict stays the same object while nothing about it is new', (t) => {
  const first = checkVerdict('web', fact('up'), 0, undefined);
  t.equal(checkVerdict('web', fact('up', 9000), 0, first), first);
  t.not(checkVerdict('web', fact('down'), 0, first), first);
  t.end();
});

t.test('all, any and at-least nest; unknown is neither, unless it does not matter', (t) => {
  const of = [check('a'), check('b'), check('c')];
  const states = verdicts({ a: 'up', b: 'down', c: 'unknown' });
  t.equal(evaluate({ kind: 'all', of }, states), 'no');
  t.equal(evaluate({ kind: 'any', of }, states), 'yes');
  t.equal(evaluate({ kind: 'at-least', count: 2, of }, states), 'unknown');
  t.equal(evaluate({ kind: 'at-least', count: 3, of }, states), 'no');
  const nested: Condition = {
    kind: 'all',
    of: [check('a'), { kind: 'any', of: [check('b'), check('c')] }],
  };
  t.equal(evaluate(nested, states), 'unknown');
  t.equal(evaluate(nested, verdicts({ a: 'up', b: 'down', c: 'up' })), 'yes');
  t.equal(evaluate(check('nobody'), states), 'unknown');
  t.end();
});
