/**
 * BGP communities as values and as text: standard (RFC 1997), extended (RFC 4360), large (RFC 8092).
 * Well-known names are IANA's, in lower case with hyphens.
 */

/** `high:low` as one unsigned 32-bit number. */
export type StandardCommunity = number;
/** The eight octets as one unsigned 64-bit number. */
export type ExtendedCommunity = bigint;
/** Global Administrator, Local Data Part 1, Local Data Part 2; each 32 bits. */
export type LargeCommunity = readonly [number, number, number];

/** Each list is sorted and free of duplicates. */
export interface Communities {
  readonly standard: readonly StandardCommunity[];
  readonly extended: readonly ExtendedCommunity[];
  readonly large: readonly LargeCommunity[];
}

export const NO_COMMUNITIES: Communities = { standard: [], extended: [], large: [] };

/** IANA "BGP Well-known Communities". */
export const WELL_KNOWN: ReadonlyMap<string, StandardCommunity> = new Map([
  ['graceful-shutdown', 0xffff0000], // RFC 8326
  ['accept-own', 0xffff0001], // RFC 7611
  ['llgr-stale', 0xffff0006], // RFC 9494
  ['no-llgr', 0xffff0007], // RFC 9494
  ['blackhole', 0xffff029a], // RFC 7999
  ['no-export', 0xffffff01], // RFC 1997
  ['no-advertise', 0xffffff02], // RFC 1997
  ['no-export-subconfed', 0xffffff03], // RFC 1997
  ['no-peer', 0xffffff04], // RFC 3765
]);

const NAMES = new Map([...WELL_KNOWN].map(([name, value]) => [value, name]));

export type Community =
  | { readonly kind: 'standard'; readonly value: StandardCommunity }
  | { readonly kind: 'extended'; readonly value: ExtendedCommunity }
  | { readonly kind: 'large'; readonly value: LargeCommunity };

/**
 * `NAME`, `N:N` (standard), `N:N:N` (large), `rt:N:N`, `ro:N:N` or `0x` and sixteen digits
 * (extended). Undefined when it is none of them or a part is out of range: never truncated.
 */
export function parseCommunity(text: string): Community | undefined {
  const named = WELL_KNOWN.get(text.toLowerCase());
  if (named !== undefined) return { kind: 'standard', value: named };
  const parts = text.split(':');
  if (/^0x[0-9a-f]{16}$/i.test(text)) return { kind: 'extended', value: BigInt(text) };
  if (parts[0] === 'rt' || parts[0] === 'ro') return parseExtended(parts);
  if (!parts.every((part) => /^\d{1,10}$/.test(part))) return undefined;
  const [a = 0, b = 0, c = 0] = parts.map(Number);
  if (parts.length === 2 && a <= 0xffff && b <= 0xffff) {
    return { kind: 'standard', value: ((a << 16) | b) >>> 0 };
  }
  if (parts.length === 3 && Math.max(a, b, c) <= 0xffff_ffff) {
    return { kind: 'large', value: [a, b, c] };
  }
  return undefined;
}

/** Route Target and Route Origin: two-octet-AS form, or four-octet-AS form (RFC 5668) when needed. */
function parseExtended(parts: readonly string[]): Community | undefined {
  const [kind, admin = '', local = ''] = parts;
  if (parts.length !== 3 || !/^\d{1,10}$/.test(admin) || !/^\d{1,10}$/.test(local))
    return undefined;
  const subtype = kind === 'rt' ? 0x02n : 0x03n;
  const [asn, value] = [BigInt(admin), BigInt(local)];
  if (asn <= 0xffffn && value <= 0xffff_ffffn) {
    return { kind: 'extended', value: (subtype << 48n) | (asn << 32n) | value };
  }
  if (asn <= 0xffff_ffffn && value <= 0xffffn) {
    return { kind: 'extended', value: (0x02n << 56n) | (subtype << 48n) | (asn << 16n) | value };
  }
  return undefined;
}

export function formatStandard(value: StandardCommunity): string {
  return NAMES.get(value) ?? `${value >>> 16}:${value & 0xffff}`;
}

export function formatLarge(value: LargeCommunity): string {
  return value.join(':');
}

export function formatExtended(value: ExtendedCommunity): string {
  const type = value >> 56n;
  const subtype = (value >> 48n) & 0xffn;
  const name = subtype === 0x02n ? 'rt' : subtype === 0x03n ? 'ro' : undefined;
  if (name && type === 0x00n) return `${name}:${(value >> 32n) & 0xffffn}:${value & 0xffff_ffffn}`;
  if (name && type === 0x02n) return `${name}:${(value >> 16n) & 0xffff_ffffn}:${value & 0xffffn}`;
  return `0x${value.toString(16).padStart(16, '0')}`;
}

/** Sorts, and drops duplicates (RFC 4360 and RFC 8092 ask receivers to; senders had better not send them). */
export function collectCommunities(all: Iterable<Community>): Communities {
  const standard = new Set<number>();
  const extended = new Set<bigint>();
  const large = new Map<string, LargeCommunity>();
  for (const community of all) {
    if (community.kind === 'standard') standard.add(community.value);
    else if (community.kind === 'extended') extended.add(community.value);
    else large.set(formatLarge(community.value), community.value);
  }
  if (standard.size + extended.size + large.size === 0) return NO_COMMUNITIES;
  return {
    standard: [...standard].sort((a, b) => a - b),
    extended: [...extended].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    large: [...large.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]),
  };
}

export function mergeCommunities(a: Communities, b: Communities): Communities {
  if (b === NO_COMMUNITIES) return a;
  if (a === NO_COMMUNITIES) return b;
  return collectCommunities([...eachCommunity(a), ...eachCommunity(b)]);
}

export function* eachCommunity(set: Communities): Generator<Community> {
  for (const value of set.standard) yield { kind: 'standard', value };
  for (const value of set.extended) yield { kind: 'extended', value };
  for (const value of set.large) yield { kind: 'large', value };
}

/** Every community of the set as text, standard first. */
export function formatCommunities(set: Communities): string[] {
  return [
    ...set.standard.map(formatStandard),
    ...set.extended.map(formatExtended),
    ...set.large.map(formatLarge),
  ];
}
