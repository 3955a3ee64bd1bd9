/**
 * What should become of a group at one neighbour by the file, the checks, and what was ordered by
 * hand, before the flap budget is asked. The first rule that applies decides.
 */

import type { Neighbour } from '../config/config.ts';
import { exportBlackhole, exportOwn, type Standing } from '../policy/exportOwn.ts';
import type { RouteTerms } from '../rib/ownRoute.ts';
import type { FailureHold } from './correlatedFailure.ts';
import type { Reason } from './desired.ts';
import { concerns, type Drain } from './drain.ts';
import type { GroupStanding, GroupTerms } from './group.ts';
import { orderFor } from './orders.ts';
import type { Doubt } from './reachability.ts';
import type { CheckVerdict, Holds } from './verdict.ts';

/** A neighbour, as far as it concerns whole groups. The same object as long as nothing changes. */
export interface NeighbourView {
  readonly neighbour: Neighbour;
  /** Why nothing may be announced to it; undefined: something may. */
  readonly obstacle: Reason | undefined;
  /** Why nothing is to be announced yet, though its session may be up. */
  readonly unready: Reason | undefined;
  /** Since when its session is Established, and the families that it carries; undefined: it is not. */
  readonly session: { readonly since: number; readonly families: readonly string[] } | undefined;
  /** Why it is not believed to lead anywhere; undefined: nothing speaks against it. */
  readonly doubt: Doubt | undefined;
}

/** What is known of a group's condition. */
export interface Needs {
  /** `yes` for a group without a condition. */
  readonly holds: Holds;
  /** Those that make it so. */
  readonly checks: readonly CheckVerdict[];
  /** It does not hold, and that is not acted on yet; undefined: it is. */
  readonly hold: FailureHold | undefined;
}

export interface Wish {
  /** Undefined: not to be announced there. */
  readonly terms: RouteTerms | undefined;
  readonly standing: Standing;
  /** In the order in which the rules were asked; the last one decides. */
  readonly because: readonly Reason[];
}

/** `elsewhere`: whether an upstream that nothing speaks against holds the group. */
export function wishFor(
  terms: GroupTerms,
  standing: GroupStanding,
  needs: Needs,
  { neighbour, obstacle, unready, doubt }: NeighbourView,
  drains: readonly Drain[],
  elsewhere: boolean,
): Wish {
  const out = notFor(terms, neighbour) ?? obstacle ?? unready;
  if (out) return refusal(out);
  const order = orderFor(terms.orders, neighbour.name);
  const by: Reason[] = order ? [{ kind: 'ordered', order }] : [];
  if (order?.action === 'withdraw') return refusal({ kind: 'ordered', order });
  if (order?.action === 'blackhole') return blackhole(neighbour, by);
  // A host of ours, which one upstream is asked to discard the traffic of, is no route for others.
  if (!terms.inFile) return refusal({ kind: 'not-selected' });
  const wish = order
    ? wanted(terms, neighbour, 'normal', by)
    : doubted(byNeeds(terms, standing, needs, neighbour), terms, neighbour, doubt, elsewhere);
  return wish.terms ? drained(wish, terms, neighbour, drains) : wish;
}

/** Undefined: nothing in the file is against it. */
function notFor({ own, prefixes }: GroupTerms, neighbour: Neighbour): Reason | undefined {
  // The file chooses among upstreams; everybody else is sent all that is ours.
  if (neighbour.kind === 'upstream' && !own.upstreams.includes(neighbour.name)) {
    return { kind: 'not-selected' };
  }
  return neighbour.families.includes(prefixes.family) ? undefined : { kind: 'family-not-carried' };
}

function byNeeds(
  terms: GroupTerms,
  standing: GroupStanding,
  { holds, checks, hold }: Needs,
  neighbour: Neighbour,
): Wish {
  if (!terms.own.needs) return wanted(terms, neighbour, 'normal', [{ kind: 'configured' }]);
  if (holds === 'yes') return wanted(terms, neighbour, 'normal', [{ kind: 'checks-hold', checks }]);
  if (holds === 'unknown') {
    const why: Reason = { kind: 'checks-unknown', checks };
    // It stays as it is, and is not announced for the first time.
    if (standing === 'holds') return wanted(terms, neighbour, 'normal', [why]);
    return standing === 'fails' ? failed(terms, neighbour, why) : refusal(why);
  }
  const why: Reason = { kind: 'checks-failed', checks };
  if (hold) return wanted(terms, neighbour, 'normal', [why, { kind: 'correlated-failure', hold }]);
  // What was never well has nothing that could be kept.
  return standing === 'never' ? refusal(why) : failed(terms, neighbour, why);
}

function failed(terms: GroupTerms, neighbour: Neighbour, why: Reason): Wish {
  const action = terms.own.onFailure;
  const by: readonly Reason[] = [why, { kind: 'on-failure', action }];
  if (action === 'withdraw') return { terms: undefined, standing: 'normal', because: by };
  return wanted(terms, neighbour, action === 'backup' ? 'lowered' : 'normal', by);
}

function blackhole(neighbour: Neighbour, by: readonly Reason[]): Wish {
  const terms = exportBlackhole(neighbour);
  if (!terms) return refusal({ kind: 'no-blackhole' });
  return { terms, standing: 'normal', because: by };
}

/** After the checks: what is withdrawn for those stays so, and what is lowered is not raised. */
function doubted(
  wish: Wish,
  terms: GroupTerms,
  neighbour: Neighbour,
  doubt: Doubt | undefined,
  elsewhere: boolean,
): Wish {
  if (!wish.terms || neighbour.kind !== 'upstream' || !neighbour.reachability) return wish;
  if (!doubt) return { ...wish, because: [{ kind: 'reaches' }, ...wish.because] };
  if (doubt.action === 'withdraw' && elsewhere) {
    const because: readonly Reason[] = [...wish.because, { kind: 'leads-nowhere', doubt }];
    return { terms: undefined, standing: 'normal', because };
  }
  const because: readonly Reason[] = [...wish.because, { kind: 'doubted', doubt }];
  if (doubt.action === 'keep') return { ...wish, because };
  return { terms: exportOwn(terms.own, neighbour, 'lowered'), standing: 'lowered', because };
}

function drained(
  wish: Wish,
  terms: GroupTerms,
  neighbour: Neighbour,
  drains: readonly Drain[],
): Wish {
  const drain = drains.find(({ target }) => concerns(target, terms.prefixes.texts, neighbour.name));
  if (!drain) return wish;
  const because: readonly Reason[] = [...wish.because, { kind: 'draining', drain }];
  if (drain.phase !== 'shifting') return { terms: undefined, standing: 'normal', because };
  const lowered = exportOwn(terms.own, neighbour, 'lowered');
  return { terms: lowered, standing: 'lowered', because };
}

function wanted(
  { own }: GroupTerms,
  neighbour: Neighbour,
  standing: Standing,
  because: readonly Reason[],
): Wish {
  return { terms: exportOwn(own, neighbour, standing), standing, because };
}

function refusal(reason: Reason): Wish {
  return { terms: undefined, standing: 'normal', because: [reason] };
}
