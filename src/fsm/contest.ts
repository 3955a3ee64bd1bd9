/**
 * Two connections to one neighbour between which nothing is decided: what came on one of them is
 * kept from its state machine until it is known what becomes of the other. There are two kinds:
 *
 *   kept back since   its machine   the other     ends when the other
 *   BGPOpen           OpenSent      OpenSent      gets an OPEN (this one is dumped), or is gone
 *   its acceptance    Active        OpenConfirm   is Established (this one is closed), or is gone
 *
 * The first is the losing connection of `collision.ts`. In the second we have answered on the other
 * one already, and our OPEN beside that answer could overtake it: a neighbour that reads the OPEN
 * first may dump what we go on to call Established. Unanswered it leaves both ends of one mind. It is
 * not refused either: a neighbour that counts a connection as soon as it is made (FRR) may be
 * dumping the other one in its favour.
 *
 * Neither lasts: a neighbour's port may accept and never speak. The ConnectRetryTimer, for which two
 * connections leave no other use, ends the contest in favour of the one that has spoken.
 */

import type { Side } from './collision.ts';
import type { ConnectionEvent } from './events.ts';
import { OTHER, type Sides } from './standing.ts';

export interface Contest {
  /** The connection that waits. */
  readonly side: Side;
  /** What came on it, in order. */
  readonly keptBack: readonly ConnectionEvent[];
}

/** Has our OPEN gone out on the connection that waits? */
export function isOpened({ keptBack }: Contest): boolean {
  return keptBack[0]?.type === 'BGPOpen';
}

/** With what came next on the connection that waits; undefined: it is not what may come next. */
export function keepBack(contest: Contest, event: ConnectionEvent): Contest | undefined {
  const { side, keptBack } = contest;
  const last = keptBack.at(-1)?.type;
  const awaited = isOpened(contest) ? 'KeepAliveMsg' : 'BGPOpen';
  if (event.type !== awaited) return undefined;
  // A further KEEPALIVE says nothing new, and must not have us keep ever more.
  if (last === awaited) return awaited === 'KeepAliveMsg' ? contest : undefined;
  return { side, keptBack: [...keptBack, event] };
}

/** `void`: the connection that waits has ended or has lost. `released`: it has no rival any more. */
export function outcome(sides: Sides, contest: Contest): 'undecided' | 'released' | 'void' {
  const [waiting, other] = [sides[contest.side], sides[OTHER[contest.side]]];
  const [place, rival] = isOpened(contest)
    ? (['OpenSent', 'OpenSent'] as const)
    : (['Active', 'OpenConfirm'] as const);
  if (waiting.name !== place || other.name === 'Established') return 'void';
  return other.name === rival ? 'undecided' : 'released';
}
