import fc from 'fast-check';
import t from 'tap';
import { EventLog, type Happening } from '../../src/control/eventLog.ts';

const happening = (level: Happening['level'], message: string): Happening => {
  return { level, event: 'x', message, at: 0 };
};

t.test('the newest are kept; details never drive out what matters', (t) => {
  const log = new EventLog(1000, { events: 3, details: 2 });
  log.add(happening('warn', 'first'));
  for (let i = 0; i < 10; i++) log.add(happening('debug', `detail ${i}`));
  log.add(happening('info', 'last'));
  const messages = log.after(0, 100).map(({ view }) => view.message);
  t.strictSame(messages, ['first', 'detail 8', 'detail 9', 'last']);
  t.notOk(log.missedAfter(1), 'details that were forgotten are not missed');
  log.add(happening('info', 'a'));
  log.add(happening('info', 'b'));
  t.ok(log.missedAfter(0));
  t.strictSame(
    log.newest(2).map(({ view }) => view.message),
    ['a', 'b'],
  );
  t.end();
});

t.test('it gives what a list of everything would give, of what is still there', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.nat({ max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      (kinds, since, limit) => {
        const log = new EventLog(0, { events: 8, details: 5 });
        for (const [i, isDetail] of kinds.entries()) {
          log.add(happening(isDetail ? 'debug' : 'info', String(i + 1)));
        }
        const numbers = kinds.map((isDetail, i) => ({ isDetail, seq: i + 1 }));
        const kept = [
          ...numbers.filter(({ isDetail }) => !isDetail).slice(-8),
          ...numbers.filter(({ isDetail }) => isDetail).slice(-5),
        ].sort((a, b) => a.seq - b.seq);
        const expected = kept.filter(({ seq }) => seq > since).slice(0, limit);
        t.strictSame(
          log.after(since, limit).map(({ seq }) => seq),
          expected.map(({ seq }) => seq),
        );
      },
    ),
    { seed: 1, numRuns: 300 },
  );
  t.end();
});

t.test('an id of another run, or of the future, is told from one of this run', (t) => {
  const log = new EventLog(1000);
  log.add(happening('info', 'a'));
  t.equal(log.seqOf(log.idOf(1)), 1);
  t.equal(log.seqOf(log.idOf(99)), 1);
  t.equal(log.seqOf('abc-17'), 0);
  for (const id of ['', '-', 'x', '1', `${log.instance}-`, `${log.instance}-1-1`, 'A-1']) {
    t.equal(log.seqOf(id), undefined, id);
  }
  t.end();
});

t.test('whoever waits is told once', (t) => {
  const log = new EventLog(0);
  let told = 0;
  log.onNews(() => told++);
  log.onNews(() => told++)();
  log.add(happening('info', 'a'));
  log.add(happening('info', 'b'));
  t.equal(told, 1);
  t.end();
});
