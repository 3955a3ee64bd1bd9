import fc from 'fast-check';
import t from 'tap';
import { httpDate } from '../../src/control/httpDate.ts';
import { isoTime } from '../../src/control/isoTime.ts';

/** All that a Date can tell, far beyond four digits of a year too, and mostly near us. */
const time = fc.oneof(
  fc.integer({ min: -8.64e15, max: 8.64e15 }),
  fc.integer({ min: -62_200_000_000_000, max: 253_402_300_800_000 }),
  fc.integer({ min: 0, max: 4_102_444_800_000 }),
);

t.test('a time reads as toISOString has it', async (t) => {
  fc.assert(
    fc.property(time, (at) => isoTime(at) === new Date(at).toISOString()),
    { seed: 1, numRuns: 2000 },
  );
  t.equal(isoTime(0), '1970-01-01T00:00:00.000Z');
  t.equal(
    isoTime(1_700_000_000_000.9),
    '2023-11-14T22:13:20.000Z',
    'parts of a millisecond fall off',
  );
  t.equal(isoTime(undefined), null);
  t.throws(() => isoTime(Number.NaN), RangeError);
});

t.test('RFC 9110 §5.6.7: a Date header reads as toUTCString has it', async (t) => {
  const years = fc.integer({ min: 0, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(years, (at) => httpDate(at) === new Date(at).toUTCString()),
    { seed: 2, numRuns: 2000 },
  );
  t.equal(httpDate(784_111_777_000), 'Sun, 06 Nov 1994 08:49:37 GMT');
});
