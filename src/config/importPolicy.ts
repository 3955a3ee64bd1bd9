/**
 * What is taken from a neighbour, as the file says it (`accept`, `import`), with every default
 * filled in. The defaults refuse what no honest upstream sends; each can be turned.
 */

export type Choice = 'refuse' | 'accept';

export interface ImportPolicy {
  readonly accept: 'full' | 'default' | 'none';
  /** Address space that nobody may announce: private, reserved, documentation, multicast. */
  readonly bogons: Choice;
  /** Our own prefixes, and parts of them. */
  readonly ownPrefixes: Choice;
  /** Paths of more than 64 hops. */
  readonly longPaths: Choice;
  /** Paths with AS_SETs (RFC 9774); let in, they are passed on to nobody. */
  readonly asSet: Choice;
  /** Paths that do not begin with the neighbour's AS. */
  readonly firstAs: Choice;
  /** Paths with private AS numbers, unless the neighbour itself has one. */
  readonly privateAs: Choice;
  /** Paths with AS_TRANS, 65535 or 4294967295; AS 0 is always refused (RFC 7607). */
  readonly reservedAs: Choice;
  /** Routes that the RPKI has as Invalid (RFC 6811). */
  readonly rpkiInvalid: Choice;
  /** The longest prefix that is taken. */
  readonly maxLength: { readonly ipv4: number; readonly ipv6: number };
  /** How often our own AS may be in a path. */
  readonly allowOwnAs: number;
}

export const DEFAULT_IMPORT: ImportPolicy = {
  accept: 'full',
  bogons: 'refuse',
  ownPrefixes: 'refuse',
  longPaths: 'refuse',
  asSet: 'refuse',
  firstAs: 'refuse',
  privateAs: 'refuse',
  reservedAs: 'refuse',
  rpkiInvalid: 'refuse',
  maxLength: { ipv4: 24, ipv6: 48 },
  allowOwnAs: 0,
};

/**
 * Everything, as from our own other routers: they have judged it where it came in. AS_SETs aside,
 * which nobody may send (RFC 9774 §3).
 */
export const OPEN_IMPORT: ImportPolicy = {
  accept: 'full',
  bogons: 'accept',
  ownPrefixes: 'accept',
  longPaths: 'accept',
  asSet: 'refuse',
  firstAs: 'accept',
  privateAs: 'accept',
  reservedAs: 'accept',
  rpkiInvalid: 'accept',
  maxLength: { ipv4: 32, ipv6: 128 },
  allowOwnAs: 0,
};
