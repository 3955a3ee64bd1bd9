/**
 * The short form of `npm run judge`: one flap, and three in a row, before an FRR that damps with a
 * half-life of a minute; an FRR that announces at once, and ours. All four are played at once, for
 * as long as the naive one is certain to be suppressed.
 */

import t from 'tap';
import type { Cell } from '../../bench/judge/cell.ts';
import { Gate } from '../../bench/judge/gate.ts';
import { playLive } from '../../bench/judge/live.ts';
import { outcomeText } from '../../bench/judge/outcome.ts';
import { TimeScale } from '../../bench/judge/trace.ts';
import { requireOrSkip } from '../support/requirements.ts';

const SCALE = new TimeScale(60);
const WINDOW = 60_000;
/** Seconds: the first decay after a flap comes so much later, and FRR and the kernel take their time. */
const HOLD = 8;

t.test(
  'RFC 2439: behind a network that damps, ours is less dark in a burst, and hardly more after one flap',
  requireOrSkip('frr', 'bird'),
  async (t) => {
    const gate = new Gate(2);
    const play = (trace: Cell['trace'], edge: Cell['edge']) =>
      playLive(
        { trace, edge, flaps: 'site', upstreams: 1, behind: 'cisco' },
        SCALE,
        (work) => gate.pass(work),
        WINDOW,
      );
    const [naiveOne, oursOne, naiveFew, oursFew] = await Promise.all([
      play('one', 'naive'),
      play('one', 'ours, right'),
      play('few', 'naive'),
      play('few', 'ours, right'),
    ]);
    t.ok(oursOne.dark <= naiveOne.dark + HOLD, `${outcomeText(oursOne)}, ${outcomeText(naiveOne)}`);
    t.equal(oursOne.updates, 2);
    t.equal(naiveFew.suppressions, 1);
    t.ok(oursFew.dark * 3 <= naiveFew.dark, `${outcomeText(oursFew)}, ${outcomeText(naiveFew)}`);
  },
);
