/**
 * Messages of netlink (netlink(7)), as they lie in memory: numbers in the order of this machine, all
 * of it aligned to four octets.
 *
 *   header     length (32) | type (16) | flags (16) | sequence (32) | port (32)
 *   body       what the type begins with
 *   attribute  length (16) | type (16) | value
 *
 * Typed arrays over one buffer have that order by themselves, so nothing here asks for it.
 */

export const HEADER_OCTETS = 16;
/** The length and type of an attribute. */
export const ATTRIBUTE_OCTETS = 4;

export const MessageType = { error: 2, done: 3 } as const;

export const Flag = {
  request: 0x1,
  acknowledge: 0x4,
  /** Of an answer: what was dumped changed meanwhile. */
  dumpInterrupted: 0x10,
  /** Of a request to read: everything. */
  dump: 0x300,
  /** Of a request to change. */
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  /** Of an error: the request in it is its header alone; attributes follow. */
  capped: 0x100,
  withAttributes: 0x200,
} as const;

/** The type of an attribute without the marks in its upper bits. */
const TYPE_MASK = 0x3fff;

/** Memory of a machine's words that messages are written into or read from. */
export class NetlinkMemory {
  readonly octets: Uint8Array;
  readonly #halves: Uint16Array;
  readonly #words: Uint32Array;

  constructor(octets: number) {
    const buffer = new ArrayBuffer(octets);
    this.octets = new Uint8Array(buffer);
    this.#halves = new Uint16Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /** At an even offset. */
  half(at: number): number {
    return this.#halves[at >>> 1] ?? 0;
  }

  /** At an offset that four divides; unsigned. */
  word(at: number): number {
    return this.#words[at >>> 2] ?? 0;
  }

  putHalf(at: number, value: number): void {
    this.#halves[at >>> 1] = value;
  }

  putWord(at: number, value: number): void {
    this.#words[at >>> 2] = value;
  }
}

/** Messages one behind the other. */
export class NetlinkWriter {
  readonly memory: NetlinkMemory;
  /** Octets written. */
  length = 0;
  #start = 0;

  constructor(octets: number) {
    this.memory = new NetlinkMemory(octets);
  }

  clear(): void {
    this.length = 0;
  }

  /** Begins a message whose body has `bodyOctets`, all 0; returns where the body is. */
  begin(type: number, flags: number, sequence: number, bodyOctets: number): number {
    const { memory } = this;
    const start = this.length;
    const body = start + HEADER_OCTETS;
    memory.octets.fill(0, start, body + bodyOctets);
    memory.putHalf(start + 4, type);
    memory.putHalf(start + 6, flags);
    memory.putWord(start + 8, sequence);
    this.#start = start;
    this.length = body + bodyOctets;
    return body;
  }

  number(type: number, value: number): void {
    const at = this.#attribute(type, 4);
    this.memory.putWord(at, value);
  }

  /** Octets that the caller writes, from the returned offset on; four divides their number. */
  room(type: number, octets: number): number {
    return this.#attribute(type, octets);
  }

  end(): void {
    this.memory.putWord(this.#start, this.length - this.#start);
  }

  /** Asks for an answer to the message that was written last. */
  acknowledge(): void {
    const at = this.#start + 6;
    this.memory.putHalf(at, this.memory.half(at) | Flag.acknowledge);
  }

  #attribute(type: number, octets: number): number {
    const at = this.length;
    this.memory.putHalf(at, ATTRIBUTE_OCTETS + octets);
    this.memory.putHalf(at + 2, type);
    this.length = at + ATTRIBUTE_OCTETS + octets;
    return at + ATTRIBUTE_OCTETS;
  }
}

/** What `eachMessage` is at; one object serves for all. */
export class MessageView {
  readonly memory: NetlinkMemory;
  type = 0;
  flags = 0;
  sequence = 0;
  /** Offsets of the body and of the end. */
  body = 0;
  end = 0;

  constructor(memory: NetlinkMemory) {
    this.memory = memory;
  }

  /** Goes through the attributes from `start` on: the offset and length of each value. */
  eachAttribute(start: number, visit: (type: number, at: number, length: number) => void): void {
    const { memory } = this;
    for (let at = start; at + ATTRIBUTE_OCTETS <= this.end; ) {
      const length = memory.half(at);
      if (length < ATTRIBUTE_OCTETS || at + length > this.end) return;
      const value = at + ATTRIBUTE_OCTETS;
      visit(memory.half(at + 2) & TYPE_MASK, value, length - ATTRIBUTE_OCTETS);
      at += aligned(length);
    }
  }
}

/** Goes through the messages in the first `octets` of the view's memory; what is cut off is left out. */
export function eachMessage(view: MessageView, octets: number, visit: () => void): void {
  const { memory } = view;
  for (let at = 0; at + HEADER_OCTETS <= octets; ) {
    const length = memory.word(at);
    if (length < HEADER_OCTETS || at + length > octets) return;
    view.type = memory.half(at + 4);
    view.flags = memory.half(at + 6);
    view.sequence = memory.word(at + 8);
    view.body = at + HEADER_OCTETS;
    view.end = at + length;
    visit();
    at += aligned(length);
  }
}

/** The kernel's answer to a request. */
export interface Fault {
  /** As errno(3) numbers it. */
  readonly errno: number;
  /** The kernel's own words, where it has some. */
  readonly text: string | undefined;
}

/** NLMSGERR_ATTR_MSG. */
const ERROR_TEXT = 1;

/** Of a view at an error message; undefined: all went well. */
export function faultIn(view: MessageView): Fault | undefined {
  const { memory, body, end } = view;
  const errno = -(memory.word(body) | 0);
  if (errno === 0) return undefined;
  if ((view.flags & Flag.withAttributes) === 0) return { errno, text: undefined };
  const requestOctets = (view.flags & Flag.capped) === 0 ? memory.word(body + 4) : HEADER_OCTETS;
  let text: string | undefined;
  view.eachAttribute(Math.min(end, body + 4 + aligned(requestOctets)), (type, at, length) => {
    // It ends with a zero.
    const octets = memory.octets.subarray(at, at + Math.max(0, length - 1));
    if (type === ERROR_TEXT) text = String.fromCharCode(...octets);
  });
  return { errno, text };
}

function aligned(octets: number): number {
  return (octets + 3) & ~3;
}
