import t from 'tap';
import { EventQueue } from '../../src/daemon/queue.ts';

t.test('an event raised in dealing with another waits until that is done', (t) => {
  const log: string[] = [];
  const queue: EventQueue<string> = new EventQueue((event) => {
    log.push(`begin ${event}`);
    if (event === 'a') {
      queue.push('b');
      queue.push('c');
    }
    if (event === 'b') queue.push('d');
    log.push(`end ${event}`);
  });
  queue.push('a');
  t.same(
    log,
    ['a', 'b', 'c', 'd'].flatMap((event) => [`begin ${event}`, `end ${event}`]),
  );
  t.end();
});

t.test('what dealing throws goes to whoever raised it, and the queue goes on', (t) => {
  const dealt: string[] = [];
  const queue: EventQueue<string> = new EventQueue((event) => {
    if (event === 'bad') {
      queue.push('waiting');
      throw new Error('a bug');
    }
    dealt.push(event);
  });
  t.throws(() => queue.push('bad'), /a bug/);
  queue.push('next');
  t.same(dealt, ['waiting', 'next'], 'nothing is lost, nor out of order');
  t.end();
});

t.test('what is raised while something is done waits until all of it is done', (t) => {
  const dealt: string[] = [];
  const queue: EventQueue<string> = new EventQueue((event) => dealt.push(event));
  const result = queue.during(() => {
    queue.push('a');
    queue.during(() => queue.push('b'));
    return dealt.length;
  });
  t.equal(result, 0);
  t.same(dealt, ['a', 'b']);
  t.throws(() =>
    queue.during(() => {
      queue.push('c');
      throw new Error('a bug');
    }),
  );
  queue.push('d');
  t.same(dealt, ['a', 'b', 'c', 'd'], 'nothing is lost by what throws');
  t.end();
});
