/** What the simulator says of a cell: the production decision on virtual time, at the same scale. */

import { DampedNetwork } from '../../src/simulate/dampedNetwork.ts';
import { happeningsOf, type Scenario } from '../../src/simulate/scenario.ts';
import { type Played, simulate } from '../../src/simulate/simulate.ts';
import { BackOff } from './backOff.ts';
import { type Cell, configOf, upstreamPlans } from './cell.ts';
import type { Outcome } from './outcome.ts';
import type { TimeScale } from './trace.ts';

export function scenarioOf(cell: Cell, scale: TimeScale): Scenario {
  const { trace, flaps, behind } = cell;
  const network = behind === 'none' ? ('none' as const) : scale.profile('cisco');
  const [first] = upstreamPlans(cell);
  return {
    failures: scale.failures(trace, flaps === 'site' ? 'web' : (first?.name ?? '')),
    duration: scale.end(trace),
    behind: new Map(upstreamPlans(cell).map(({ name }) => [name, network])),
  };
}

export function predict(cell: Cell, scale: TimeScale): Outcome {
  const scenario = scenarioOf(cell, scale);
  const { ours, naive } = simulate(configOf(cell, scale), scenario);
  if (cell.edge === 'naive') return outcomeOf(naive);
  return cell.edge === 'back-off' ? predictBackOff(cell, scale, scenario) : outcomeOf(ours);
}

function outcomeOf({ dark, upstreams }: Played): Outcome {
  return {
    dark,
    updates: upstreams.reduce((sum, { updates }) => sum + updates, 0),
    suppressions: upstreams.reduce((sum, { suppressions }) => sum + suppressions, 0),
    peak: Math.max(...upstreams.map(({ peakPenalty }) => peakPenalty)),
  };
}

/** One back-off for the site, or for the session over the link that flaps. Looked at each second. */
function predictBackOff(cell: Cell, scale: TimeScale, scenario: Scenario): Outcome {
  const plans = upstreamPlans(cell);
  const profile = cell.behind === 'none' ? undefined : scale.profile('cisco');
  const networks = plans.map(() => new DampedNetwork(profile));
  for (const network of networks) network.announce('', 0);
  const flapping = cell.flaps === 'site' ? networks : networks.slice(0, 1);
  const ahead = [...happeningsOf(scenario, configOf(cell, scale))];
  const backOff = new BackOff(scale);
  const counts = { dark: 0, updates: 0 };
  let [up, announced, due] = [true, true, Number.POSITIVE_INFINITY];
  for (let now = 0; now < scenario.duration; now += 1000) {
    for (let next = ahead[0]; next && next.at <= now; next = ahead[0]) {
      ahead.shift();
      up = next.up;
      due = up && !announced ? next.at + backOff.wait : Number.POSITIVE_INFINITY;
      if (up || !announced) continue;
      announced = false;
      backOff.withdrawn(now);
      counts.updates += flapping.length;
      for (const network of flapping) network.withdraw(now);
    }
    if (due <= now) {
      [announced, due] = [true, Number.POSITIVE_INFINITY];
      counts.updates += flapping.length;
      for (const network of flapping) network.announce('', now);
    }
    const expected = cell.flaps === 'link' ? up || plans.length > 1 : up;
    if (expected && !networks.some((network) => network.uses(now))) counts.dark++;
  }
  return {
    ...counts,
    suppressions: networks.reduce((sum, { suppressions }) => sum + suppressions, 0),
    peak: Math.max(...networks.map(({ peak }) => peak)),
  };
}
