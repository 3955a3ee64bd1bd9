/** How BFD packets may be authenticated (RFC 5880 §4.2 to §4.4), in the file's words. */

export const BFD_AUTHENTICATION_KINDS = [
  'simple',
  'keyed-md5',
  'meticulous-keyed-md5',
  'keyed-sha1',
  'meticulous-keyed-sha1',
] as const;
export type BfdAuthenticationKind = (typeof BFD_AUTHENTICATION_KINDS)[number];

/** In octets: of the field for the password, or of the digest, whose place a key takes while it is hashed. */
export const LONGEST_BFD_PASSWORD: Readonly<Record<BfdAuthenticationKind, number>> = {
  simple: 16,
  'keyed-md5': 16,
  'meticulous-keyed-md5': 16,
  'keyed-sha1': 20,
  'meticulous-keyed-sha1': 20,
};
