import t from 'tap';
import { KeyWatch, type WatchedSession } from '../../src/daemon/keyWatch.ts';
import { KeyWatcher } from '../../src/daemon/keyWatcher.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const ZERO = { missing: 0, unexpected: 0, wrong: 0 };
const keyed: WatchedSession = { name: 'keyed', hasKey: true, up: false };
const bare: WatchedSession = { name: 'bare', hasKey: false, up: false };
const up: WatchedSession = { name: 'up', hasKey: true, up: true };

/** Whom a watch suspects when one counter grows: `name kind others`. */
function suspects(kind: keyof typeof ZERO, ...sessions: readonly WatchedSession[]) {
  const watch = new KeyWatch();
  watch.look({ ...ZERO, [kind]: 5 }, sessions, 0);
  return watch
    .look({ ...ZERO, [kind]: 6 }, sessions, 1000)
    .map(({ neighbour, mismatch }) => `${neighbour} ${mismatch.kind} ${mismatch.others.join(' ')}`);
}

t.test('whoever fits is suspected, and nobody else', (t) => {
  t.same(suspects('wrong', keyed, bare, up), ['keyed wrong ']);
  t.same(suspects('missing', keyed, bare, up), ['keyed missing ']);
  t.same(suspects('unexpected', keyed, bare, up), ['bare unexpected ']);
  const other = { ...keyed, name: 'other' };
  t.same(suspects('wrong', keyed, other), ['keyed wrong other', 'other wrong keyed']);
  t.same(suspects('wrong', up), [], 'a session that is up has no such trouble');
  t.end();
});

t.test('what the kernel had counted before is nobody of ours', (t) => {
  t.same(new KeyWatch().look({ ...ZERO, wrong: 9 }, [keyed], 0), []);
  t.end();
});

t.test('it is told once, known since then, and forgotten when the session is up', (t) => {
  const watch = new KeyWatch();
  const look = (wrong: number, session: WatchedSession, at: number) =>
    watch.look({ ...ZERO, wrong }, [session], at).length;
  look(0, keyed, 0);
  t.equal(look(1, keyed, 1000), 1);
  t.equal(look(2, keyed, 2000), 0);
  t.equal(look(2, keyed, 3000), 0);
  t.match(watch.of('keyed'), { kind: 'wrong', since: 1000, others: [] });
  look(2, { ...keyed, up: true }, 4000);
  t.equal(watch.of('keyed'), undefined);
  t.equal(look(3, keyed, 5000), 1, 'and told again the next time');
  look(3, { ...keyed, hasKey: false }, 6000);
  t.equal(watch.of('keyed'), undefined, 'it has no key any more');
  t.end();
});

t.test(
  'the watcher looks as long as it is not stopped, and only where the kernel counts',
  async (t) => {
    const clock = new VirtualClock();
    const found: string[] = [];
    let wrong = 0;
    let reads = 0;
    const watcher = new KeyWatcher({
      clock,
      sessions: () => [keyed],
      onFound: ({ neighbour, at }) => found.push(`${neighbour} ${at - clock.wall()}`),
      read: async () => ({ ...ZERO, wrong: reads++ && wrong }),
    });
    await watcher.start();
    wrong = 1;
    clock.advance(2000);
    await Promise.resolve();
    await Promise.resolve();
    t.same(found, ['keyed 0']);
    t.match(watcher.of('keyed'), { kind: 'wrong' });
    watcher.stop();
    clock.advance(10_000);
    t.equal(reads, 2);

    const blind = new KeyWatcher({
      clock,
      sessions: () => [],
      onFound: () => {},
      read: async () => {
        reads++;
        return undefined;
      },
    });
    await blind.start();
    clock.advance(10_000);
    t.equal(reads, 3);
  },
);
