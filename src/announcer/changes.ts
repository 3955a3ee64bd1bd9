/** What one decision has brought that the operator is told, beside what goes to the wire. */

import type { PrefixList } from '../rib/prefixList.ts';
import { type FailureHold, holdIn } from './correlatedFailure.ts';
import type { Outcome } from './decide.ts';
import type { Decision, HeldReason } from './desired.ts';
import type { Drain } from './drain.ts';
import type { Doubt } from './reachability.ts';
import type { Undone } from './state.ts';
import type { CheckVerdict } from './verdict.ts';

export interface NewHold {
  readonly neighbour: string;
  readonly prefixes: readonly string[];
  readonly reason: HeldReason;
}

export interface NewDoubt {
  readonly neighbour: string;
  /** Undefined: nothing speaks against the upstream any more. */
  readonly doubt: Doubt | undefined;
}

export interface Lapse {
  readonly check: CheckVerdict;
  /** Its lease was over, and is no longer. */
  readonly over: boolean;
}

export interface Changes {
  readonly doubts: readonly NewDoubt[];
  readonly lapses: readonly Lapse[];
  readonly holds: readonly NewHold[];
  readonly drains: readonly Drain[];
  readonly undone: readonly Undone[];
  /** What a drained upstream alone could still carry, since another one was lost. */
  readonly nowhere: readonly Nowhere[];
  /** Withdrawals wait from now on, or no longer; undefined: nothing about that is new. */
  readonly failure: FailureHeld | undefined;
}

export interface Nowhere {
  readonly neighbour: string;
  readonly prefixes: readonly string[];
}

export interface FailureHeld {
  readonly hold: FailureHold;
  readonly ended: boolean;
}

export function changesBetween(before: Outcome | undefined, after: Outcome): Changes {
  const known = new Map(before?.state.drains.map((drain) => [drain.startedAt, drain.phase]));
  return {
    doubts: newDoubts(before, after),
    lapses: newLapses(before, after),
    holds: newHolds(before, after),
    drains: after.state.drains.filter(({ startedAt, phase }) => known.get(startedAt) !== phase),
    undone: after.state.undone.filter((each) => !before?.state.undone.includes(each)),
    nowhere: before ? newlyNowhere(before, after) : [],
    failure: failureHeld(before, after),
  };
}

/** Not what nobody has had yet: after a start the sessions come up one by one. */
function newlyNowhere(before: Outcome, { desired }: Outcome): readonly Nowhere[] {
  return [...desired.values()].flatMap(({ neighbour, decisions }) => {
    const known = new Set(nowhereAt(before.desired.get(neighbour)?.decisions).map(firstOf));
    const fresh = nowhereAt(decisions).filter((list) => !known.has(firstOf(list)));
    return fresh
      .filter((list) => isOnAnyWire(before, firstOf(list)))
      .map(({ texts }) => ({ neighbour, prefixes: texts }));
  });
}

function nowhereAt(decisions: readonly Decision[] = []): readonly PrefixList[] {
  const last = decisions.filter(({ reason }) => reason.kind === 'drained-last');
  return last.map(({ prefixes }) => prefixes);
}

function firstOf({ texts }: PrefixList): string | undefined {
  return texts[0];
}

function isOnAnyWire({ state: { groups } }: Outcome, prefix: string | undefined): boolean {
  const group = groups.find(({ texts }) => prefix !== undefined && texts.includes(prefix));
  return [...(group?.tracks.values() ?? [])].some(({ wire }) => wire !== undefined);
}

function failureHeld(before: Outcome | undefined, after: Outcome): FailureHeld | undefined {
  const [old, hold] = [before && holdIn(before.state.guard), holdIn(after.state.guard)];
  if (hold) return old?.until === hold.until ? undefined : { hold, ended: false };
  return old && { hold: old, ended: true };
}

/** A session that ends takes its doubts along; that is told by itself. */
function newDoubts(before: Outcome | undefined, after: Outcome): readonly NewDoubt[] {
  if (before?.views === after.views) return [];
  const known = new Map(before?.views.map((view) => [view.neighbour.name, view.doubt]));
  return after.views.flatMap(({ neighbour: { name }, doubt }) =>
    known.get(name) === doubt ? [] : [{ neighbour: name, doubt }],
  );
}

function newLapses(before: Outcome | undefined, { verdicts }: Outcome): readonly Lapse[] {
  if (!before || before.verdicts === verdicts) return [];
  return [...verdicts.values()].flatMap((check) => {
    const was = before.verdicts.get(check.name)?.state === 'stale';
    const is = check.state === 'stale';
    // Another check by its name now, or one that was forgotten: nobody has probed it.
    const isUnprobed = was && check.state === 'unknown';
    return was === is || isUnprobed ? [] : [{ check, over: was }];
  });
}

/** A hold that only ends at another time is not told again. */
function newHolds(before: Outcome | undefined, { desired }: Outcome): readonly NewHold[] {
  return [...desired.values()].flatMap(({ neighbour, decisions }) => {
    const held = new Set(
      before?.desired.get(neighbour)?.decisions.flatMap(({ prefixes, reason }) => {
        return reason.kind === 'held' ? [`${prefixes.texts[0]} ${reason.readySince}`] : [];
      }),
    );
    return decisions.flatMap(({ prefixes, reason }): readonly NewHold[] => {
      if (reason.kind !== 'held') return [];
      if (held.has(`${prefixes.texts[0]} ${reason.readySince}`)) return [];
      return [{ neighbour, prefixes: prefixes.texts, reason }];
    });
  });
}
