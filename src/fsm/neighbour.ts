/**
 * One neighbour: the state machines of its two possible connections, the collision between them,
 * and what they share (counters, ConnectRetryTimer, IdleHoldTimer).
 *
 * A started neighbour listens on its incoming side (Active, passive) and connects on its outgoing
 * one. One of them gets ahead; the other is then in Idle, on standby, until that one has ended.
 * Where both are open what comes on one may have to wait for the other: `contest.ts`.
 */

import { match } from 'ts-pattern';
import type { Action } from './actions.ts';
import { resolveCollision, type Side } from './collision.ts';
import { type Contest, isOpened, keepBack, outcome } from './contest.ts';
import type { ConnectionEvent, FsmEvent, NeighbourEvent } from './events.ts';
import { on } from './on.ts';
import { patience } from './schedule.ts';
import {
  awaitingHold,
  hasSentOpen,
  isAhead,
  isBehind,
  isFree,
  isIdle,
  isStopped,
  OTHER,
  retrying,
  SIDES,
} from './standing.ts';
import { type FsmConfig, initialState, type State, type StateName } from './state.ts';
import { transition } from './transition.ts';

export type { Side } from './collision.ts';

export interface NeighbourState {
  readonly config: FsmConfig;
  readonly outgoing: State;
  /** A passive machine: rests in Active while the neighbour is started. */
  readonly incoming: State;
  /** Undefined: the two are not in each other's way, or it is decided. */
  readonly contest: Contest | undefined;
}

export type NeighbourInput =
  /** What a connection, or one of its timers (hold, keepalive, sendHold), reports. */
  | { readonly side: Side; readonly event: ConnectionEvent }
  /** Starts, stops, and the timers that a neighbour has once (connectRetry, idleHold). */
  | { readonly side: 'neighbour'; readonly event: NeighbourEvent };

/** `connectRetry` and `idleHold` always come with side `outgoing`. */
export interface SidedAction {
  readonly side: Side;
  readonly action: Action;
}

type NeighbourStep = readonly [NeighbourState, readonly SidedAction[]];

const DUMP: FsmEvent = { type: 'OpenCollisionDump' };
const WAKE: FsmEvent = { type: 'AutomaticStart', eager: false };

/** Not started. */
export function initialNeighbour(config: FsmConfig): NeighbourState {
  return {
    config,
    outgoing: initialState(config),
    incoming: initialState(passively(config)),
    contest: undefined,
  };
}

/** A configuration whose OPEN is the same (connectRetryTime): no connection notices. */
export function withConfig(state: NeighbourState, config: FsmConfig): NeighbourState {
  return {
    ...state,
    config,
    outgoing: { ...state.outgoing, config },
    incoming: { ...state.incoming, config: passively(config) },
  };
}

/** Would a connection of the neighbour's be taken now? If so, TcpConnectionConfirmed comes next. */
export function acceptsConnection({ incoming, contest }: NeighbourState): boolean {
  // RFC 4271 §8.2.2: not in Idle (also in the idle hold, and beside an Established connection).
  return incoming.name === 'Active' && contest?.side !== 'incoming';
}

/**
 * Of an Established neighbour that may restart: the side that a new connection of it takes the place
 * of (RFC 4724 §4.2). TcpConnectionConfirmed there comes first; then the new one is accepted.
 */
export function replaceableSide(state: NeighbourState): Side | undefined {
  return SIDES.find((side) => {
    const connection = state[side];
    if (connection.name !== 'Established') return false;
    return (connection.negotiated.gracefulRestart?.families.length ?? 0) > 0;
  });
}

/** The state of whichever connection is ahead. */
export function displayState({ outgoing, incoming }: NeighbourState): StateName {
  return isAhead(incoming, outgoing) ? incoming.name : outgoing.name;
}

/** The next state, and what is to be done, in order. Never throws. */
export function stepNeighbour(state: NeighbourState, input: NeighbourInput): NeighbourStep {
  const step =
    input.side === 'neighbour'
      ? stepBoth(state, input.event)
      : stepConnection(state, input.side, input.event);
  // Every socket read of an Established session ends here.
  if (step[0] === state) return step;
  return after(step, settle);
}

function stepConnection(state: NeighbourState, side: Side, event: ConnectionEvent): NeighbourStep {
  if (state.contest?.side === side) return stepWaiting(state, state.contest, event);
  if (event.type === 'BGPOpen') return stepOpen(state, side, event);
  // The other way round there is none: an attempt of ours ends when we answer an incoming OPEN.
  const isLate = event.type === 'TcpConnectionConfirmed' && state.outgoing.name === 'OpenConfirm';
  return isLate ? wait(state, side, event) : stepSide(state, side, event);
}

function stepOpen(state: NeighbourState, side: Side, event: ConnectionEvent): NeighbourStep {
  const step = stepSide(state, side, event);
  const opened = step[0][side];
  if (opened.name !== 'OpenConfirm') return step;
  // RFC 4271 §6.8, once the OPEN has proved valid.
  const { peerIdentifier, peerAs } = opened.negotiated;
  const { open, localAs } = state.config;
  const loser = resolveCollision(
    side,
    state[OTHER[side]].name,
    { bgpIdentifier: open.bgpIdentifier, asn: localAs },
    { bgpIdentifier: peerIdentifier, asn: peerAs },
  );
  return match(loser)
    .with('this', () => stepSide(state, side, DUMP))
    .with('other', () => after(step, (next) => stepSide(next, OTHER[side], DUMP)))
    .with('wait', () => wait(state, side, event))
    .with('none', () => step)
    .exhaustive();
}

