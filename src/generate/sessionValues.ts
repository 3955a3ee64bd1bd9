/** What a template is given of a session, in the units that daemons take. */

import type { Neighbour } from '../config/config.ts';
import type { Role } from '../net/role.ts';

/** A neighbour, and its password as far as it may be written. */
export interface KeyedNeighbour {
  readonly neighbour: Neighbour;
  readonly password: string | undefined;
}

export interface SessionValues {
  readonly name: string;
  readonly asn: number;
  readonly address: string;
  /** Null here and below: not written, since it is what the daemon does anyway. */
  readonly port: number | null;
  readonly localAddress: string | null;
  readonly passive: boolean;
  readonly internal: boolean;
  /** TTL of what we send, where the neighbour is not on a link of ours. */
  readonly multihop: number | null;
  /** Seconds. */
  readonly holdTime: number;
  readonly keepalive: number;
  readonly connectRetry: number;
  /** RFC 5082. */
  readonly ttlSecurity: boolean;
  readonly password: string | null;
  /** What we are to it (RFC 9234). */
  readonly role: { readonly is: Role; readonly strict: boolean } | null;
}

/** Where the file has it, as `upstreams.transit-a`. */
export function placeOf({ kind, name }: Neighbour): string {
  return `${kind === 'internal' ? kind : `${kind}s`}.${name}`;
}

export function sessionValues({ neighbour, password }: KeyedNeighbour): SessionValues {
  const { holdTime, connectRetry, localAddress, multihop } = neighbour;
  const internal = neighbour.kind === 'internal';
  return {
    name: neighbour.name,
    asn: neighbour.asn,
    address: neighbour.address.text,
    port: neighbour.port === 179 ? null : neighbour.port,
    localAddress: localAddress?.text ?? null,
    passive: neighbour.passive,
    internal,
    multihop: internal || multihop === 1 ? null : multihop,
    holdTime,
    // RFC 4271 §4.4: a third of it.
    keepalive: Math.floor(holdTime / 3),
    connectRetry: Math.max(1, Math.ceil(connectRetry)),
    ttlSecurity: neighbour.ttlSecurity,
    password: password ?? null,
    role: neighbour.role ?? null,
  };
}

/** To a provider, a role that is not insisted on matters to those alone that have another. */
export function heardRole({ role }: Neighbour): Neighbour['role'] {
  return role && (role.strict || role.is !== 'customer') ? role : undefined;
}

/**
 * Whether roles are written at all. Where none is heard nothing needs them, and older daemons take the
 * file; where one is, what comes from providers has to be marked too.
 */
export function saysRoles(neighbours: readonly KeyedNeighbour[]): boolean {
  return neighbours.some(({ neighbour }) => heardRole(neighbour) !== undefined);
}
