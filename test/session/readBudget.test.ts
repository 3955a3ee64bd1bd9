import fc from 'fast-check';
import t from 'tap';
import { ReadBudget } from '../../src/session/readBudget.ts';

const KIB = 1024;

/** A budget on a clock that reads alone move, and turns of the loop that the test takes. */
function stage() {
  let now = 0;
  const immediates: (() => void)[] = [];
  const budget = new ReadBudget({
    monotonic: () => now,
    afterReads: (callback) => immediates.push(callback),
  });
  const resumed: string[] = [];
  const readers = new Map<string, () => void>();
  const readerOf = (name: string) => {
    const reader = readers.get(name) ?? (() => void resumed.push(name));
    readers.set(name, reader);
    return reader;
  };
  /** Reads `count` octets, which takes `milliseconds`; whether the reader may go on. */
  const read = (name: string, milliseconds: number, count = 1) => {
    const begun = budget.begin();
    now += milliseconds;
    return budget.spend(count, begun, readerOf(name));
  };
  /** The immediates of one turn; those that they set belong to the next. */
  const endTurn = () => {
    for (const immediate of immediates.splice(0)) immediate();
    return resumed.splice(0);
  };
  /** The turns until somebody goes on: two quiet ones, and the end of the first, which is over. */
  const goOn = () => {
    const quiet = [...endTurn(), ...endTurn()];
    return { quiet, resumed: endTurn() };
  };
  const owes = (name: string) => budget.owes(readerOf(name));
  return { budget, read, endTurn, goOn, owes, immediates };
}

t.test('readers share the millisecond of a turn, whoever reads first', (t) => {
  const { read, goOn } = stage();
  t.ok(read('a', 0.6));
  t.notOk(read('b', 0.6), 'the read that empties it is the last');
  t.notOk(read('c', 0.1), 'and who was not stopped in time reads once');
  t.same(goOn(), { quiet: [], resumed: ['b'] }, 'after two turns without them, one goes on');
  t.ok(read('b', 0.9), 'with a whole millisecond');
  t.same(goOn(), { quiet: [], resumed: ['c'] });
  t.same(goOn(), { quiet: [], resumed: [] });
  t.end();
});

t.test('who reads for the first time in a turn between waits behind the others', (t) => {
  const { read, endTurn, goOn } = stage();
  t.notOk(read('a', 1));
  endTurn();
  t.notOk(read('b', 0.1));
  t.same([endTurn(), endTurn()], [[], ['a']]);
  t.notOk(read('a', 2));
  t.same(goOn().resumed, ['b']);
  t.same(goOn().resumed, ['a']);
  t.end();
});

t.test('RFC 4271 §6.5: what waits unread keeps the hold time from being judged', (t) => {
  const { read, endTurn, goOn, owes } = stage();
  t.notOk(read('a', 1));
  t.notOk(read('b', 1));
  t.same([owes('a'), owes('b'), owes('c')], [true, true, false]);
  t.same(goOn().resumed, ['a']);
  t.ok(owes('a'), 'it has not read yet');
  endTurn();
  t.same([owes('a'), owes('b')], [false, true], 'it had a turn, and nothing was there');
  t.end();
});

t.test('nothing is set going while nobody waits', (t) => {
  const { read, endTurn, immediates } = stage();
  t.ok(read('a', 0.1));
  t.ok(read('a', 0.1));
  t.equal(immediates.length, 1, 'one look at the end of the turn');
  endTurn();
  t.equal(immediates.length, 0);
  t.ok(read('a', 0.9), 'and the next turn has a budget of its own');
  t.end();
});

t.test('a read brings what half a millisecond is enough for', (t) => {
  const { budget, read, endTurn } = stage();
  t.equal(budget.window, 2 * KIB, 'little, before it is known how long that takes');
  for (const expected of [4, 8, 16, 32, 32]) {
    read('a', 0.1, budget.window);
    endTurn();
    t.equal(budget.window, expected * KIB);
  }
  read('a', 0.3, budget.window);
  t.equal(budget.window, 32 * KIB, 'kept while it fits');
  read('a', 1.9, budget.window);
  t.equal(budget.window, 8 * KIB, 'a quarter, where it takes nearly four times as long');
  read('a', 0.01, 19);
  t.equal(budget.window, 8 * KIB, 'a read that was not full says nothing of a full one');
  read('a', 70, budget.window);
  t.equal(budget.window, 2 * KIB, 'and never less than the least');
  t.end();
});

t.test('every stopped reader goes on, in the order in which they were stopped', (t) => {
  const reads = fc.array(
    fc.record({
      reader: fc.nat(9),
      took: fc.double({ min: 0, max: 3, noNaN: true }),
      endsTurn: fc.boolean(),
    }),
  );
  const property = fc.property(reads, (steps) => {
    const { read, endTurn, immediates } = stage();
    const waiting: string[] = [];
    const goOn = () => {
      const resumed = endTurn();
      return resumed.length <= 1 && resumed.every((name) => name === waiting.shift());
    };
    for (const { reader, took, endsTurn } of steps) {
      const name = String(reader);
      if (!waiting.includes(name) && !read(name, took)) waiting.push(name);
      if (endsTurn && !goOn()) return false;
    }
    for (let turn = 0; turn < 3 * (steps.length + 1); turn++) if (!goOn()) return false;
    return waiting.length === 0 && immediates.length === 0;
  });
  fc.assert(property, { seed: 4271, numRuns: 300 });
  t.end();
});
