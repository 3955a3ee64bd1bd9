import fc from 'fast-check';
import t from 'tap';
import { comparableText, octetsOf, readValue, valueText } from '../../src/record/recordText.ts';

t.test('property: whatever a record holds is read back as it was', async (t) => {
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.constant(Number.POSITIVE_INFINITY),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(fc.string(), { maxLength: 3 }).map((each) => new Set(each)),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
      fc
        .array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 })
        .map((entries) => new Map(entries)),
    ),
  }));
  fc.assert(
    fc.property(value, (each) => {
      const text = valueText(each);
      t.notMatch(text, /\n/);
      t.strictSame(readValue(text), each);
    }),
    { seed: 1, numRuns: 300 },
  );
});

t.test('what is compared does not hang on the order of keys', async (t) => {
  const [a, b] = [new Map([['x', { p: 1, q: undefined }]]), new Map([['x', { p: 1 }]])];
  t.equal(comparableText({ d: a, c: [2n, 1] }), comparableText({ c: [2n, 1], d: b }));
  t.not(comparableText({ c: [1, 2] }), comparableText({ c: [2, 1] }));
});

t.test('octets that are none are no value', async (t) => {
  for (const hex of ['f', 'zz', 'FF']) t.throws(() => octetsOf(hex), SyntaxError);
  t.throws(() => readValue('{"~octets":"f"}'), SyntaxError);
});
