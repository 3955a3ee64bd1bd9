/**
 * Cuts a stream of octets into messages without copying them.
 *
 *   bytes:  [ head, 64 KiB          .tail| read window                  ]
 *                                  ^     ^                     ^
 *                    first incomplete    the socket            end of what
 *                    message begins here reads from here on    one read brought
 *
 * The socket reads into the window, always at its start. What a read leaves incomplete, the tail,
 * is moved to just before the window, so that the next read puts the rest right behind it and the
 * message lies in one piece. A message is visited where it lies; only a tail is ever copied.
 */

import {
  HEADER_LENGTH,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
} from './constants.ts';
import { checkHeader, messageLength, messageType } from './header.ts';

/**
 * One whole message at `start..end` of the framer's `bytes`, valid during the call only; false
 * says that the connection is over.
 */
export type MessageVisitor = (type: number, start: number, end: number) => boolean;

/**
 * An UPDATE begins at `start`, with a header that is right. Whoever has a faster way for some takes
 * it and those behind it, and returns where the first message begins that is to be visited.
 */
export type UpdateTaker = (start: number) => number;

/**
 * Room for the longest tail, from the beginning: whether messages may be extended is negotiated
 * after the socket was given the window, and the window cannot move then. It costs each connection
 * 64 KiB at most, and only what was written to is ever copied.
 */
const HEAD = MAX_EXTENDED_MESSAGE_LENGTH + 1;

const DEFAULT_WINDOW = 32 * 1024;

export class Framer {
  /** Head and window; the visitor's offsets point into it. */
  readonly bytes: Uint8Array;
  readonly #window: Uint8Array;
  #maxLength = MAX_MESSAGE_LENGTH;
  /** Octets of an incomplete message, which end where the window begins. */
  #tail = 0;
  #over = false;

  /** `windowLength`: the most that one read can bring. */
  constructor(windowLength = DEFAULT_WINDOW) {
    this.bytes = new Uint8Array(HEAD + windowLength);
    this.#window = this.bytes.subarray(HEAD);
  }

  /** Where the socket reads to: the same array for the life of the framer. */
  window(): Uint8Array {
    return this.#window;
  }

  /** From the next message on, 65535 octets are allowed (RFC 8654); may be called by the visitor. */
  allowExtendedMessages(): void {
    this.#maxLength = MAX_EXTENDED_MESSAGE_LENGTH;
  }

  /**
   * The first `count` octets of the window were just read. Throws RemoteError for a header that
   * RFC 4271 §6.1 refuses, as soon as its 19 octets are there. After that, and after a visitor
   * said false or threw, the stream is over and everything more is ignored.
   */
  received(count: number, visit: MessageVisitor, take: UpdateTaker = takeNone): void {
    if (this.#over) return;
    const end = HEAD + count;
    this.#over = true; // unless the walk comes to its end
    const rest = this.#visitMessages(HEAD - this.#tail, end, visit, take);
    if (rest < 0) return;
    this.#over = false;
    this.#tail = end - rest;
    this.bytes.copyWithin(HEAD - this.#tail, rest, end);
  }

  /** The same for octets that lie elsewhere, any number of them: copies them into the window. */
  push(chunk: Uint8Array, visit: MessageVisitor): void {
    for (let at = 0; at < chunk.length && !this.#over; at += this.#window.length) {
      const piece = chunk.subarray(at, at + this.#window.length);
      this.#window.set(piece);
      this.received(piece.length, visit);
    }
  }

  /** Where in `bytes` the message that is visited next begins; while none is visited. */
  get start(): number {
    return HEAD - this.#tail;
  }

  /** Octets of a message that has begun and not ended. */
  get pending(): number {
    return this.#tail;
  }

  /** Where the first incomplete message begins; -1 when the visitor ended the stream. */
  #visitMessages(from: number, end: number, visit: MessageVisitor, take: UpdateTaker): number {
    let start = from;
    while (end - start >= HEADER_LENGTH) {
      checkHeader(this.bytes, start, this.#maxLength);
      const next = start + messageLength(this.bytes, start);
      if (next > end) break;
      const type = messageType(this.bytes, start);
      const left = type === MessageType.update ? take(start) : start;
      if (left > start) {
        start = left;
        continue;
      }
      if (!visit(type, start, next)) return -1;
      start = next;
    }
    return start;
  }
}

const takeNone: UpdateTaker = (start) => start;
