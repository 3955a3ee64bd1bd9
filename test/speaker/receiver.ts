/** The far end of an export group's member, for tests: keeps the table that the written octets make. */

import type { DownstreamConfig, InternalConfig } from '../../src/config/config.ts';
import { OPEN_IMPORT } from '../../src/config/importPolicy.ts';
import { addressFromOctets } from '../../src/net/address.ts';
import { NO_COMMUNITIES } from '../../src/net/community.ts';
import { FAMILIES, type Family, familyOf } from '../../src/net/family.ts';
import { parseAddress } from '../../src/net/text.ts';
import type {
  Exporter,
  ExportMember,
  ExportMembership,
  ExportOutlet,
  RoomWanted,
} from '../../src/session/exportMember.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { messageLength } from '../../src/wire/header.ts';
import { NlriCursor } from '../../src/wire/nlri.ts';
import { uint16, uint32 } from '../../src/wire/octets.ts';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';

export const LOCAL_ADDRESS = '192.0.2.1';
export const NEXT_HOP_6 = '2001:db8:0:1::1';

const NEIGHBOUR = {
  port: 179,
  localAddress: undefined,
  interface: undefined,
  passive: false,
  multihop: 1,
  ttlSecurity: false,
  password: undefined,
  bindToInterface: false,
  holdTime: 90,
  connectRetry: 30,
  families: FAMILIES,
  gracefulRestart: 'helper',
  longLivedStaleTime: undefined,
  bfd: undefined,
  nextHop: { ipv4: undefined, ipv6: address(NEXT_HOP_6) },
  prepend: 0,
  med: undefined,
  communities: NO_COMMUNITIES,
  import: OPEN_IMPORT,
  maxPrefixes: { ipv4: undefined, ipv6: undefined, warn: 80, idle: 1800 },
  role: undefined,
  addPath: { receive: false, send: false, paths: 8 },
} as const;

export function downstream(changes: Partial<DownstreamConfig> = {}): DownstreamConfig {
  const own = { name: 'down', asn: 64999, address: address('192.0.2.9') };
  return { ...NEIGHBOUR, ...own, kind: 'downstream', export: 'all', ...changes };
}

export function internal(changes: Partial<InternalConfig> = {}): InternalConfig {
  const own = { name: 'edge', asn: 64500, address: address('192.0.2.8') };
  return { ...NEIGHBOUR, ...own, kind: 'internal', nextHopSelf: true, ...changes };
}

export const PLAIN: CodecContext = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};

/** RFC 4271 asks for nothing, the program for this: a withdrawal has no more before it in a socket. */
const MOST_UNSENT = 128 * 1024;

export class Receiver implements ExportMember {
  readonly outlet: ExportOutlet;
  /** Prefix, with `#ID` where it has path identifiers -> attributes, as `attributesText` puts them. */
  readonly table = new Map<string, string>();
  readonly chunks: Uint8Array[] = [];
  readonly endOfRib: Family[] = [];
  announced = 0;
  withdrawn = 0;
  unsent = 0;
  overwhelmedTimes = 0;
  /** Bugs of ours that it was told. */
  readonly bugs: unknown[] = [];
  repeats = 0;
  /** Ends of refreshes that it was told (RFC 7313). */
  readonly refreshesEnded: Family[] = [];
  /** Its kernel buffer is full and it reads nothing. */
  stalled = false;
  membership: ExportMembership | undefined;
  readonly #view = new UpdateView();
  readonly #cursor = new NlriCursor();

  constructor(
    receiver: DownstreamConfig | InternalConfig,
    context: CodecContext = PLAIN,
    longLived = false,
  ) {
    const families = receiver.families;
    const localAddress = address(LOCAL_ADDRESS);
    const is = { ...context, internal: receiver.kind === 'internal' };
    const kept = { keepsOurs: false, longLived };
    this.outlet = { receiver, localAs: 64500, localAddress, families, ...kept, context: is };
  }

  refreshEnded(family: Family): void {
    this.refreshesEnded.push(family);
  }

  join(groups: Exporter): void {
    this.table.clear();
    this.endOfRib.length = 0;
    this.unsent = 0;
    this.stalled = false;
    this.membership = groups.join(this.outlet, this);
  }

  leave(): void {
    this.membership?.leave();
    this.membership = undefined;
    this.table.clear();
  }

  stall(): void {
    this.stalled = true;
    this.unsent = MOST_UNSENT;
  }

