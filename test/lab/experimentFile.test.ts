/** Experiments as files: what is read, and what is told of a faulty one. */

import t from 'tap';
import { experimentOf } from '../../src/lab/experimentFile.ts';

const read = (text: string) => experimentOf(text, 'x.yaml', 'x');

const GOOD = `title: A link dies
topology: edge
client: { node: client, url: "http://203.0.113.10/" }
steps:
  - { at: 5s, do: restore, link: [edge, transit-a] }
  - { at: 1s, do: cut, link: [edge, transit-a] }
duration: 9s
expect:
  - { that: outage, at-most: 2s }
  - { that: updates, from: transit-b, updates-at-most: 3 }
`;

t.test(
  'an experiment has its steps in the order of time, and every bound that was written',
  async (t) => {
    const experiment = read(GOOD);
    t.strictSame(
      experiment.steps.map(({ at, deed }) => [at, deed]),
      [
        [1000, 'cut'],
        [5000, 'restore'],
      ],
    );
    t.match(experiment.expectations, [
      { that: 'outage', atLeast: 0, atMost: 2000 },
      { that: 'updates', from: 'transit-b', atMost: 3, prefix: '203.0.113.0/24' },
    ]);
    t.match(experiment, { quick: false, needs: [], duration: 9000 });
  },
);

t.test('a link is degraded by a part that is lost and a delay', async (t) => {
  const degrade = 'do: degrade, link: [edge, transit-a], loss: 33%, delay: 20ms';
  const text = `${GOOD.replace('do: cut, link: [edge, transit-a]', degrade)}needs: [degraded-links]\n`;
  const { steps, needs } = read(text);
  t.match(steps[0], { deed: 'degrade', degradation: { loss: 33, delay: 20 } });
  t.match(steps[1], { deed: 'restore', degradation: { loss: 0, delay: 0 } });
  t.strictSame(needs, ['degraded-links']);
});

t.test('what cannot be played is told with its place', async (t) => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'an unknown deed',
      GOOD.replace('do: cut', 'do: cutt'),
      /x\.yaml:6:.*is not something to do[\s\S]*did you mean cut\?/,
    ],
    [
      'a cut at a node',
      GOOD.replace('cut, link: [edge, transit-a]', 'cut, node: edge'),
      /cut is done to a link/,
    ],
    ['a kill of a link', GOOD.replace('do: cut', 'do: kill'), /kill is done to a node/],
    [
      'a degraded link that is as good as before',
      GOOD.replace('do: cut', 'do: degrade'),
      /degrade lacks loss/,
    ],
    ['a cut that loses a part', GOOD.replace('do: cut', 'do: cut, loss: 5%'), /cut takes neither/],
    ['an unknown need', `${GOOD}needs: [bdf]\n`, /did you mean bfd\?/],
    ['an unknown key', GOOD.replace('at-most: 2s', 'at-mots: 2s'), /did you mean at-most\?/],
    ['a path without a neighbour', `${GOOD}  - { that: path, is: none }\n`, /path needs from/],
    [
      'a state that is none',
      `${GOOD}  - { that: damped, from: a, is: perhaps }\n`,
      /does not take "perhaps"/,
    ],
    ['no steps', GOOD.replace(/steps:\n.*\n.*\n/, ''), /the key steps is missing/],
    ['nothing', '', /it is empty/],
  ];
  for (const [what, text, message] of cases) t.throws(() => read(text), { message }, what);
});
