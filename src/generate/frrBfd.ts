/**
 * BFD of FRR 8: bgpd names a profile for each neighbour, and bfdd has its pace. The times that a
 * neighbour's own line takes are not kept when FRR writes its configuration anew.
 */

import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import { placeOf } from './sessionValues.ts';
import type { NotExpressible } from './target.ts';

export interface FrrBfd {
  readonly profiles: readonly FrrBfdProfile[];
  readonly losses: readonly NotExpressible[];
}

/** Of one neighbour, by its name. */
export interface FrrBfdProfile {
  readonly name: string;
  readonly address: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly multiplier: number;
}

export function bfdOf(config: Config): FrrBfd {
  const neighbours = neighboursOf(config);
  return { profiles: neighbours.flatMap(profileOf), losses: neighbours.flatMap(losses) };
}

/** Whether BFD is of one hop or of several FRR knows by the session; the lowest TTL, too. */
function profileOf(neighbour: Neighbour): readonly FrrBfdProfile[] {
  const { name, address, bfd } = neighbour;
  if (!bfd || obstacle(neighbour)) return [];
  const { interval, multiplier } = bfd;
  return [{ name, address: address.text, interval, multiplier }];
}

function losses(neighbour: Neighbour): readonly NotExpressible[] {
  const { bfd, kind, multihop } = neighbour;
  if (!bfd) return [];
  const what = `${placeOf(neighbour)}.bfd`;
  const left = obstacle(neighbour);
  const isOpen = kind === 'internal' && multihop > 1 && !left;
  return [
    ...(left ? [{ what: what + left.key, why: `${left.why}: ${LEFT_OUT}` }] : []),
    ...(bfd.strict ? [{ what: `${what}.strict`, why: STRICT_LOST }] : []),
    ...(isOpen ? [{ what, why: HOPS_LOST }] : []),
  ];
}

/**
 * Why it is left out: what the neighbour never answers, only strangers could bring up, and down again
 * with the session.
 */
function obstacle({ bfd, ttlSecurity }: Neighbour) {
  if (bfd?.authentication) return NO_PASSWORD;
  return ttlSecurity ? NO_SINGLE_HOP : undefined;
}

const NO_PASSWORD = {
  key: '.password',
  why: 'FRR has none, and without it BFD does not come up',
};
const NO_SINGLE_HOP = {
  key: '',
  why: 'beside ttl-security FRR 8 has BFD of several hops (RFC 5883), and a neighbour on the link that of one',
};
const LEFT_OUT = 'it is left out, and a dead way is noticed by its link or the hold timer';
const STRICT_LOST = 'FRR 8 does not wait for BFD: the session comes up without';
const HOPS_LOST =
  'to an address on a link of its own FRR has BFD of one hop, and the router may have that of several, with which it does not come up: say multihop: 1 there';
