/**
 * Address families as this program names them, and the AFI/SAFI numbers the wire uses for them.
 * Only unicast is spoken; other AFI/SAFI pairs are carried as numbers and never become a `Family`.
 */

export type Family = 'ipv4' | 'ipv6';

export const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/** IANA "Address Family Numbers". */
export const Afi = { ipv4: 1, ipv6: 2 } as const;

/** IANA "SAFI Values"; the ones this program can name. */
export const Safi = { unicast: 1, multicast: 2 } as const;

/** A pair as the wire carries it; may be one that this program does not speak. */
export interface AfiSafi {
  readonly afi: number;
  readonly safi: number;
}

export function afiSafiOf(family: Family): AfiSafi {
  return { afi: Afi[family], safi: Safi.unicast };
}

/** The family spoken for this pair, or undefined when the pair is not IPv4 or IPv6 unicast. */
export function familyOf(afi: number, safi: number): Family | undefined {
  if (safi !== Safi.unicast) return undefined;
  if (afi === Afi.ipv4) return 'ipv4';
  if (afi === Afi.ipv6) return 'ipv6';
  return undefined;
}

/** Address length in octets. */
export function addressOctets(family: Family): 4 | 16 {
  return family === 'ipv4' ? 4 : 16;
}
