import t from 'tap';
import { Entrance } from '../../src/session/entrance.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function entered() {
  const log: string[] = [];
  const entrance = new Entrance(
    (error) => log.push(`broke: ${error}`),
    () => log.push('left'),
  );
  return { entrance, log };
}

t.test('work within work is one piece of work', (t) => {
  const { entrance, log } = entered();
  entrance.enter(() => {
    entrance.enter(() => log.push('inner'));
    log.push('outer');
  });
  t.same(log, ['inner', 'outer', 'left']);
  t.end();
});

t.test('what throws ends here, wherever it came from, and later work is let in', (t) => {
  const { entrance, log } = entered();
  const clock = new VirtualClock();
  const own = entrance.clock(clock);
  const bug = () => {
    throw new TypeError('a bug');
  };
  entrance.enter(() => entrance.enter(bug));
  own.after(5, bug);
  clock.advance(5);
  own.afterReads(bug);
  entrance.enter(() => log.push('later'));
  const broke = ['broke: TypeError: a bug', 'left'];
  t.same(log, [...broke, ...broke, ...broke, 'later', 'left']);
  t.end();
});

t.test('whoever is told may come in again', (t) => {
  const log: string[] = [];
  const entrance: Entrance = new Entrance(
    () => {},
    () => {
      if (log.push('left') === 1) entrance.enter(() => {});
    },
  );
  entrance.enter(() => {});
  t.same(log, ['left', 'left']);
  t.end();
});

t.test('the clock is otherwise the one that was given', (t) => {
  const clock = new VirtualClock();
  const own = entered().entrance.clock(clock);
  clock.advance(7);
  t.equal(own.monotonic(), 7);
  t.equal(own.wall(), clock.wall());
  t.equal(own.random(), clock.random());
  const cancel = own.after(1, () => t.fail('cancelled'));
  cancel();
  clock.advance(1);
  t.end();
});
