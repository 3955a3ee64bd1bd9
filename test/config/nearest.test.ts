import fc from 'fast-check';
import t from 'tap';
import { editDistance, nearest } from '../../src/config/nearest.ts';

const KEYS = ['asn', 'router-id', 'listen', 'log', 'prefixes', 'upstreams', 'hold-time', 'med'];

t.test('the nearest key is found through slips of the finger and other spellings', (t) => {
  const slips = {
    ans: 'asn',
    router_id: 'router-id',
    routerId: 'router-id',
    'Router ID': 'router-id',
    lsiten: 'listen',
    prefix: 'prefixes',
    upstream: 'upstreams',
    holdtime: 'hold-time',
    'hold.time': 'hold-time',
  };
  for (const [slip, key] of Object.entries(slips)) t.equal(nearest(slip, KEYS), key, slip);
  t.end();
});

t.test('a word that is near to none has no nearest', (t) => {
  for (const word of ['', '-', 'x', 'route-map', 'description', 'y'.repeat(100_000)]) {
    t.equal(nearest(word, KEYS), undefined, word.slice(0, 20));
  }
  t.end();
});

t.test('insertion, deletion, substitution and a swap of neighbours each cost one', (t) => {
  t.same(
    [
      ['', 'abc'],
      ['abc', 'abc'],
      ['abc', 'acb'],
      ['abc', 'ab'],
      ['abc', 'axc'],
      ['abc', 'abxc'],
      ['kitten', 'sitting'],
    ].map(([a = '', b = '']) => editDistance(a, b)),
    [3, 0, 1, 1, 1, 1, 3],
  );
  t.end();
});

t.test('the distance is symmetric, 0 for equals, and at most the longer length', (t) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  const property = fc.property(word, word, (a, b) => {
    const d = editDistance(a, b);
    return d === editDistance(b, a) && (d === 0) === (a === b) && d <= Math.max(a.length, b.length);
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 2, numRuns: 300 }));
  t.end();
});
