/**
 * Brings the kernel's routes to what is wanted, a batch a turn: what it is told goes into a table
 * where each prefix is once, however often it changes, and from there to the kernel. Whatever the
 * kernel refuses is tried again later. Runs in a thread of its own, since a single request may take a
 * second.
 *
 *   rows ─► HopTable ─► batch ─► kernel ─► answers ─► HopTable
 *   hops ─► HopObjects ─► kernel, at once
 */

import { FAMILIES } from '../net/family.ts';
import { HopTable } from '../rib/hopTable.ts';
import { RowPrefix } from '../rib/rowPrefix.ts';
import { HopObjects } from './hopObjects.ts';
import {
  type FromInstaller,
  type HopTarget,
  type InstallCounts,
  IPV6_ROW,
  ROW_WORDS,
} from './installMessages.ts';
import type { Fault } from './netlink.ts';
import { BATCH, faultText } from './netlinkKernel.ts';
import { LOST, type RouteKernel } from './routeKernel.ts';
import type { RouteVerb } from './routeMessage.ts';
import { rowText } from './rowText.ts';

export interface InstallerOptions {
  readonly kernel: RouteKernel;
  readonly tell: (message: FromInstaller) => void;
}

/** Causes that are told of between two looks: each is a line of the log. */
const MAX_CAUSES = 8;

const EEXIST = 17;
const ENOENT = 2;
const ESRCH = 3;

interface Attempt {
  readonly row: RowPrefix;
  verb: RouteVerb;
  wanted: number;
  isDone: boolean;
}

export class Installer {
  readonly #options: InstallerOptions;
  readonly #table = new HopTable();
  readonly #hops: HopObjects;
  readonly #row = new RowPrefix();
  readonly #attempts: readonly Attempt[];
  /** This machine's own IPv6 networks, by text: the kernel's route has a metric that ours would beat. */
  #connected = new Set<string>();
  /** Lengths of those. */
  #connectedLengths = new Set<number>();
  /** Nobody has said that all has been said. */
  #settled = false;
  /** What is in the kernel is not known; nothing is done before it is. */
  #lost = false;
  /** The kernel takes nothing at all: not before the next look. */
  #stuck = false;
  /** What has failed since the last look, and what had before. */
  #causes = new Set<string>();
  #toldCauses = new Set<string>();
  #done = 0;
  #refused = 0;

