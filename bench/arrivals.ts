/**
 * When a withdrawal arrived at the neighbours, by the kernel's stamp on the packet. The feeder's own
 * stamp is of its read, and its process pours tables out meanwhile: that read came up to 12 ms late.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Namespace } from '../test/support/netns.ts';
import { PROGRAMS } from '../test/support/requirements.ts';
import { nlriOf } from './feeder/nlri.ts';

/** Segments with octets in them, from the daemon to where the feeder listens. */
const FILTER = 'tcp dst port 179 and ip[2:2] - ((ip[0] & 15) << 2) - ((tcp[12] & 240) >> 2) != 0';
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** How long the capture may lag behind the feeder, in ms. */
const LIMIT = 60_000;

interface Waiter {
  readonly count: number;
  readonly done: (times: readonly bigint[]) => void;
}

export class Arrivals {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  /** RFC 4271 §4.3: the length of the withdrawn routes, and the prefix, which is all of them. */
  readonly #wanted: Buffer;
  /** Of the wall clock, in ns: what is to be taken from it to get CLOCK_MONOTONIC. */
  readonly #offset = wallOffset();
  #unread: Buffer = Buffer.alloc(0);
  #hasHeader = false;
  /** Of withdrawals since the last `begin`, CLOCK_MONOTONIC in ns. */
  #seen: bigint[] = [];
  #waiter: Waiter | undefined;

  private constructor(namespace: Namespace, prefix: string) {
    const nlri = nlriOf(prefix);
    this.#wanted = Buffer.from([0, nlri.length, ...nlri]);
    // The kernel keeps room for whole packets: for eight of them, unless they are known to be short.
    const options = ['-i', 'any', '-Q', 'in', '-s', '512', '-U', '-w', '-', '--immediate-mode'];
    const argv = [PROGRAMS.tcpdump, ...options, '--time-stamp-precision=nano', FILTER];
    this.#child = spawn('ip', ['netns', 'exec', namespace.name, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout.on('data', (octets: Buffer) => this.#read(octets));
  }

  /** Of one IPv4 prefix, at all neighbours that live in the namespace. Resolves once it listens. */
  static async start(namespace: Namespace, prefix: string): Promise<Arrivals> {
    const arrivals = new Arrivals(namespace, prefix);
    await once(arrivals.#child.stderr, 'data'); // "listening on ..."
    return arrivals;
  }

  /** What arrived until now is of no interest. */
  begin(): void {
    this.#seen = [];
  }

  /** When `count` withdrawals arrived since `begin`, in ns; throws when there are fewer. */
  times(count: number): Promise<readonly bigint[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`the capture has ${this.#seen.length} withdrawals of ${count}`));
      }, LIMIT);
      const done = (times: readonly bigint[]) => {
        clearTimeout(timer);
        resolve(times);
      };
      this.#waiter = { count, done };
      this.#look();
    });
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }

  /** Whole records of the capture file; the magic number says what byte order it has: ours. */
  #read(octets: Buffer): void {
    let rest = Buffer.concat([this.#unread, octets]);
    if (!this.#hasHeader && rest.length >= FILE_HEADER) {
      this.#hasHeader = true;
      rest = rest.subarray(FILE_HEADER);
    }
    while (this.#hasHeader && rest.length >= RECORD_HEADER) {
      const end = RECORD_HEADER + rest.readUInt32LE(8);
      if (rest.length < end) break;
      const at = BigInt(rest.readUInt32LE(0)) * 1_000_000_000n + BigInt(rest.readUInt32LE(4));
      if (rest.subarray(RECORD_HEADER, end).includes(this.#wanted)) {
        this.#seen.push(at - this.#offset);
      }
      rest = rest.subarray(end);
    }
    this.#unread = rest;
    this.#look();
  }

  #look(): void {
    if (!this.#waiter || this.#seen.length < this.#waiter.count) return;
    this.#waiter.done(this.#seen);
    this.#waiter = undefined;
  }
}

/**
 * CLOCK_REALTIME less CLOCK_MONOTONIC, in ns. JavaScript has whole milliseconds of the first, so it is
 * looked at as one begins; the best of some tries, since this process may be interrupted between.
 */
function wallOffset(): bigint {
  let best = 0n;
  for (let tries = 0; tries < 5; tries++) {
    const before = Date.now();
    let now = before;
    while (now === before) now = Date.now();
    const offset = BigInt(now) * 1_000_000n - process.hrtime.bigint();
    if (offset > best) best = offset;
  }
  return best;
}
