/**
 * Routes as the soak's own model has them, read from UPDATEs octet by octet; nothing of the
 * program's decoders or of its RIB is in here.
 */

import { addressFromOctets } from '../../src/net/address.ts';
import type { Family } from '../../src/net/family.ts';

export interface ModelRoute {
  /** `203.0.113.0/24`. */
  readonly prefix: string;
  readonly family: Family;
  /** Length and address octets, as in NLRI. */
  readonly nlri: Uint8Array;
  /** The path attributes without those of RFC 4760. */
  readonly attributes: Uint8Array;
  /** Of IPv6: as in MP_REACH_NLRI. */
  readonly nextHop: Uint8Array;
  readonly asPath: readonly PathElement[];
  readonly origin: number;
  readonly med: number;
  readonly communities: readonly number[];
}

/** An AS, or an AS_SET. */
export type PathElement = number | { readonly set: readonly number[] };

export interface ModelUpdate {
  readonly announced: readonly ModelRoute[];
  readonly withdrawn: readonly string[];
}

const HEADER = 19;
const CODE = { origin: 1, asPath: 2, med: 4, communities: 8, mpReach: 14, mpUnreach: 15 } as const;
const SIZE = { ipv4: 4, ipv6: 16 } as const;
const NOTHING = new Uint8Array(0);
const AS_SET = 1;

interface Prefix {
  readonly text: string;
  readonly nlri: Uint8Array;
}

/** A message that is without fault, of a session with four-octet AS numbers. */
export function readUpdate(message: Uint8Array): ModelUpdate {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const withdrawnEnd = HEADER + 2 + view.getUint16(HEADER);
  const nlriAt = withdrawnEnd + 2 + view.getUint16(withdrawnEnd);
  const values = new Map<number, Uint8Array>();
  const kept: Uint8Array[] = [];
  for (let at = withdrawnEnd + 2; at < nlriAt; ) {
    const wide = (message[at]! & 0x10) !== 0;
    const valueAt = at + (wide ? 4 : 3);
    const end = valueAt + (wide ? view.getUint16(at + 2) : message[at + 2]!);
    const code = message[at + 1]!;
    values.set(code, message.slice(valueAt, end));
    if (code !== CODE.mpReach && code !== CODE.mpUnreach) kept.push(message.slice(at, end));
    at = end;
  }
  const attributes = Uint8Array.from(kept.flatMap((each) => [...each]));
  const meaning = { attributes, ...meaningOf(values) };
  const reach = multiprotocol(values.get(CODE.mpReach), true);
  const unreach = multiprotocol(values.get(CODE.mpUnreach), false);
  const four = prefixesIn(message.slice(nlriAt), 'ipv4').map(route('ipv4', NOTHING));
  const six = reach.prefixes.map(route('ipv6', reach.nextHop));
  function route(family: Family, nextHop: Uint8Array) {
    return ({ text: prefix, nlri }: Prefix): ModelRoute => {
      return { prefix, family, nlri, nextHop, ...meaning };
    };
  }
  return {
    announced: [...four, ...six],
    withdrawn: [
      ...prefixesIn(message.slice(HEADER + 2, withdrawnEnd), 'ipv4'),
      ...unreach.prefixes,
    ].map(({ text }) => text),
  };
}

function meaningOf(values: ReadonlyMap<number, Uint8Array>) {
  const med = values.get(CODE.med);
  const communities = values.get(CODE.communities) ?? NOTHING;
  return {
    origin: values.get(CODE.origin)?.[0] ?? 0,
    asPath: asPathIn(values.get(CODE.asPath) ?? NOTHING),
    med: med ? uint32(med, 0) : 0,
    communities: Array.from({ length: communities.length / 4 }, (_, i) =>
      uint32(communities, i * 4),
    ),
  };
}

function asPathIn(octets: Uint8Array): readonly PathElement[] {
  const path: PathElement[] = [];
  for (let at = 0; at + 2 <= octets.length; ) {
    const [type = 0, count = 0] = octets.subarray(at);
    const asns = Array.from({ length: count }, (_, i) => uint32(octets, at + 2 + i * 4));
    if (type === AS_SET) path.push({ set: asns });
    else path.push(...asns);
    at += 2 + count * 4;
  }
  return path;
}

/** IPv6 unicast alone. */
function multiprotocol(value: Uint8Array | undefined, reach: boolean) {
  const none = { prefixes: [] as readonly Prefix[], nextHop: NOTHING };
  if (value?.[1] !== 2 || value[2] !== 1) return none;
  if (!reach) return { ...none, prefixes: prefixesIn(value.slice(3), 'ipv6') };
  const nlriAt = 4 + value[3]! + 1;
  return { prefixes: prefixesIn(value.slice(nlriAt), 'ipv6'), nextHop: value.slice(4, nlriAt - 1) };
}

function prefixesIn(octets: Uint8Array, family: Family): readonly Prefix[] {
  const prefixes: Prefix[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets[at]!;
    const end = at + 1 + Math.ceil(length / 8);
    const address = new Uint8Array(SIZE[family]);
    address.set(octets.subarray(at + 1, end));
    // Bits behind the length mean nothing (RFC 4271 §4.3).
    if (length % 8 > 0) address[end - at - 2]! &= 0xff << (8 - (length % 8));
    const text = `${addressFromOctets(address).text}/${length}`;
    prefixes.push({ text, nlri: octets.slice(at, end) });
    at = end;
  }
  return prefixes;
}

function uint32(octets: Uint8Array, at: number): number {
  return new DataView(octets.buffer, octets.byteOffset).getUint32(at);
}

/** One that announces the route alone. */
export function announcement({ family, attributes, nlri, nextHop }: ModelRoute): Uint8Array {
  if (family === 'ipv4') return update(NOTHING, attributes, nlri);
  const value = Uint8Array.of(0, 2, 1, nextHop.length, ...nextHop, 0, ...nlri);
  return update(NOTHING, Uint8Array.of(...attributes, ...multiprotocolHead(14, value)), NOTHING);
}

export function withdrawal({ family, nlri }: Pick<ModelRoute, 'family' | 'nlri'>): Uint8Array {
  if (family === 'ipv4') return update(nlri, NOTHING, NOTHING);
  return update(NOTHING, multiprotocolHead(15, Uint8Array.of(0, 2, 1, ...nlri)), NOTHING);
}

function multiprotocolHead(code: number, value: Uint8Array): Uint8Array {
  return Uint8Array.of(0x90, code, value.length >> 8, value.length & 255, ...value);
}

export function update(
  withdrawn: Uint8Array,
  attributes: Uint8Array,
  nlri: Uint8Array,
): Uint8Array {
  const two = (value: number) => [value >> 8, value & 255];
  const body = [
    ...two(withdrawn.length),
    ...withdrawn,
    ...two(attributes.length),
    ...attributes,
    ...nlri,
  ];
  return Uint8Array.of(...new Array(16).fill(255), ...two(body.length + HEADER), 2, ...body);
}
