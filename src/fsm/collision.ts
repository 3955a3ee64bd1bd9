/**
 * Collision detection (RFC 4271 §6.8): two connections to one neighbour, and which of them goes.
 *
 * The RFC compares BGP Identifiers and keeps the connection that the higher speaker opened. That
 * names the winner, not the moment, and the moment decides whether one is left. Give up the loser
 * before an OPEN has come on the winner, and a neighbour that keeps one connection only may have
 * closed the winner already. Answer on the loser while the winner is on its way, and the neighbour
 * may believe the loser Established, or give it up when we do. So:
 *
 * - On the winner an OPEN is answered at once, and the loser is dumped.
 * - On the loser it is not answered while the winner, open too, may still bring an OPEN:
 *   `contest.ts` says for how long.
 *
 * Our KEEPALIVE is thus a promise: the neighbour cannot be Established without it, and it never goes
 * out on a connection while another one, open and unanswered, would beat it.
 */

import type { StateName } from './state.ts';

/** Who opened the TCP connection. */
export type Side = 'outgoing' | 'incoming';

export interface Speaker {
  /** Unsigned 32-bit number. */
  readonly bgpIdentifier: number;
  readonly asn: number;
}

/**
 * An OPEN has come on the connection of `side`, and is valid; the neighbour's other connection is
 * in state `other`. Which of the two goes? `wait`: this one, if an OPEN comes on the other.
 */
export function resolveCollision(
  side: Side,
  other: StateName,
  local: Speaker,
  peer: Speaker,
): 'this' | 'other' | 'wait' | 'none' {
  if (other === 'Established') return 'this';
  if (other !== 'OpenSent' && other !== 'OpenConfirm') return 'none';
  if (outranks(local, peer) === (side === 'outgoing')) return 'other';
  return other === 'OpenConfirm' ? 'this' : 'wait';
}

/** RFC 4271 §6.8: as numbers in host order; RFC 6286 §2.3: equal ones leave it to the AS numbers. */
function outranks(local: Speaker, peer: Speaker): boolean {
  if (local.bgpIdentifier !== peer.bgpIdentifier) return local.bgpIdentifier > peer.bgpIdentifier;
  return local.asn > peer.asn;
}
