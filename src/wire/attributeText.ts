/**
 * Attribute values for people and for JSON: a row each, like `attribute.ts`. A value that cannot
 * be read, and every attribute without a row, is shown as hexadecimal digits.
 */

import { addressFromOctets, formatIpv4 } from '../net/address.ts';
import { formatExtended, formatLarge, formatStandard } from '../net/community.ts';
import { familyOf } from '../net/family.ts';
import { formatAfiSafi } from './afiSafiText.ts';
import { type AsWidth, judgeAsPath } from './asPath.ts';
import { type AsPathElement, readAsPath } from './asPathText.ts';
import { asWidth } from './attribute.ts';
import { AttributeCode, AttributeFlag } from './constants.ts';
import type { CodecContext } from './context.ts';
import { Fault } from './fault.ts';
import { formatHex } from './hex.ts';
import { NlriCursor } from './nlri.ts';
import { uint16, uint32 } from './octets.ts';

export interface DescribedPrefix {
  readonly prefix: string;
  /** With ADD-PATH only. */
  readonly pathId?: number;
}

/** The NLRI of a family that is not spoken is hexadecimal digits. */
type DescribedNlri = readonly DescribedPrefix[] | string;

export type AttributeValue =
  | boolean
  | number
  | string
  | readonly string[]
  | readonly AsPathElement[]
  | { readonly asn: number; readonly address: string }
  | { readonly family: string; readonly nextHop: readonly string[]; readonly nlri: DescribedNlri }
  | { readonly family: string; readonly nlri: DescribedNlri };

/** Undefined: the value is not what it should be. */
type Format = (
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CodecContext,
) => AttributeValue | undefined;

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

const FORMATS: ReadonlyMap<number, Format> = new Map<number, Format>([
  [AttributeCode.origin, (bytes, start, end) => of(1, start, end) && ORIGINS[bytes[start]!]],
  [AttributeCode.asPath, (bytes, s, e, context) => path(bytes, s, e, asWidth(context))],
  [AttributeCode.nextHop, identifier],
  [AttributeCode.multiExitDisc, number],
  [AttributeCode.localPref, number],
  [AttributeCode.atomicAggregate, (_, start, end) => of(0, start, end)],
  [AttributeCode.aggregator, (bytes, s, e, context) => aggregator(bytes, s, e, asWidth(context))],
  [AttributeCode.communities, each(4, (bytes, at) => formatStandard(uint32(bytes, at)))],
  [AttributeCode.originatorId, identifier],
  [AttributeCode.clusterList, each(4, formatIpv4)],
  [AttributeCode.mpReachNlri, mpReach],
  [AttributeCode.mpUnreachNlri, mpUnreach],
  [AttributeCode.extendedCommunities, each(8, extendedCommunity)],
  [AttributeCode.as4Path, (bytes, start, end) => path(bytes, start, end, 4)],
  [AttributeCode.as4Aggregator, (bytes, start, end) => aggregator(bytes, start, end, 4)],
  [AttributeCode.ipv6ExtendedCommunities, each(20, (bytes, at) => formatHex(bytes, at, at + 20))],
  [AttributeCode.largeCommunities, each(12, largeCommunity)],
  [AttributeCode.onlyToCustomer, number],
]);

/** The value at `start..end` of the attribute with this type code; never throws. */
export function describeValue(
  code: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CodecContext,
): AttributeValue {
  return FORMATS.get(code)?.(bytes, start, end, context) ?? formatHex(bytes, start, end);
}

const FLAGS = [
  ['optional', AttributeFlag.optional],
  ['transitive', AttributeFlag.transitive],
  ['partial', AttributeFlag.partial],
  ['extended-length', AttributeFlag.extendedLength],
] as const;

/** The names of the flags that are set. */
export function describeFlags(flags: number): string[] {
  return FLAGS.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
}

