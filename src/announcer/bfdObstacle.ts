/**
 * When what BFD says of a way keeps the session down (RFC 5882 §4, RFC 9384). Being switched off by
 * the neighbour is no failure, and keeps nothing down (RFC 5882 §3.2).
 */

import type { BfdFact } from '../bfd/bfdFact.ts';
import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import type { Reason } from './desired.ts';
import type { Facts } from './facts.ts';

/**
 * How long a session is kept down after BFD was lost, in ms: not until it is back, because some
 * neighbours start BFD only once the session is up.
 */
export const BFD_HOLD = 5000;

export function bfdObstacle(facts: Facts, neighbour: Neighbour, now: number): Reason | undefined {
  const { name, bfd: config } = neighbour;
  if (!config) return undefined;
  const bfd = facts.bfd.get(name);
  if (bfd?.standing === 'up' || bfd?.standing === 'off') return undefined;
  if (bfd && isHolding(bfd, now)) return { kind: 'bfd-down', bfd };
  if (!config.strict) return undefined;
  if (bfd?.standing === 'lost') return { kind: 'bfd-down', bfd };
  // One that is up and was not lost is not dropped because the file now asks for more.
  return facts.sessions.has(name) ? undefined : { kind: 'bfd-awaited', bfd };
}

/** When the holds end. */
export function bfdDeadlines(config: Config, facts: Facts, now: number): readonly number[] {
  return neighboursOf(config).flatMap(({ name, bfd: watched }) => {
    const bfd = watched && facts.bfd.get(name);
    return bfd && isHolding(bfd, now) ? [bfd.since + BFD_HOLD] : [];
  });
}

function isHolding({ standing, since }: BfdFact, now: number): boolean {
  return standing === 'lost' && now < since + BFD_HOLD;
}
