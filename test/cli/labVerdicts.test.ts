/** Rounds of experiments: what is told of one, and of several that do not agree. */

import t from 'tap';
import { differingOf, reportLines, summaryLines } from '../../src/cli/labVerdicts.ts';
import type { ExperimentReport } from '../../src/lab/report.ts';

const plain = { paint: (_colour: string, text: string) => text };

function played(
  name: string,
  round: number,
  oks: readonly boolean[],
  degradedBy: 'relay' | null = null,
): ExperimentReport {
  return {
    ...{ name, round, title: 'A link is cut', duration: 1, hasClient: false, degradedBy },
    result: oks.every(Boolean) ? 'ok' : 'failed',
    verdicts: oks.map((ok, i) => ({ expected: `sight ${i}`, seen: 'something', ok })),
    ...{ deeds: [], outages: [], paths: {} },
  };
}

t.test('an experiment that comes to another verdict in another round is named', async (t) => {
  const same = [played('a', 1, [true]), played('b', 1, [true, true]), played('a', 2, [true])];
  t.strictSame(differingOf(same), []);
  t.strictSame(differingOf([...same, played('b', 2, [true, false])]), ['b']);
  t.strictSame(summaryLines(same), [
    '3 experiments: 3 as expected',
    'the same verdicts in all 2 rounds',
  ]);
  t.strictSame(summaryLines([...same, played('b', 2, [true, false])]), [
    '4 experiments: 3 as expected; 1 failed: b',
    'not the same in each round: b',
  ]);
  t.strictSame(summaryLines([played('a', 1, [true])]), ['1 experiments: 1 as expected']);
});

t.test('a relay in the place of netem is told with the verdicts', async (t) => {
  const relayed = played('a', 1, [true, false], 'relay');
  t.strictSame(reportLines(relayed, plain), [
    'failed        a: A link is cut',
    '  this kernel has no netem: the link is a relay',
    '  seen     sight 0; it was something',
    '  NOT SEEN sight 1; it was something',
  ]);
  const absent = { name: 'b', title: 'B', result: 'not available', why: 'no koffi' } as const;
  t.strictSame(reportLines({ ...absent, round: 1 }, plain), ['not available b: B', '  no koffi']);
});