  constructor(options: InstallerOptions) {
    this.#options = options;
    this.#attempts = Array.from({ length: BATCH }, () => ({
      ...{ row: new RowPrefix(), verb: 'add' as const, wanted: 0, isDone: false },
    }));
    this.#hops = new HopObjects({
      kernel: options.kernel,
      onLost: (slot) => this.#table.lose(slot),
      onMade: () => this.#table.retry(),
      onFault: (what, fault) => this.#tellFault(what, fault),
    });
  }

  /** Reads what is there. */
  open(): void {
    this.#readAll();
    const { installed } = this.#table;
    this.#options.tell({ type: 'ready', leftover: installed.ipv4 + installed.ipv6 });
  }

  lead(targets: readonly HopTarget[]): void {
    this.#hops.lead(targets);
  }

  /** In the form that `installMessages.ts` has. */
  take(rows: Int32Array, count: number): void {
    const row = this.#row;
    for (let at = 0; at < count * ROW_WORDS; at += ROW_WORDS) {
      const word = rows[at] ?? 0;
      const hop = word >>> 8;
      row.family = (hop & IPV6_ROW) === 0 ? 'ipv4' : 'ipv6';
      row.length = word & 0xff;
      row.word0 = rows[at + 1] ?? 0;
      row.word1 = rows[at + 2] ?? 0;
      row.word2 = rows[at + 3] ?? 0;
      row.word3 = rows[at + 4] ?? 0;
      this.#table.want(row, this.#hops.slotOf(hop & ~IPV6_ROW));
    }
  }

  begin(): void {
    this.#settled = false;
    this.#table.untell();
  }

  settle(): void {
    this.#settled = true;
    this.#table.sweep();
  }

  /** The kernel may have dropped something, or take what it refused. */
  look(): void {
    this.#stuck = false;
    this.#toldCauses = this.#causes;
    this.#causes = new Set();
    if (!this.#hops.read()) return;
    this.#readConnected();
    this.#hops.bring();
    if (this.#settled) this.#hops.clear((slot) => this.#table.isUsed(slot));
    const { failed } = this.#table;
    // Others wait for a next hop, whose making is their retry.
    if (failed.ipv4 + failed.ipv6 > 0) this.#table.retry();
  }

  /** Does a batch; true: there is more. */
  work(): boolean {
    if (this.#stuck) return false;
    if (this.#lost && !this.#readAll()) {
      this.#stuck = true;
      return false;
    }
    const count = this.#fill();
    if (count > 0) this.#flush(count);
    return !this.#stuck && this.#table.waiting > 0;
  }

  stop(remove: boolean): void {
    if (remove) this.#hops.deleteAll();
    this.#options.kernel.close();
  }

  counts(): InstallCounts {
    const { installed, failed, waiting, putOff } = this.#table;
    const pending = Math.max(0, waiting + putOff - failed.ipv4 - failed.ipv6);
    return {
      installed: { ...installed },
      pending,
      failed: { ...failed },
      done: this.#done,
      refused: this.#refused,
    };
  }

  /** False: it cannot be read. */
  #readAll(): boolean {
    if (!this.#hops.read()) return false;
    this.#readConnected();
    this.#table.lose();
    for (const family of FAMILIES) {
      const fault = this.#options.kernel.readRoutes(family, (route) => {
        const slot = route.nextHop === 0 ? 0 : this.#hops.slotOfId(route.nextHop);
        // One that refers to none of our objects is of nobody's making: it is left alone.
        if (slot !== 0) this.#table.find(route, slot, !this.#settled);
      });
      if (fault) {
        this.#tellFault('our routes', fault);
        return false;
      }
    }
    this.#lost = false;
    return true;
  }

  #readConnected(): void {
    const [texts, lengths] = [new Set<string>(), new Set<number>()];
    const fault = this.#options.kernel.readConnected((route) => {
      texts.add(rowText(route));
      lengths.add(route.length);
    });
    if (fault) return;
    this.#connected = texts;
    this.#connectedLengths = lengths;
  }

  /** Returns how many requests the batch has. */
  #fill(): number {
    const { kernel } = this.#options;
    const table = this.#table;
    let count = 0;
    for (let looked = 0; looked < BATCH && table.take(); looked++) {
      const attempt = this.#attempts[count];
      if (!attempt) break;
      const { wanted, present, row } = table;
      const id = this.#hops.idOf(wanted);
      if (wanted !== 0 && id === 0) table.postpone(row, false);
      else if (wanted !== 0 && present === 0 && this.#isConnected(row)) {
        table.postpone(row, true);
        this.#tellCause(`${rowText(row)} is a network of this machine's own`);
      } else {
        attempt.row.copy(row);
        attempt.verb = wanted === 0 ? 'delete' : present === 0 ? 'add' : 'replace';
        attempt.wanted = wanted;
        attempt.isDone = true;
        kernel.put(attempt.verb, attempt.row, id);
        count++;
      }
    }
    return count;
  }

  #flush(count: number): void {
    const outcome = this.#options.kernel.flush((index, fault) => {
      const attempt = this.#attempts[index];
      if (attempt) this.#refuse(attempt, fault);
    });
    if (outcome === LOST) {
      // Whatever the table says now, what is read next is true.
      this.#lost = true;
      this.#tellCause('answers of the kernel were lost, and its routes are read anew');
    } else if (outcome) {
      this.#stuck = true;
      this.#tellFault('a batch of routes', outcome);
    }
    for (const attempt of this.#attempts.slice(0, count)) {
      if (outcome) this.#table.postpone(attempt.row, false);
      else if (attempt.isDone) {
        this.#done++;
        this.#table.put(attempt.row, attempt.wanted);
      }
    }
    if (outcome === LOST) this.#table.retry();
  }

  #refuse(attempt: Attempt, fault: Fault): void {
    const { row, verb } = attempt;
    const { errno } = fault;
    // Gone already, by whatever hand.
    if (verb === 'delete' && errno === ESRCH) return;
    attempt.isDone = false;
    if (verb === 'replace' && errno === ENOENT) {
      this.#table.put(row, 0);
      return;
    }
    this.#refused++;
    this.#table.postpone(row, true);
    const words =
      errno === EEXIST ? "somebody else's route of this metric is there" : faultText(fault);
    this.#tellCause(words, `${rowText(row)}: `);
  }

  #isConnected(row: RowPrefix): boolean {
    if (row.family === 'ipv4' || !this.#connectedLengths.has(row.length)) return false;
    return this.#connected.has(rowText(row));
  }

  #tellFault(what: string, fault: Fault): void {
    this.#tellCause(`${what}: ${faultText(fault)}`);
  }

  #tellCause(cause: string, example = ''): void {
    if (this.#causes.has(cause) || this.#causes.size >= MAX_CAUSES) return;
    this.#causes.add(cause);
    if (this.#toldCauses.has(cause)) return;
    this.#options.tell({ type: 'failed', cause: `${example}${cause}` });
  }
}