/** The prefixes at `start..end`, up to the first that is malformed; hexadecimal if not spoken. */
export function describeNlri(
  bytes: Uint8Array,
  start: number,
  end: number,
  afi: number,
  safi: number,
  context: CodecContext,
): DescribedNlri {
  const family = familyOf(afi, safi);
  if (!family) return formatHex(bytes, start, end);
  const addPath = context.addPath[family];
  const cursor = new NlriCursor();
  const prefixes: DescribedPrefix[] = [];
  for (cursor.reset(bytes, start, end, family, addPath); cursor.next(); ) {
    const prefix = cursor.prefix().text;
    prefixes.push(addPath ? { prefix, pathId: cursor.pathId } : { prefix });
  }
  return prefixes;
}

function of(length: number, start: number, end: number): true | undefined {
  return end - start === length ? true : undefined;
}

function number(bytes: Uint8Array, start: number, end: number): number | undefined {
  return of(4, start, end) && uint32(bytes, start);
}

function identifier(bytes: Uint8Array, start: number, end: number): string | undefined {
  return of(4, start, end) && formatIpv4(bytes, start);
}

function each(unit: number, format: (bytes: Uint8Array, at: number) => string): Format {
  return (bytes, start, end) => {
    if (end === start || (end - start) % unit !== 0) return undefined;
    const all: string[] = [];
    for (let at = start; at < end; at += unit) all.push(format(bytes, at));
    return all;
  };
}

function extendedCommunity(bytes: Uint8Array, at: number): string {
  return formatExtended((BigInt(uint32(bytes, at)) << 32n) | BigInt(uint32(bytes, at + 4)));
}

function largeCommunity(bytes: Uint8Array, at: number): string {
  return formatLarge([uint32(bytes, at), uint32(bytes, at + 4), uint32(bytes, at + 8)]);
}

function path(bytes: Uint8Array, start: number, end: number, width: AsWidth) {
  const fault = judgeAsPath(bytes, start, end, width, true);
  const readable = fault === Fault.none || fault === Fault.pathAsZero;
  return readable ? readAsPath(bytes, start, end, width) : undefined;
}

function aggregator(bytes: Uint8Array, start: number, end: number, width: AsWidth) {
  if (!of(width + 4, start, end)) return undefined;
  const asn = width === 4 ? uint32(bytes, start) : uint16(bytes, start);
  return { asn, address: formatIpv4(bytes, start + width) };
}

function mpReach(bytes: Uint8Array, start: number, end: number, context: CodecContext) {
  if (end - start < 5) return undefined;
  const [afi, safi, length] = [uint16(bytes, start), bytes[start + 2]!, bytes[start + 3]!];
  const nlriStart = start + 4 + length + 1;
  if (nlriStart > end) return undefined;
  const nextHop = describeNextHops(bytes, start + 4, length);
  const nlri = describeNlri(bytes, nlriStart, end, afi, safi, context);
  return { family: formatAfiSafi({ afi, safi }), nextHop, nlri };
}

/**
 * The next hops of MP_REACH_NLRI. RFC 2545 §3: 32 octets are a global and a link-local address.
 * Other families' may be anything.
 */
export function describeNextHops(bytes: Uint8Array, start: number, length: number): string[] {
  if (length === 0) return [];
  const size = length === 32 ? 16 : length;
  if (size !== 4 && size !== 16) return [formatHex(bytes, start, start + length)];
  const all: string[] = [];
  for (let at = start; at < start + length; at += size) {
    all.push(addressFromOctets(bytes.subarray(at, at + size)).text);
  }
  return all;
}

function mpUnreach(bytes: Uint8Array, start: number, end: number, context: CodecContext) {
  if (end - start < 3) return undefined;
  const [afi, safi] = [uint16(bytes, start), bytes[start + 2]!];
  const nlri = describeNlri(bytes, start + 3, end, afi, safi, context);
  return { family: formatAfiSafi({ afi, safi }), nlri };
}
