import t from 'tap';

t.test('asks for success before it is done', async (t) => {
  t.ok(true);
  process.exit(0);
});
