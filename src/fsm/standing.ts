/** How the two connections of a neighbour stand to each other, and which of them an event is for. */

import type { Side } from './collision.ts';
import type { State, StateName } from './state.ts';

export interface Sides {
  readonly outgoing: State;
  readonly incoming: State;
}

/** Listening comes before connecting, and an eager start must be the outgoing side's last word. */
export const SIDES = ['incoming', 'outgoing'] as const;
export const OTHER = { outgoing: 'incoming', incoming: 'outgoing' } as const;

/** How far each state is on the way to Established, whatever the RFC's order of listing them. */
const RANKS: Readonly<Record<StateName, number>> = {
  Idle: 0,
  Connect: 1,
  Active: 1,
  OpenSent: 2,
  OpenConfirm: 3,
  Established: 4,
};

/** Strictly; of two that wait for a connection neither is. */
export function isAhead(state: State, other: State): boolean {
  return RANKS[state.name] > RANKS[other.name];
}

export function isStopped({ outgoing }: Sides): boolean {
  return outgoing.name === 'Idle' && outgoing.waiting === 'stopped';
}

export function isIdle({ outgoing, incoming }: Sides): boolean {
  return outgoing.name === 'Idle' && incoming.name === 'Idle';
}

/** The timer may expire when the side that it was for has just moved on. */
export function retrying({ outgoing }: Sides): readonly Side[] {
  return outgoing.name === 'Connect' || outgoing.name === 'Active' ? ['outgoing'] : [];
}

/** Whoever holds, with whoever stands by for the hold; in Established the timer means stability. */
export function awaitingHold(sides: Sides): readonly Side[] {
  if (isIdle(sides)) return SIDES;
  return SIDES.filter((side) => isHolding(sides[side]) || sides[side].name === 'Established');
}

/** `side` has to make way for the other. */
export function isBehind(sides: Sides, side: Side): boolean {
  const [state, other] = [sides[side], sides[OTHER[side]]];
  if (state.name === 'Idle' && state.waiting !== 'holding') return false;
  if (other.name === 'Established') return true;
  // We have answered the neighbour's OPEN: ours must not follow (`contest.ts` says why).
  if (other.name === 'OpenConfirm') return side === 'outgoing' && !hasSentOpen(state);
  // An error holds the neighbour as a whole, except for a connection that is already under way.
  return isHolding(other) && (state.name === 'Connect' || state.name === 'Active');
}

/**
 * What `side` stood by for has ended. Nobody stands by for a connection on which no OPEN has come:
 * a port that accepts and never speaks would make the neighbour unreachable.
 */
export function isFree(sides: Sides, side: Side): boolean {
  const [state, other] = [sides[side], sides[OTHER[side]]];
  if (state.name !== 'Idle' || state.waiting !== 'standby') return false;
  if (RANKS[other.name] > RANKS.OpenSent) return false;
  return other.name !== 'Idle' || other.waiting === 'standby';
}

function isHolding(state: State): boolean {
  return state.name === 'Idle' && state.waiting === 'holding';
}

export function hasSentOpen(state: State): boolean {
  return RANKS[state.name] >= RANKS.OpenSent;
}
