import t from 'tap';
import { NotSeen, Timeline } from '../../src/demo/timeline.ts';

t.test('what was seen already is not waited for', async (t) => {
  const timeline = new Timeline();
  timeline.note('edge', 'wakes');
  await timeline.see([['edge', 'wakes']], 0);
  t.equal(timeline.moments.length, 1);
});

t.test('all of the sights are waited for, in whatever order they come', async (t) => {
  const timeline = new Timeline();
  let seen = false;
  const wait = timeline
    .see(
      [
        ['a', 'x'],
        ['b', 'y'],
      ],
      60_000,
    )
    .then(() => {
      seen = true;
    });
  timeline.note('b', 'y');
  await Promise.resolve();
  t.equal(seen, false);
  timeline.note('a', 'x');
  await wait;
  t.equal(seen, true);
});

t.test('what a step before has seen does not count', async (t) => {
  const timeline = new Timeline();
  timeline.note('a', 'x');
  timeline.begin();
  await t.rejects(timeline.see([['a', 'x']], 1), NotSeen);
});

t.test('what does not come within the limit is named', async (t) => {
  const timeline = new Timeline();
  timeline.note('a', 'x');
  await t.rejects(
    timeline.see(
      [
        ['a', 'x'],
        ['b', 'reads UPDATE'],
      ],
      1,
    ),
    {
      name: 'NotSeen',
      message: 'not seen within 0.001 s: b reads UPDATE',
    },
  );
});

t.test('a time counts from the beginning of the step', async (t) => {
  const timeline = new Timeline();
  const before = performance.now();
  timeline.begin();
  timeline.note('a', 'x', before + 1000);
  const after = timeline.find(['a', 'x'])?.after ?? Number.NaN;
  t.ok(after <= 1000 && after > 0);
});