function wait(state: NeighbourState, side: Side, event: ConnectionEvent): NeighbourStep {
  const contest: Contest = { side, keptBack: [event] };
  const action = patience(isOpened(contest));
  return [{ ...state, contest }, [{ side: 'outgoing', action }]];
}

/** Something happens to the connection that waits. */
function stepWaiting(
  state: NeighbourState,
  contest: Contest,
  event: ConnectionEvent,
): NeighbourStep {
  const kept = keepBack(contest, event);
  if (kept) return [{ ...state, contest: kept }, []];
  // Where our OPEN has not gone out there is nothing to be said of an error either.
  if (!isOpened(contest)) return discard(state, contest);
  // Of two OPENs only the second is one too many.
  const events = event.type === 'BGPOpen' ? [event, event] : [event];
  return events.reduce<NeighbourStep>(
    (step, each) => after(step, (next) => stepSide(next, contest.side, each)),
    discard(state, contest),
  );
}

/** The connection that waits need not any longer. */
function release(state: NeighbourState, contest: Contest): NeighbourStep {
  const { side, keptBack } = contest;
  return keptBack.reduce<NeighbourStep>(
    (step, event) =>
      after(step, (next) =>
        event.type === 'BGPOpen' ? stepOpen(next, side, event) : stepSide(next, side, event),
      ),
    endContest(state),
  );
}

/** Forgets what was kept back; a connection that its state machine never had is closed here. */
function discard(state: NeighbourState, contest: Contest): NeighbourStep {
  const [next, actions] = endContest(state);
  if (isOpened(contest)) return [next, actions];
  return [next, [...actions, { side: contest.side, action: { type: 'dropTcp' } }]];
}

function endContest(state: NeighbourState): NeighbourStep {
  // Further down the outgoing side has stopped the timer itself, or has started it for its own use.
  const isOurs = hasSentOpen(state.outgoing);
  const stop: Action = { type: 'stopTimer', timer: 'connectRetry' };
  return [{ ...state, contest: undefined }, isOurs ? [{ side: 'outgoing', action: stop }] : []];
}

/** Long enough: for a connection that has spoken, against one that has not. */
function endPatience(state: NeighbourState, contest: Contest): NeighbourStep {
  // With the other one gone, `settle` releases it.
  return isOpened(contest) ? stepSide(state, OTHER[contest.side], DUMP) : release(state, contest);
}

function stepBoth(state: NeighbourState, event: NeighbourEvent): NeighbourStep {
  return match(event)
    .with(on.ManualStart, (start) => stepSides(state, isIdle(state) ? SIDES : [], start))
    .with(on.AutomaticStart, (start) => stepSides(state, isStopped(state) ? SIDES : [], start))
    .with(on.ManualStop, on.AutomaticStop, (stop) => stepSides(state, SIDES, stop))
    .with(on.ConnectRetryTimerExpires, (expiry) =>
      state.contest ? endPatience(state, state.contest) : stepSides(state, retrying(state), expiry),
    )
    .with(on.IdleHoldTimerExpires, (expiry) => stepSides(state, awaitingHold(state), expiry))
    .exhaustive();
}

/** Brings the two sides into line after either moved; ends when neither has a reason to move. */
function settle(state: NeighbourState): NeighbourStep {
  const { contest } = state;
  const end = contest ? outcome(state, contest) : 'undecided';
  if (contest && end === 'released') return after(release(state, contest), settle);
  if (contest && end === 'void') return after(discard(state, contest), settle);
  const behind = SIDES.find((side) => isBehind(state, side));
  if (behind) return after(stepSide(state, behind, DUMP), settle);
  // The outgoing side first: of two that stand by for each other it is the one to act.
  const free = (['outgoing', 'incoming'] as const).find((side) => isFree(state, side));
  if (free) return after(stepSide(state, free, WAKE), settle);
  return [state, []];
}

function stepSides(state: NeighbourState, sides: readonly Side[], event: FsmEvent): NeighbourStep {
  const start: NeighbourStep = [state, []];
  return sides.reduce((step, side) => after(step, (next) => stepSide(next, side, event)), start);
}

function stepSide(state: NeighbourState, side: Side, event: FsmEvent): NeighbourStep {
  const [next, actions] = transition(state[side], event);
  return [withSide(state, side, next), actions.flatMap((action) => sided(side, action))];
}

function after(
  [state, actions]: NeighbourStep,
  step: (state: NeighbourState) => NeighbourStep,
): NeighbourStep {
  const [next, more] = step(state);
  return [next, [...actions, ...more]];
}

/** The counters are the neighbour's: the other side takes them over. */
function withSide(state: NeighbourState, side: Side, next: State): NeighbourState {
  if (next === state[side]) return state;
  const other = { ...state[OTHER[side]], counters: next.counters };
  return side === 'outgoing'
    ? { ...state, outgoing: next, incoming: other }
    : { ...state, incoming: next, outgoing: other };
}

function sided(side: Side, action: Action): readonly SidedAction[] {
  if (action.type !== 'startTimer' && action.type !== 'stopTimer') return [{ side, action }];
  if (action.timer === 'idleHold') return [{ side: 'outgoing', action }];
  // The outgoing side's alone: the end of an incoming connection must not stop it.
  if (action.timer === 'connectRetry' && side === 'incoming') return [];
  return [{ side, action }];
}

function passively(config: FsmConfig): FsmConfig {
  return { ...config, passive: true };
}