  /** Takes everything that is unsent. */
  read(): void {
    this.stalled = false;
    this.unsent = 0;
    this.membership?.drained();
  }

  write(chunk: Uint8Array, messages: number): void {
    if (!this.membership) throw new Error('written to a member that is not there');
    this.unsent += chunk.length;
    if (this.unsent > MOST_UNSENT) throw new Error(`${this.unsent} octets are unsent`);
    this.chunks.push(chunk);
    let count = 0;
    for (let at = 0; at < chunk.length; at += messageLength(chunk, at), count++) {
      this.#message(chunk, at, at + messageLength(chunk, at));
    }
    if (count !== messages) throw new Error(`${messages} messages, but ${count}`);
  }

  overwhelmed(_want: RoomWanted): void {
    this.overwhelmedTimes++;
    this.leave();
  }

  broken(error: unknown): void {
    this.bugs.push(error);
    this.leave();
  }

  repeatOwn(): void {
    this.repeats++;
  }

  #message(bytes: Uint8Array, start: number, end: number): void {
    const { context } = this.outlet;
    if (end - start > (context.extendedMessages ? 65535 : 4096)) throw new Error('too long');
    const view = this.#view;
    decodeUpdate(bytes, start, end, context, view);
    if (view.verdict !== Verdict.ok) throw new Error(`fault ${view.fault} ${view.faultAttribute}`);
    if (view.endOfRib) this.endOfRib.push(view.endOfRib);
    this.#withdraw(bytes, view.withdrawnStart, view.withdrawnEnd, 'ipv4');
    const unreach = familyOf(view.mpUnreachAfi, view.mpUnreachSafi);
    if (unreach) {
      this.#withdraw(bytes, view.mpUnreachNlriStart, view.mpUnreachNlriEnd, unreach);
    }
    this.#announce(bytes, view.nlriStart, view.nlriEnd, 'ipv4');
    const reach = familyOf(view.mpReachAfi, view.mpReachSafi);
    if (reach) this.#announce(bytes, view.mpReachNlriStart, view.mpReachNlriEnd, reach);
  }

  #withdraw(bytes: Uint8Array, start: number, end: number, family: Family): void {
    const addPath = this.outlet.context.addPath[family];
    this.#cursor.reset(bytes, start, end, family, addPath);
    for (; this.#cursor.next(); this.withdrawn++) this.table.delete(this.#key(family));
  }

  #announce(bytes: Uint8Array, start: number, end: number, family: Family): void {
    if (start === end) return;
    const text = attributesText(bytes, this.#view, this.outlet.context);
    this.#cursor.reset(bytes, start, end, family, this.outlet.context.addPath[family]);
    for (; this.#cursor.next(); this.announced++) this.table.set(this.#key(family), text);
  }

  #key(family: Family): string {
    const { text } = this.#cursor.prefix();
    return this.outlet.context.addPath[family] ? `${text}#${this.#cursor.pathId}` : text;
  }
}

/** What a person would want to know of a route, attributes in the order of their codes. */
export function attributesText(bytes: Uint8Array, view: UpdateView, context: CodecContext): string {
  const parts: string[] = [];
  for (let code = 1; code < 256; code++) {
    if (!view.has(code) || code === 14) continue;
    const value = bytes.subarray(view.valueStart(code), view.attributeEnd(code));
    const width = code === 17 || context.fourOctetAs ? 4 : 2;
    parts.push(
      `${code}=${code === 2 || code === 17 ? pathText(value, width) : [...value].join('.')}`,
    );
  }
  if (view.mpReachAfi === 2) {
    const start = view.mpReachNextHopStart;
    const nextHop = bytes.subarray(start, start + view.mpReachNextHopLength);
    parts.push(`nh=${addressFromOctets(nextHop).text}`);
  }
  return parts.join(' ');
}

function pathText(value: Uint8Array, width: 2 | 4): string {
  const parts: string[] = [];
  for (let at = 0; at < value.length; at += 2 + value[at + 1]! * width) {
    const numbers = Array.from({ length: value[at + 1]! }, (_, i) => {
      const from = at + 2 + i * width;
      return width === 4 ? uint32(value, from) : uint16(value, from);
    });
    parts.push(value[at] === 1 ? `{${numbers.join(',')}}` : numbers.join(','));
  }
  return parts.join(',');
}

function address(text: string) {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`${text} is not an address`);
  return parsed;
}
