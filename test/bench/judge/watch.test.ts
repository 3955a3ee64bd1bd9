/** What the judge counts, from what FRR tells. */

import t from 'tap';
import { Watch } from '../../../bench/judge/watch.ts';

const LINKED = new Set(['up-0']);
const LIMITS = { suppress: 2000, reuse: 750 };

function reading(penalty: number, state: 'used' | 'suppressed' | 'withdrawn') {
  const [used, suppressed] = [state === 'used', state === 'suppressed'];
  return { upstream: 'up-0', penalty, used, suppressed };
}

t.test('dark is what could be reached and is not, from when the service is well', (t) => {
  const watch = new Watch(0, LIMITS);
  watch.look(1000, { wellSince: 0, linked: LINKED }, [reading(0, 'used')]);
  watch.look(2000, { wellSince: undefined, linked: LINKED }, [reading(1000, 'withdrawn')]);
  t.equal(watch.dark, 0, 'the service itself is down');
  watch.look(3000, { wellSince: 2600, linked: LINKED }, [reading(1000, 'withdrawn')]);
  t.equal(watch.dark, 400);
  watch.look(4000, { wellSince: 2600, linked: LINKED }, [reading(1000, 'withdrawn')]);
  t.equal(watch.dark, 1400);
  watch.look(5000, { wellSince: 2600, linked: new Set() }, [reading(1000, 'withdrawn')]);
  t.equal(watch.dark, 1400, 'no link is there, so nobody can expect it');
  t.end();
});

t.test('a suppression is one, also when FRR hides it while the path is withdrawn', (t) => {
  const watch = new Watch(0, LIMITS);
  const truth = { wellSince: 0, linked: LINKED };
  const look = (at: number, penalty: number, state: 'used' | 'suppressed' | 'withdrawn') =>
    watch.look(at, truth, [reading(penalty, state)]);
  look(1, 1000, 'withdrawn');
  look(2, 1000, 'used');
  look(3, 2000, 'withdrawn');
  t.equal(watch.suppressions, 1);
  look(4, 1990, 'suppressed');
  look(5, 2990, 'withdrawn');
  look(6, 2990, 'suppressed');
  t.equal(watch.suppressions, 1, 'still the same');
  look(7, 740, 'suppressed');
  look(8, 740, 'suppressed');
  t.equal(watch.suppressions, 1, 'under the limit, and not looked at yet');
  look(9, 740, 'used');
  look(10, 1740, 'withdrawn');
  look(11, 1740, 'used');
  t.equal(watch.suppressions, 1);
  look(12, 2700, 'withdrawn');
  t.equal(watch.suppressions, 2);
  t.equal(watch.peak, 2990);
  t.end();
});
