/** What can happen to one neighbour, by short names, and where a row of it leads. */

import {
  initialNeighbour,
  type NeighbourInput,
  type NeighbourState,
  type SidedAction,
  stepNeighbour,
} from '../../src/fsm/neighbour.ts';
import type { FsmConfig } from '../../src/fsm/state.ts';
import { actionText, events, openOf, stateText } from './fsm.ts';

export const to = {
  neighbour: (event: Extract<NeighbourInput, { side: 'neighbour' }>['event']): NeighbourInput => ({
    side: 'neighbour',
    event,
  }),
  outgoing: (event: Extract<NeighbourInput, { side: 'outgoing' | 'incoming' }>['event']) =>
    ({ side: 'outgoing', event }) as const,
  incoming: (event: Extract<NeighbourInput, { side: 'outgoing' | 'incoming' }>['event']) =>
    ({ side: 'incoming', event }) as const,
};

/** The neighbour after `inputs`, and what the last of them did. */
export function after(with_: FsmConfig, ...inputs: NeighbourInput[]) {
  let state = initialNeighbour(with_);
  let actions: readonly SidedAction[] = [];
  for (const input of inputs) [state, actions] = stepNeighbour(state, input);
  const did = actions.map(({ side, action }) => `${side} ${actionText(action)}`);
  return { state, did, sides: sidesText(state) };
}

export function sidesText({ outgoing, incoming }: NeighbourState): string {
  return `${stateText(outgoing)} + ${stateText(incoming)}`;
}

export const start = to.neighbour(events.ManualStart);
export const hold = to.neighbour(events.IdleHoldTimerExpires);
export const retry = to.neighbour(events.ConnectRetryTimerExpires);
export const refused = to.outgoing(events.TcpConnectionFails);
export const connected = to.outgoing(events.TcpCRAcked);
export const accepted = to.incoming(events.TcpConnectionConfirmed);
/** Our identifier is our AS number, 64500; the neighbour's is its own, 64496: we are the higher. */
export const openOut = to.outgoing(events.BGPOpen);
export const openIn = to.incoming(events.BGPOpen);
export const higher = { type: 'BGPOpen', open: openOf(64496, { bgpIdentifier: 64510 }) } as const;
export const upOut = [connected, openOut, to.outgoing(events.KeepAliveMsg)];
export const upIn = [accepted, openIn, to.incoming(events.KeepAliveMsg)];
