/**
 * One session of the feeder: listens at its address, accepts one connection, keeps it alive, sends
 * its table when told, and counts what comes.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import {
  announcement,
  type Change,
  END_OF_RIB,
  HEADER,
  KEEPALIVE,
  MessageType,
  open,
  SHUTDOWN,
  visitNlri,
  withdrawal,
} from './messages.ts';
import { addressOctets } from './nlri.ts';
import type { Received, SessionPlan, Sighting } from './orders.ts';

/** Octets a write; small enough that reading is not kept waiting. */
const CHUNK = 256 * 1024;

export class Neighbour {
  readonly #index: number;
  readonly #plan: SessionPlan;
  readonly #holdTime: number;
  readonly #tell: (sighting: Sighting) => void;
  readonly #table: Buffer;
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  #socket: Socket | undefined;
  #pending: Buffer = Buffer.alloc(0);
  #held: boolean;
  /** Pieces of the table end within messages: no other may come between them. */
  #sending = false;
  #opened = false;
  #watched: ReadonlyMap<string, string> = new Map();
  #expected = Number.POSITIVE_INFINITY;
  /** Its time; 0: there is no session. */
  #lastMessage = 0n;
  #lastWords = 'without a NOTIFICATION';
  readonly #received = { updates: 0, announced: 0, withdrawn: 0, octets: 0, silence: 0 };
  /** Announced, and not yet in `#distinct`. */
  readonly #runs: { readonly nlri: Buffer; readonly at: bigint }[] = [];
  readonly #distinct = new Set<string>();
  #first: bigint | undefined;
  #last: bigint | undefined;

  constructor(
    index: number,
    plan: SessionPlan,
    timing: { readonly holdTime: number; readonly held: boolean },
    tell: (sighting: Sighting) => void,
  ) {
    this.#index = index;
    this.#plan = plan;
    this.#holdTime = timing.holdTime;
    this.#held = timing.held;
    this.#tell = tell;
    this.#table = plan.table === undefined ? Buffer.alloc(0) : readFileSync(plan.table);
  }

