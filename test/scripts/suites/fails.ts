import t from 'tap';

interface Pair {
  readonly left: number;
  readonly right: number;
}

t.test('holds', async (t) => {
  t.ok(true, 'not worth a line');
});
t.test('differs', async (t) => {
  const pair: Pair = { left: 1, right: 2 };
  t.equal(pair.left, pair.right, 'left is right');
});
