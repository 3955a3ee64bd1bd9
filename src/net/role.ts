/** What a neighbour in another AS is to us, and we to it (RFC 9234 §4). */

export const ROLES = ['provider', 'rs', 'rs-client', 'customer', 'peer'] as const;

/** `rs`: a route server. In the order of the numbers that RFC 9234 §4.1 gives them. */
export type Role = (typeof ROLES)[number];

/** RFC 9234 §4.2: what the other one is. */
const COUNTERPARTS: Readonly<Record<Role, Role>> = {
  provider: 'customer',
  customer: 'provider',
  rs: 'rs-client',
  'rs-client': 'rs',
  peer: 'peer',
};

export function counterpartOf(role: Role): Role {
  return COUNTERPARTS[role];
}

/** The number in the capability. */
export function roleCode(role: Role): number {
  return ROLES.indexOf(role);
}

/** Undefined: a number that RFC 9234 does not give. */
export function roleOf(code: number): Role | undefined {
  return ROLES[code];
}

/** RFC 9234 §5: what such a neighbour sends is for customers only, and nothing so marked goes to it. */
export function isUpOrAcross(neighbour: Role | undefined): boolean {
  return neighbour === 'provider' || neighbour === 'rs' || neighbour === 'peer';
}

/** RFC 9234 §5: what goes to such a neighbour is marked as for customers only. */
export function isDownOrAcross(neighbour: Role | undefined): boolean {
  return neighbour === 'customer' || neighbour === 'rs-client' || neighbour === 'peer';
}
