/** What is claimed of the flap budget, beside what the judge has seen. */

import { type Cell, titleOf } from './cell.ts';
import { type Outcome, outcomeText } from './outcome.ts';
import { type TimeScale, TRACES } from './trace.ts';

export interface Judged {
  readonly cell: Cell;
  readonly live: Outcome;
  readonly simulated: Outcome;
}

export interface Verdict {
  readonly claim: string;
  readonly holds: boolean;
  readonly figures: string;
}

/** Seconds. FRR looks for reuse every ten seconds and decays every five, and its clock is not ours. */
const SUPPRESSION_SKEW = 15;
/** Seconds a flap: what daemons and kernel take, and what four looks a second do not see. */
const FLAP_SKEW = 0.5;
/** A session over the link has to come back first: a simulated one is there at once. Seconds a flap. */
const SESSION_SKEW = 3;
/** Seconds: no shadow decays sooner after a charge, at whatever scale. */
const FIRST_DECAY = 6;
/** How much less dark than the naive one in bursts. */
const GAIN = 3;

/** How far apart the live and the simulated time in the dark may be, in seconds. */
export function allowedSkew({ cell, live, simulated }: Judged): number {
  const each = cell.flaps === 'link' && cell.upstreams === 1 ? SESSION_SKEW : FLAP_SKEW;
  const suppressed = live.suppressions + simulated.suppressions > 0;
  return flapCount(cell) * each + (suppressed ? SUPPRESSION_SKEW : 1);
}

function flapCount({ trace }: Cell): number {
  return TRACES[trace].bursts.reduce((sum, { repeat }) => sum + repeat, 0);
}

export function verdicts(judged: readonly Judged[], scale: TimeScale): readonly Verdict[] {
  return judged.flatMap((each) => {
    const { cell } = each;
    const naive = judged.find((other) => isNaive(other, cell));
    const ours = cell.edge.startsWith('ours');
    return [agreement(each), ...(ours && naive ? comparison(each, naive, scale) : [])];
  });
}

function isNaive({ cell }: Judged, beside: Cell): boolean {
  return cell.edge === 'naive' && titleOf(cell) === titleOf(beside);
}

function agreement(judged: Judged): Verdict {
  const { cell, live, simulated } = judged;
  const near = Math.abs(live.dark - simulated.dark) <= allowedSkew(judged);
  return {
    claim: `${titleOf(cell)}; ${cell.edge}: live and simulated agree`,
    holds: near && live.updates === simulated.updates && isSuppressedAlike(judged),
    figures: `${outcomeText(live)} live, ${outcomeText(simulated)} simulated`,
  };
}

function isSuppressedAlike({ live, simulated }: Judged): boolean {
  return live.suppressions === simulated.suppressions;
}

function comparison(ours: Judged, naive: Judged, scale: TimeScale): readonly Verdict[] {
  const { cell, live } = ours;
  const figures = `${outcomeText(live)} ours, ${outcomeText(naive.live)} naive`;
  const of = `${titleOf(cell)}; ${cell.edge}`;
  const hold = Math.max(scale.ms(5) / 1000, FIRST_DECAY) + 1;
  if (cell.trace === 'one') {
    const holds = live.dark <= naive.live.dark + hold;
    return [{ claim: `${of}: at most the first hold worse than naive`, holds, figures }];
  }
  if (cell.flaps === 'link' && cell.upstreams === 2) {
    const holds = live.dark < 1 && live.updates < naive.live.updates;
    return [{ claim: `${of}: never dark, and fewer UPDATEs`, holds, figures }];
  }
  const isRight = cell.edge !== 'ours, unknown' && cell.behind !== 'none';
  if (isRight) {
    const holds = live.dark * GAIN <= naive.live.dark;
    return [{ claim: `${of}: three times less dark than naive`, holds, figures }];
  }
  if (cell.edge !== 'ours, unknown') return [];
  const holds = live.dark <= naive.live.dark + flapCount(cell) * hold + SUPPRESSION_SKEW;
  return [{ claim: `${of}: at most the first holds worse than naive`, holds, figures }];
}
