import fc from 'fast-check';
import t from 'tap';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';

t.test('a duration is a whole number and a unit; only 0 may lack the unit', (t) => {
  t.same(['250ms', '5s', '3m', '1h', '0', '0s'].map(parseDuration), [250, 5000, 180e3, 36e5, 0, 0]);
  for (const text of ['', '90', '1.5s', '-5s', '5 s', '5S', 's', '1h30m', '1e3s', '9999999999s']) {
    t.equal(parseDuration(text), undefined, text);
  }
  t.end();
});

t.test('a duration is written with the largest unit that divides it', (t) => {
  t.same([0, 250, 1000, 90_000, 180_000, 3_600_000, 5_400_000].map(formatDuration), [
    ...['0s', '250ms', '1s', '90s', '3m', '1h', '90m'],
  ]);
  t.end();
});

t.test('what is written is read back the same', (t) => {
  const property = fc.property(fc.nat(1e9), (ms) => parseDuration(formatDuration(ms)) === ms);
  t.doesNotThrow(() => fc.assert(property, { seed: 1 }));
  t.end();
});
