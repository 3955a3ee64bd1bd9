/** A speaker as `twoEnds.ts` runs it, and ours as one. */

import type { ConnectionEvent } from '../../src/fsm/events.ts';
import {
  acceptsConnection,
  initialNeighbour,
  type NeighbourInput,
  type NeighbourState,
  type Side,
  type SidedAction,
  stepNeighbour,
} from '../../src/fsm/neighbour.ts';
import { openOf, stateText } from './fsm.ts';

/** A value: what happens to it makes another one. */
export interface Program {
  /** Everything that its future depends on. */
  readonly text: string;
  /** The connections on which it is Established. */
  readonly up: readonly Side[];
  /** Would it take a connection now? */
  readonly accepts: boolean;
  /** May it try its own connection anew? */
  readonly canRetry: boolean;
  /** No OPEN has come to it on any connection, and it takes one. */
  readonly isTrying: boolean;
  /** A timer runs that bounds a collision. */
  readonly isPatient: boolean;
  start(): Ran;
  retry(): Ran;
  endPatience(): Ran;
  step(side: Side, event: ConnectionEvent): Ran;
}

export type Ran = readonly [Program, readonly SidedAction[]];

export interface Speaker {
  readonly asn: number;
  readonly bgpIdentifier: number;
}

export function ours(local: Speaker, peer: Speaker): Program {
  return programOf(
    initialNeighbour({
      open: openOf(local.asn, { bgpIdentifier: local.bgpIdentifier }),
      localAs: local.asn,
      peerAs: peer.asn,
      passive: false,
      connectRetryTime: 10,
      strictRole: false,
    }),
  );
}

function programOf(state: NeighbourState): Program {
  const { outgoing, incoming, contest } = state;
  const run = (input: NeighbourInput): Ran => {
    const [next, actions] = stepNeighbour(state, input);
    return [programOf(next), actions];
  };
  const expiry = { side: 'neighbour', event: { type: 'ConnectRetryTimerExpires' } } as const;
  const kept = contest ? ` ${contest.side} ${contest.keptBack.map(({ type }) => type)}` : '';
  const waits = outgoing.name === 'Connect' || outgoing.name === 'Active';
  return {
    text: `${stateText(outgoing)} + ${stateText(incoming)}${kept}`,
    up: (['outgoing', 'incoming'] as const).filter((side) => state[side].name === 'Established'),
    accepts: acceptsConnection(state),
    canRetry: waits,
    isTrying: (waits || outgoing.name === 'OpenSent') && acceptsConnection(state),
    isPatient: contest !== undefined,
    start: () => run({ side: 'neighbour', event: { type: 'ManualStart' } }),
    retry: () => run(expiry),
    endPatience: () => run(expiry),
    step: (side, event) => run({ side, event }),
  };
}
