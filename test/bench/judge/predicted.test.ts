/** The judge's cells as the simulator sees them, at the real scale: the figures of the study. */

import t from 'tap';
import { CELLS, type Cell, type EdgeName, titleOf } from '../../../bench/judge/cell.ts';
import { outcomeText } from '../../../bench/judge/outcome.ts';
import { predict } from '../../../bench/judge/predicted.ts';
import { TimeScale, type TraceName } from '../../../bench/judge/trace.ts';

const REAL = new TimeScale(900);

function predicted(trace: TraceName, edge: EdgeName): string {
  const cell: Cell = { trace, edge, flaps: 'site', upstreams: 1, behind: 'cisco' };
  return outcomeText(predict(cell, REAL));
}

t.test('the back-off double waits twice as long after each withdrawal, and begins anew', (t) => {
  t.equal(predicted('one', 'back-off'), '10/2/0');
  t.match(predicted('minutes', 'back-off'), /^2\d{3}\/8\/1$/, 'as in the study: 2083/8/1');
  t.match(predicted('windows', 'back-off'), /^1[67]\d\d\/8\/1$/, 'as in the study: 1680/8/1');
  t.end();
});

t.test('ours and the naive one are those of the simulator', (t) => {
  t.equal(predicted('one', 'ours, right'), '5/2/0');
  t.match(predicted('minutes', 'naive'), /\/20\/1$/);
  t.match(predicted('minutes', 'ours, right'), /^5\d\d\/4\/0$/);
  t.end();
});

t.test('no cell is played twice, and at a fifth of the scale all times are whole seconds', (t) => {
  const names = CELLS.map((cell) => `${titleOf(cell)} ${cell.edge}`);
  t.equal(new Set(names).size, names.length);
  const scale = new TimeScale(180);
  const times = CELLS.flatMap(({ trace }) => scale.failures(trace, 'web')).flatMap((failure) => [
    ...[failure.at, failure.every, failure.for],
  ]);
  t.same(
    times.filter((ms) => ms % 1000 !== 0),
    [],
  );
  t.end();
});
