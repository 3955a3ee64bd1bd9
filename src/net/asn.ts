/** AS numbers: plain 32-bit values, with the ranges that IANA and the RFCs set apart. */

export type Asn = number;

/** Stands for an AS number over 65535 on a two-octet session (RFC 6793). */
export const AS_TRANS: Asn = 23456;

export const MAX_ASN = 0xffff_ffff;

/** RFC 6996: 64512..65534 and 4200000000..4294967294. */
export function isPrivateAsn(asn: Asn): boolean {
  return (asn >= 64512 && asn <= 65534) || (asn >= 4_200_000_000 && asn <= 4_294_967_294);
}

/** Never the number of a speaker: 0 (RFC 7607), AS_TRANS, 65535 and 4294967295 (RFC 7300). */
export function isReservedAsn(asn: Asn): boolean {
  return asn === 0 || asn === AS_TRANS || asn === 65535 || asn === MAX_ASN;
}

/** Plain (`64500`) or dotted (`1.10`, RFC 5396) text, or undefined. */
export function parseAsn(text: string): Asn | undefined {
  const plain = /^\d{1,10}$/.exec(text);
  if (plain) {
    const value = Number(text);
    return value <= MAX_ASN ? value : undefined;
  }
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  if (!dotted) return undefined;
  const [high, low] = [Number(dotted[1]), Number(dotted[2])];
  return high <= 65535 && low <= 65535 ? high * 65536 + low : undefined;
}
