/**
 * A socket that is read to its end although a write has failed. Who closes a session says why in a
 * NOTIFICATION, and what we were writing meanwhile is answered by a reset. Where a write meets that one
 * before the NOTIFICATION is read, Node would destroy the socket, and with it what has arrived: the
 * neighbour's Cease would look like a lost connection, and its routes might be kept (RFC 4724 §4.2).
 *
 *   a write fails ──► nothing is written any more ──► what has arrived is read ──► `end`, or an error
 */

import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/** Milliseconds for that. It is longer only where the connection has not ended, and the write has failed. */
const HEARING = 2000;

export class HeardSocket extends Socket {
  /** Why it cannot be written to any more. */
  fault: Error | undefined;
  /** False: nobody cares any more what arrives. */
  isHeard = true;

  override _write(chunk: unknown, encoding: BufferEncoding, written: Written): void {
    super._write(chunk, encoding, this.#unlessFailed(written));
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], written: Written): void {
    super._writev?.(chunks, this.#unlessFailed(written));
  }

  #unlessFailed(written: Written): Written {
    return (error) => {
      if (!error || !this.isHeard) {
        written(error);
        return;
      }
      this.fault = error;
      const timer = setTimeout(() => written(error), HEARING);
      this.once('close', () => clearTimeout(timer));
    };
  }
}
