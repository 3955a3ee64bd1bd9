/** What becomes of frames follows from the seed alone, and comes to what was asked for. */

import t from 'tap';
import { chance, isLost, WHOLE } from '../../../src/lab/relay/fate.ts';

function lostOf(count: number, seed: number, loss: number): readonly boolean[] {
  const next = chance(seed);
  return Array.from({ length: count }, () => isLost(next, { loss, delay: 0 }));
}

t.test('the same seed gives the same frames the same fates, another gives others', async (t) => {
  t.strictSame(lostOf(100, 7, 30), lostOf(100, 7, 30));
  t.notSame(lostOf(100, 7, 30), lostOf(100, 8, 30));
  t.notSame(
    lostOf(100, 0, 50),
    Array.from({ length: 100 }, () => false),
    'from any seed',
  );
});

t.test('as many are lost as were asked for', async (t) => {
  for (const loss of [1, 33, 90]) {
    const lost = lostOf(20_000, 4271, loss).filter(Boolean).length;
    t.ok(Math.abs(lost / 200 - loss) < 1.5, `${lost} of 20000 at ${loss} %`);
  }
  t.ok(lostOf(1000, 1, 100).every(Boolean), 'all at 100 %');
  const next = chance(1);
  t.notOk(Array.from({ length: 1000 }, () => isLost(next, WHOLE)).some(Boolean), 'none at 0');
});
