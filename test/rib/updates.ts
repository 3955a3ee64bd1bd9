/** UPDATEs for tests, written octet by octet: nothing of the program's own encoder is in them. */

import { parseAddress, parsePrefix } from '../../src/net/text.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { UpdateView } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';

export interface SetSpec {
  readonly origin?: number;
  /** A number: part of a sequence; a list: a set. */
  readonly path?: readonly (number | readonly number[])[];
  readonly nextHop?: string;
  readonly med?: number;
  readonly localPref?: number;
  readonly communities?: readonly number[];
  readonly originatorId?: number;
  readonly clusterList?: readonly number[];
  readonly otc?: number;
  /** Attributes as octets, header and all. */
  readonly raw?: readonly number[];
}

export interface UpdateSpec extends SetSpec {
  /** Prefixes as texts, with `#ID` behind where there is a path identifier. */
  readonly announce?: readonly string[];
  readonly withdraw?: readonly string[];
}

export const FOUR_OCTET: CodecContext = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};

/** A whole message: IPv4 prefixes in the old fields, IPv6 ones in MP attributes. */
export function updateBytes(spec: UpdateSpec, context: CodecContext = FOUR_OCTET): Uint8Array {
  const announce = spec.announce ?? [];
  const withdraw = spec.withdraw ?? [];
  const v4 = (texts: readonly string[]) =>
    texts.filter((text) => !text.includes(':')).flatMap(nlri);
  const v6 = (texts: readonly string[]) => texts.filter((text) => text.includes(':')).flatMap(nlri);
  const withdrawn = v4(withdraw);
  const attributes: number[] = [];
  if (announce.length > 0)
    attributes.push(...attributeBytes(spec, v4(announce).length > 0, context));
  const reach = v6(announce);
  if (reach.length > 0) {
    const nextHop = octets(spec.nextHop?.includes(':') ? spec.nextHop : '2001:db8::1');
    attributes.push(...long(0x80, 14, [0, 2, 1, nextHop.length, ...nextHop, 0, ...reach]));
  }
  const unreach = v6(withdraw);
  if (unreach.length > 0) attributes.push(...long(0x80, 15, [0, 2, 1, ...unreach]));
  const body = [...two(withdrawn.length), ...withdrawn, ...two(attributes.length), ...attributes];
  const message = [...body, ...v4(announce)];
  return Uint8Array.from([...new Array(16).fill(255), ...two(message.length + 19), 2, ...message]);
}

/** The attributes alone, as an IPv4 UPDATE has them. */
export function attributeBytes(
  spec: SetSpec,
  withNextHop: boolean,
  context: CodecContext = FOUR_OCTET,
): number[] {
  const out = [...short(0x40, 1, [spec.origin ?? 0]), ...long(0x40, 2, pathBytes(spec, context))];
  if (withNextHop) {
    const nextHop = spec.nextHop?.includes('.') ? spec.nextHop : '198.51.100.1';
    out.push(...short(0x40, 3, octets(nextHop)));
  }
  if (spec.med !== undefined) out.push(...short(0x80, 4, four(spec.med)));
  if (spec.localPref !== undefined) out.push(...short(0x40, 5, four(spec.localPref)));
  if (spec.communities) out.push(...long(0xc0, 8, spec.communities.flatMap(four)));
  if (spec.originatorId !== undefined) out.push(...short(0x80, 9, four(spec.originatorId)));
  if (spec.clusterList) out.push(...short(0x80, 10, spec.clusterList.flatMap(four)));
  if (spec.otc !== undefined) out.push(...short(0xc0, 35, four(spec.otc)));
  return [...out, ...(spec.raw ?? [])];
}

/** Decoded as the session does it. */
export function decoded(bytes: Uint8Array, context: CodecContext = FOUR_OCTET): UpdateView {
  const view = new UpdateView();
  decodeUpdate(bytes, 0, bytes.length, context, view);
  return view;
}

function pathBytes({ path = [] }: SetSpec, context: CodecContext): number[] {
  const asn = (value: number) => (context.fourOctetAs ? four(value) : two(value));
  const out: number[] = [];
  for (let i = 0; i < path.length; ) {
    const part = path[i]!;
    if (typeof part !== 'number') {
      out.push(1, part.length, ...part.flatMap(asn));
      i++;
      continue;
    }
    const sequence: number[] = [];
    for (let next = path[i]; typeof next === 'number' && sequence.length < 255; next = path[++i]) {
      sequence.push(next);
    }
    out.push(2, sequence.length, ...sequence.flatMap(asn));
  }
  return out;
}

function nlri(text: string): number[] {
  const [cidr = '', pathId] = text.split('#');
  const prefix = parsePrefix(cidr);
  if (!prefix) throw new Error(`${cidr} is not a prefix`);
  const address = prefix.octets.subarray(0, (prefix.length + 7) >> 3);
  return [...(pathId === undefined ? [] : four(Number(pathId))), prefix.length, ...address];
}

function octets(text: string): number[] {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is not an address`);
  return [...address.octets];
}

function short(flags: number, code: number, value: readonly number[]): number[] {
  return [flags, code, value.length, ...value];
}

function long(flags: number, code: number, value: readonly number[]): number[] {
  if (value.length < 256) return short(flags, code, value);
  return [flags | 0x10, code, ...two(value.length), ...value];
}

function two(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}

function four(value: number): number[] {
  return [...two(value >>> 16), ...two(value)];
}
