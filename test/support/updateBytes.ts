/** UPDATEs as tests write them: hexadecimal parts with the lengths filled in, never our encoder. */

import type { CodecContext } from '../../src/wire/context.ts';
import { UpdateView, Verdict, verdictWord } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { concat, message, octets } from './octets.ts';

export interface UpdateParts {
  readonly withdrawn?: string;
  readonly attributes?: readonly Uint8Array[];
  readonly nlri?: string;
}

/** A whole UPDATE; all lengths are right. */
export function update({ withdrawn = '', attributes = [], nlri = '' }: UpdateParts): Uint8Array {
  const routes = octets(withdrawn);
  const path = concat(...attributes);
  return message(2, concat(uint16(routes.length), routes, uint16(path.length), path, octets(nlri)));
}

/** `flags` 0x10 makes the length two octets; it is right either way. */
export function attribute(flags: number, code: number, value: string): Uint8Array {
  const content = octets(value);
  const length = flags & 0x10 ? uint16(content.length) : Uint8Array.of(content.length);
  return concat(Uint8Array.of(flags, code), length, content);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

const external: CodecContext = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};

/** The kinds of session that change how octets are read. */
export const SESSION = {
  external,
  internal: { ...external, internal: true },
  twoOctet: { ...external, fourOctetAs: false },
  addPath: { ...external, addPath: { ipv4: true, ipv6: true } },
  nextHops: { ...external, extendedNextHop: true },
} as const;

/** Well-formed attributes for a four-octet session. */
export const GOOD = {
  origin: attribute(0x40, 1, '00'), // igp
  asPath: attribute(0x40, 2, '02 01 0000fbf0'), // AS_SEQUENCE of 64496
  asPathTwoOctet: attribute(0x40, 2, '02 01 fbf0'),
  nextHop: attribute(0x40, 3, 'c6336401'), // 198.51.100.1
  // ipv6 unicast, next hop 2001:db8::1, 2001:db8:113::/48
  mpReach: attribute(0x80, 14, '0002 01 10 20010db8000000000000000000000001 00 30 20010db80113'),
  mpUnreach: attribute(0x80, 15, '0002 01 30 20010db80113'),
} as const;

/** 203.0.113.0/24. */
export const PREFIX = '18 cb0071';

/** Decodes `bytes`, one whole message; `view` may have been used before. */
export function viewOf(
  bytes: Uint8Array,
  context: CodecContext = external,
  view = new UpdateView(),
): UpdateView {
  decodeUpdate(bytes, 0, bytes.length, context, view);
  return view;
}

/** `ok`, `treat-as-withdraw`, or `session-reset 3/6`. */
export function verdictOf(view: UpdateView): string {
  if (view.verdict !== Verdict.sessionReset) return verdictWord(view.verdict);
  const { code, subcode } = view.error();
  return `session-reset ${code}/${subcode}`;
}
