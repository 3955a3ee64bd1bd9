/** What hostile neighbours say: whole messages, many of them in one buffer, made while they are sent. */

const HEADER = 19;
const TYPE = { update: 2, routeRefresh: 5 } as const;
const NONE = new Uint8Array(0);
/** Octets of a buffer: enough for a write to be cheap. */
const BATCH = 256 * 1024;
/** The longest message without and with RFC 8654. */
export const LONGEST = { normal: 4096, extended: 65535 } as const;
/** Octets of a community and of a /24 or /32 in NLRI. */
const COMMUNITY = 4;
const NLRI_24 = 4;
const NLRI_32 = 5;
/** Of the communities that say which block it is. */
const FIRST_NUMBER = 0x1000000;
const FIRST_ADDRESS = 0x01000000;
/** Octets in front of the communities of a block: ORIGIN, AS_PATH, NEXT_HOP, and the header of them. */
const IN_FRONT = 4 + 9 + 7 + 4;

export interface Batch {
  readonly octets: Buffer;
  readonly messages: number;
}

/** Many messages a buffer. */
export function* batches(messages: Iterable<Buffer>): Generator<Batch> {
  let waiting: Buffer[] = [];
  let length = 0;
  for (const message of messages) {
    waiting.push(message);
    length += message.length;
    if (length < BATCH) continue;
    yield { octets: Buffer.concat(waiting), messages: waiting.length };
    waiting = [];
    length = 0;
  }
  if (length > 0) yield { octets: Buffer.concat(waiting), messages: waiting.length };
}

/**
 * `count` attribute blocks of `octets` each, no two the same. Each comes twice: what is known already
 * goes another way through the daemon than what is new.
 */
export function* largeBlocks(
  asn: number,
  count: number,
  octets: number,
  longest: number,
): Generator<Buffer> {
  const communities = Math.floor((octets - IN_FRONT) / COMMUNITY);
  const room = Math.floor((longest - HEADER - 4 - IN_FRONT - communities * COMMUNITY) / NLRI_24);
  const block = Buffer.concat([path(asn, [], 0), communitiesOf(communities)]);
  for (let i = 0; i < count; i++) {
    block.writeUInt32BE(FIRST_NUMBER + i, block.length - COMMUNITY);
    // The two lie beside each other, so that neither takes away the other's prefixes.
    yield update(block, prefixes(24, i * 2 * room, room));
    yield update(block, prefixes(24, (i * 2 + 1) * room, room));
  }
}

/** `count` attribute sets with one prefix each, no two the same. */
export function* distinctSets(asn: number, count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield update(path(asn, [1_000_000 + i], 0), prefixes(24, i, 1));
}

/** One /32 after the other, as many a message as fit. */
export function* hostRoutes(asn: number, count: number, longest: number): Generator<Buffer> {
  const set = path(asn, [], 0);
  const room = Math.floor((longest - HEADER - 4 - set.length) / NLRI_32);
  for (let i = 0; i < count; i += room) yield update(set, prefixes(32, i, room));
}

/** `count` UPDATEs that are to be treated as withdrawals (RFC 7606 §7.1). */
export function* undefinedOrigins(asn: number, count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield update(path(asn, [i + 1], 7), prefixes(24, i, 1));
}

/** Wants everything again and again (RFC 2918). */
export function* refreshes(count: number): Generator<Buffer> {
  const [four, six] = [1, 2].map((afi) =>
    message(TYPE.routeRefresh, Buffer.from([0, afi, 0, 1])),
  ) as [Buffer, Buffer];
  for (let i = 0; i < count; i += 2) yield* [four, six];
}

export function update(
  attributes: Uint8Array,
  nlri: Uint8Array,
  withdrawn: Uint8Array = NONE,
): Buffer {
  return message(
    TYPE.update,
    Buffer.concat([two(withdrawn.length), withdrawn, two(attributes.length), attributes, nlri]),
  );
}

function message(type: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(HEADER, 0xff);
  head.writeUInt16BE(HEADER + body.length, 16);
  head[18] = type;
  return Buffer.concat([head, body]);
}

function path(asn: number, more: readonly number[], origin: number): Buffer {
  const hops = [asn, ...more];
  const octets = Buffer.alloc(4 + 5 + hops.length * 4 + 7);
  octets.set([0x40, 1, 1, origin, 0x40, 2, 2 + hops.length * 4, 2, hops.length]);
  for (const [i, hop] of hops.entries()) octets.writeUInt32BE(hop, 9 + i * 4);
  octets.set([0x40, 3, 4, 198, 51, 100, 1], octets.length - 7);
  return octets;
}

/** Each another one. */
function communitiesOf(count: number): Buffer {
  const octets = Buffer.alloc(4 + count * COMMUNITY);
  octets.set([0xd0, 8, ...two(count * COMMUNITY)]);
  for (let i = 0; i < count; i++) octets.writeUInt32BE(FIRST_NUMBER - count + i, 4 + i * COMMUNITY);
  return octets;
}

/** `count` prefixes of this length, from the nth on. */
function prefixes(length: 24 | 32, first: number, count: number): Buffer {
  const width = length / 8 + 1;
  const octets = Buffer.alloc(count * width);
  for (let i = 0; i < count; i++) {
    const number = first + i;
    const address = length === 32 ? FIRST_ADDRESS + number : FIRST_ADDRESS + number * 256;
    octets[i * width] = length;
    if (length === 32) octets.writeUInt32BE(address >>> 0, i * width + 1);
    else octets.writeUIntBE((address >>> 8) & 0xffffff, i * width + 1, 3);
  }
  return octets;
}

function two(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}
