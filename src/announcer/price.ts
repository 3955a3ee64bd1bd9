/**
 * What something would cost in flap budget, before it is done: nothing here charges anything. Times
 * are milliseconds since the epoch.
 */

import type { UpstreamConfig } from '../config/config.ts';
import { concerns, type DrainTarget } from './drain.ts';
import type { Group } from './group.ts';
import { type Charge, charged, penaltyAt, type Shadow, usedAgainAt } from './shadow.ts';
import type { State } from './state.ts';
import { isClean, NO_TRACK, type Track } from './track.ts';

/** Behind one upstream, of the prefix that it costs most. */
export interface Price {
  readonly upstream: string;
  readonly prefix: string;
  /** Now, and after all of it has happened at once. */
  readonly penalty: number;
  readonly after: number;
  /** From this on it is suppressed; undefined: it is not damped there, as far as is known. */
  readonly suppress: number | undefined;
  /** It would be suppressed until then; undefined: it would not be. */
  readonly suppressedUntil: number | undefined;
}

/** Of these events, one after the other, to one track. */
export function priceOf(
  upstream: UpstreamConfig,
  prefix: string,
  track: Track,
  charges: readonly Charge[],
  now: number,
): Price {
  const { name, damping } = upstream;
  const { profile } = damping;
  const nothing = { upstream: name, prefix, penalty: 0, after: 0, suppress: undefined };
  if (!profile) return { ...nothing, suppressedUntil: undefined };
  let shadow: Shadow | undefined = track.shadow;
  for (const charge of charges) shadow = charged(profile, shadow, charge, now);
  return {
    upstream: name,
    prefix,
    penalty: penaltyAt(profile, track.shadow, now),
    after: penaltyAt(profile, shadow, now),
    suppress: profile.suppress,
    suppressedUntil: shadow?.suppressed ? usedAgainAt(profile, shadow) : undefined,
  };
}

/** One more flap, as `show budget` has it: down and up again. */
export function priceOfFlap(upstream: UpstreamConfig, group: Group, now: number): Price {
  const track = group.tracks.get(upstream.name) ?? NO_TRACK;
  const down = !track.wire && !isClean(track);
  const charges: readonly Charge[] = down ? ['reannounce', 'withdraw'] : ['withdraw', 'reannounce'];
  return priceOf(upstream, group.texts[0] ?? '', track, charges, now);
}

/** Made the last choice, withdrawn, announced again: at each upstream where that happens. */
export function priceOfDrain(state: State, target: DrainTarget, now: number): readonly Price[] {
  return state.config.upstreams.flatMap((upstream) => {
    const prices = state.groups.flatMap(({ terms, texts, tracks }) => {
      const track = tracks.get(upstream.name);
      if (!terms || !track?.wire || !concerns(target, texts, upstream.name)) return [];
      const charges = ['change', 'withdraw', 'reannounce'] as const;
      return [priceOf(upstream, texts[0] ?? '', track, charges, now)];
    });
    return dearest(prices) ?? [];
  });
}

export function dearest(prices: readonly Price[]): Price | undefined {
  let most: Price | undefined;
  for (const price of prices) if (!most || price.after > most.after) most = price;
  return most;
}