  async listen(): Promise<void> {
    this.#server.listen(179, this.#plan.address);
    await once(this.#server, 'listening');
  }

  /** Lets the session become Established that waits for it. */
  establish(): void {
    this.#held = false;
    if (this.#opened) this.#socket?.write(KEEPALIVE);
  }

  /** Resolves when the kernel has taken all of the table. */
  async send(): Promise<void> {
    const socket = this.#socket;
    if (!socket) throw new Error(`no session at ${this.#plan.address}`);
    this.#say('sending');
    this.#sending = true;
    for (let at = 0; at < this.#table.length; at += CHUNK) {
      if (socket.write(this.#table.subarray(at, at + CHUNK))) continue;
      await once(socket, 'drain').catch(() => undefined);
      if (!socket.destroyed) continue;
      this.#sending = false;
      return;
    }
    this.#sending = false;
    socket.write(END_OF_RIB, () => this.#say('sent'));
  }

  announce(prefix: string): void {
    const { asn, address } = this.#plan;
    this.#socket?.write(announcement(prefix, asn, addressOctets(address)));
  }

  withdraw(prefix: string): void {
    this.#socket?.write(withdrawal(prefix));
  }

  watch(prefixes: ReadonlyMap<string, string>): void {
    this.#watched = prefixes;
  }

  expect(announced: number): void {
    this.#expected = announced;
    this.#checkExpected();
  }

  close(): void {
    this.#server.close();
    this.#say('closed');
    this.#socket?.end(SHUTDOWN);
    this.#lastMessage = 0n;
  }

  get received(): Received {
    this.#countDistinct();
    const [first, last] = [this.#first?.toString(), this.#last?.toString()];
    return { ...this.#received, distinct: this.#distinct.size, first, last };
  }

  #accept(socket: Socket): void {
    if (this.#socket) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    const keepalives = setInterval(
      () => this.#held || this.#sending || socket.write(KEEPALIVE),
      (this.#holdTime * 1000) / 3,
    );
    socket.on('data', (chunk) => this.#read(socket, chunk));
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      clearInterval(keepalives);
      const isLost = this.#lastMessage !== 0n;
      if (isLost) this.#tell({ type: 'lost', session: this.#index, how: this.#lastWords });
      this.#socket = undefined;
      this.#opened = false;
      this.#lastMessage = 0n;
      this.#pending = Buffer.alloc(0);
    });
  }

  #read(socket: Socket, chunk: Buffer): void {
    const at = process.hrtime.bigint();
    const octets = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let start = 0;
    while (octets.length - start >= HEADER) {
      const length = octets.readUInt16BE(start + 16);
      if (octets.length - start < length) break;
      this.#receive(socket, octets, start, at);
      start += length;
    }
    this.#pending = octets.subarray(start);
  }

  #receive(socket: Socket, octets: Buffer, start: number, at: bigint): void {
    if (!this.#server.listening) return; // it was told to close
    const type = octets[start + 18];
    if (type === MessageType.open) {
      this.#opened = true;
      socket.write(open(this.#plan.asn, this.#holdTime, addressOctets(this.#plan.address)));
      if (!this.#held) socket.write(KEEPALIVE);
    } else if (type === MessageType.keepalive && this.#lastMessage === 0n) {
      // RFC 4271 §8.2.2: the first one acknowledges our OPEN.
      this.#say('confirmed');
      this.#lastMessage = at;
    }
    if (this.#lastMessage !== 0n) {
      const silence = Number(at - this.#lastMessage) / 1e6;
      this.#received.silence = Math.max(this.#received.silence, silence);
      this.#lastMessage = at;
    }
    if (type === MessageType.notification) {
      const [code, subcode] = [octets[start + HEADER], octets[start + HEADER + 1]];
      this.#lastWords = `NOTIFICATION ${code}/${subcode}`;
    }
    if (type === MessageType.update) this.#receiveUpdate(octets, start, at);
  }

  #receiveUpdate(octets: Buffer, start: number, at: bigint): void {
    const counts = this.#received;
    const before = counts.announced + counts.withdrawn;
    counts.octets += octets.readUInt16BE(start + 16);
    visitNlri(octets, start, (change, from, to) => {
      if (change === 'announced') this.#runs.push({ nlri: octets.subarray(from, to), at });
      for (const [start, end] of prefixesOf(octets, from, to)) {
        counts[change]++;
        if (this.#watched.size > 0) this.#see(change, octets.toString('hex', start, end), at);
      }
    });
    if (counts.announced + counts.withdrawn === before) return; // an End-of-RIB
    counts.updates++;
    this.#first ??= at;
    this.#last = at;
    this.#checkExpected();
  }

  #see(change: Change, nlri: string, at: bigint): void {
    const prefix = this.#watched.get(nlri);
    if (prefix === undefined) return;
    this.#tell({ type: change, session: this.#index, prefix, at: String(at) });
  }

  /** Different prefixes are counted late, when there can be enough: counting takes time. */
  #checkExpected(): void {
    if (this.#received.announced < this.#expected) return;
    this.#countDistinct();
  }

  #countDistinct(): void {
    for (const { nlri, at } of this.#runs.splice(0)) {
      for (const [start, end] of prefixesOf(nlri, 0, nlri.length)) {
        this.#distinct.add(nlri.toString('latin1', start, end));
      }
      if (this.#distinct.size < this.#expected) continue;
      this.#expected = Number.POSITIVE_INFINITY;
      this.#say('reached', at);
    }
  }

  #say(
    type: 'confirmed' | 'sending' | 'sent' | 'reached' | 'closed',
    at = process.hrtime.bigint(),
  ): void {
    this.#tell({ type, session: this.#index, at: String(at) });
  }
}

/** Where each of the prefixes starts and ends. */
function* prefixesOf(octets: Buffer, from: number, to: number): Generator<[number, number]> {
  for (let start = from; start < to; ) {
    const end = start + 1 + ((octets[start]! + 7) >> 3);
    yield [start, end];
    start = end;
  }
}
