import t from 'tap';
import { ReadBudget } from '../../src/session/readBudget.ts';

function budgetOf(octets: number) {
  const turns: (() => void)[] = [];
  const budget = new ReadBudget(octets, (callback) => turns.push(callback));
  const nextTurn = () => {
    for (const turn of turns.splice(0)) turn();
  };
  return { budget, nextTurn, turns };
}

t.test('readers share what a turn allows, whoever reads first', (t) => {
  const { budget, nextTurn } = budgetOf(100);
  const resumed: string[] = [];
  t.ok(budget.spend(60, () => resumed.push('a')));
  t.notOk(
    budget.spend(60, () => resumed.push('b')),
    'the read that empties it is the last',
  );
  t.notOk(budget.spend(1, () => resumed.push('c')));
  t.same(resumed, [], 'nobody goes on within the turn');
  nextTurn();
  t.same(resumed, ['b', 'c'], 'those that were stopped go on, in their order');
  t.ok(
    budget.spend(60, () => {}),
    'and the budget is whole again',
  );
  t.end();
});

t.test('a reader that resumes and runs dry again waits for the turn after', (t) => {
  const { budget, nextTurn, turns } = budgetOf(10);
  let reads = 0;
  const read = () => {
    reads++;
    budget.spend(10, read);
  };
  read();
  for (let turn = 1; turn <= 5; turn++) {
    t.equal(reads, turn);
    t.equal(turns.length, 1, 'one renewal is on its way, not one a reader');
    nextTurn();
  }
  t.end();
});
