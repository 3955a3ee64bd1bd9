/** The comparison says who was best, also where that is somebody else. */

import t from 'tap';
import { comparisonText } from '../../src/lab/compare.ts';

t.test('whoever is better is named, with the figure of multihomed beside it', async (t) => {
  const head = { experiment: 'cut-link', title: 'A link is cut', failure: undefined };
  const figures = (outage: number, updates: number) => ({
    ...{ outage, updates, false: 0, suppressed: 0, back: 0, dark: 0 },
  });
  const text = comparisonText(
    [
      { ...head, player: 'multihomed', figures: figures(200, 4) },
      { ...head, player: 'frr', figures: figures(150, 4) },
      { ...head, player: 'bird', figures: undefined, failure: 'could not be played' },
    ],
    {
      date: '2026-01-02',
      versions: { multihomed: '1', frr: '2', bird: '3', exabgp: '4', gobgp: '5' },
    },
  );
  t.match(text, /Measured 2026-01-02 .*multihomed 1, frr 2, bird 3, exabgp 4, gobgp 5\./);
  t.match(text, /\| multihomed \| 200 \| 0 \| 4 \|/);
  t.match(text, /\| bird: could not be played \| - \| - \| - \|/);
  t.match(text, /no answer for the client: frr is best, 150 ms; multihomed 200 ms/);
  t.match(text, /until the direct path is back: no difference/);
  t.notMatch(text, /- UPDATEs/);
});
