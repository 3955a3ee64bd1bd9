/**
 * An update group (RFC 4271 §3.2's Adj-RIBs-Out of neighbours that are sent the same): one
 * Adj-RIB-Out, encoded once, the same chunks written to every member.
 *
 *   changed ─► urgent: withdrawals ─┐
 *          └─► waiting: the rest ───┼─► writer ─► chunk ─► every member
 *   the table, by `#fill` ──────────┘                      (of the table: those in step)
 *   Adj-RIB-Out, by a member's walk ──────────────────────► that member
 *
 * Nothing is made unless somebody has room for it, and a prefix waits in each queue once: what a
 * slow reader costs is bounded. `work` does a slice; there are no timers here.
 */

import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import { AdjRibOutTable, Mark } from '../rib/adjRibOutTable.ts';
import { bestSetHere } from '../rib/bestSet.ts';
import { RibFullError } from '../rib/memory.ts';
import { PendingPrefixes } from '../rib/pendingPrefixes.ts';
import type { RouteTable } from '../rib/routeTable.ts';
import { type PrefixWords, RowPrefix } from '../rib/rowPrefix.ts';
import { TableWalk } from '../rib/tableWalk.ts';
import type { ExportEvent, ExportMember, ExportStanding } from '../session/exportMember.ts';
import type { Chunk } from '../wire/updateBatch.ts';
import { encodeEndOfRib } from '../wire/updateEncode.ts';
import type { ExportTerms } from './exportTerms.ts';
import { ExportWriter } from './exportWriter.ts';
import type { Recipient } from './recipient.ts';
import { type RecipientSnapshot, Recipients } from './recipients.ts';

export interface ExportGroupOptions {
  readonly table: RouteTable;
  readonly terms: ExportTerms;
  readonly isOwn: (row: PrefixWords) => boolean;
  readonly onEvent: (event: ExportEvent) => void;
}

export interface ExportGroupSnapshot {
  readonly receivers: readonly RecipientSnapshot[];
  readonly advertised: Readonly<Record<Family, number>>;
  /** Changed prefixes that are still to be told. */
  readonly pending: number;
  /** How often an attribute set was met that leaves no room for a prefix in a message. */
  readonly tooLarge: number;
}

export class ExportGroup {
  readonly terms: ExportTerms;
  readonly out: AdjRibOutTable;
  readonly #table: RouteTable;
  readonly #writer: ExportWriter;
  readonly #onEvent: (event: ExportEvent) => void;
  readonly #recipients: Recipients;
  /** End-of-RIB of every family. */
  readonly #endsOfRib: Chunk;
  readonly #urgent = new PendingPrefixes();
  readonly #waiting = new PendingPrefixes();
  /** Over the route table; undefined: all of it has been looked at once. */
  #fill: TableWalk | undefined;
  #tooLarge = 0;
  #over = false;

  constructor({ table, terms, isOwn, onEvent }: ExportGroupOptions) {
    this.terms = terms;
    this.#table = table;
    this.#onEvent = onEvent;
    this.#recipients = new Recipients(onEvent);
    this.out = new AdjRibOutTable(table.attributes);
    const tooLarge = () => this.#countTooLarge();
    this.#writer = new ExportWriter(table, this.out, terms, isOwn, tooLarge);
    this.#endsOfRib = endsOfRib(terms.families);
    this.#fill = this.#sendsNothing ? undefined : new TableWalk(table, terms.carried);
  }

  /** It has been given up: nothing may be asked of it any more. */
  get isOver(): boolean {
    return this.#over;
  }

  get isEmpty(): boolean {
    return this.#recipients.size === 0;
  }

  /** Whether `work` would do something. */
  get busy(): boolean {
    if (this.#urgent.size + this.#waiting.size > 0 && this.#recipients.anyReady) return true;
    return [...this.#recipients].some(
      ({ ready, walk }) => ready && (walk !== undefined || this.#fill !== undefined),
    );
  }

  /** Nothing is written before the next `work`. */
  join(name: string, member: ExportMember): Recipient {
    // Who comes before anything was sent is in step from the beginning.
    const { ipv4, ipv6 } = this.out.counts;
    const isFirst = this.#fill !== undefined && ipv4 + ipv6 === 0;
    const walk = isFirst ? undefined : this.#walkOut(this.terms.carried);
    return this.#recipients.add(name, member, walk);
  }

  leave(recipient: Recipient): void {
    this.#recipients.remove(recipient);
  }

  /** RFC 2918 §4; `marked`: the end is to be told (RFC 7313 §4). */
  refresh(recipient: Recipient, family: Family, marked: boolean): void {
    const { carried } = this.terms;
    if (marked) recipient.refreshing.add(family);
    if (this.#sendsNothing || !carried.includes(family)) {
      if (!recipient.walk) recipient.endRefresh();
      return;
    }
    // A walk that is still going has more to do than this family.
    const whole = this.#fill !== undefined || recipient.walk !== undefined;
    recipient.walk = this.#walkOut(whole ? carried : [family]);
  }

  /** The best path of the prefix has changed: its set is `best` now, 0: there is none. */
  changed(row: PrefixWords, best: number): void {
    const { carried, policy } = this.terms;
    if (this.#sendsNothing || !carried.includes(row.family)) return;
    if (policy.export === 'default' && row.length > 0) return;
    if (this.#writer.sendsEveryPath(row.family)) {
      this.#pathsChanged(row, best);
      return;
    }
    const advertised = this.out.advertised(row);
    if (advertised === best && !this.out.isMarked(row)) return;
    const goes = advertised !== 0 && (best === 0 || this.#writer.refuses(row, best));
    if (goes) this.#queue(this.#urgent, row, Mark.urgent);
    else if (!this.out.isMarked(row)) this.#queue(this.#waiting, row, Mark.waiting);
  }

  /** Any of its paths: what of them is to be sent, `bring` finds out. */
  #pathsChanged(row: PrefixWords, best: number): void {
    const gone = best === 0;
    if (gone && !this.out.isAdvertised(row) && !this.out.isMarked(row)) return;
    if (gone) this.#queue(this.#urgent, row, Mark.urgent);
    else if (!this.out.isMarked(row)) this.#queue(this.#waiting, row, Mark.waiting);
  }

  /**
   * Brings prefixes to what they are to be now, at once and without regard to room: few. Members
   * for which something waits will see that later than what their sessions write by themselves.
   */
  bringNow(rows: readonly PrefixWords[]): void {
    for (const row of rows) {
      while (!this.#writer.bring(row)) this.#recipients.giveToAll(this.#writer.take());
    }
    this.#recipients.giveToAll(this.#writer.take());
    if (rows.length === 0) return;
    // Even with nothing written: a withdrawal from before may still wait.
    for (const recipient of this.#recipients) recipient.repeatOwn();
  }

  /** Looks at about `budget` prefixes, withdrawals first; returns what is left of it. */
  work(budget: number): number {
    let left = this.#tellChanges(this.#urgent, Mark.urgent, budget);
    // Changes without end must not keep the table from those who have nothing of it yet.
    const kept = left >> 2;
    left = kept + this.#tellChanges(this.#waiting, Mark.waiting, left - kept);
    left = this.#fillTable(left);
    for (const recipient of this.#recipients) left = this.#catchUp(recipient, left);
    return left;
  }

  standing(prefix: Prefix): ExportStanding {
    const row = RowPrefix.of(prefix);
    return { advertised: this.out.isAdvertised(row), refusal: this.#writer.refusal(row) };
  }

  snapshot(): ExportGroupSnapshot {
    return {
      receivers: this.#recipients.snapshots(),
      advertised: { ...this.out.counts },
      pending: this.#urgent.size + this.#waiting.size,
      tooLarge: this.#tooLarge,
    };
  }

  /** There is no room left for routes, or it met a bug of ours: gives up every member. */
  giveUp(error: unknown): void {
    this.#over = true;
    if (error instanceof RibFullError) this.#recipients.giveUpAll();
    else this.#recipients.breakOffAll(error);
  }

  get #sendsNothing(): boolean {
    return this.terms.policy.export === 'own' || this.terms.carried.length === 0;
  }

  #walkOut(families: readonly Family[]): TableWalk {
    return new TableWalk(this.out.stores, families);
  }

  #queue(queue: PendingPrefixes, row: PrefixWords, mark: Mark): void {
    if (this.out.mark(row, mark)) queue.push(row);
  }

  #tellChanges(queue: PendingPrefixes, mark: Mark, budget: number): number {
    let left = budget;
    while (left > 0 && queue.size > 0 && this.#recipients.anyReady) {
      for (let row = queue.first(); row && left > 0; row = queue.first()) {
        if (!this.#writer.bring(row)) break;
        this.out.unmark(row, mark);
        queue.drop();
        left--;
      }
      this.#recipients.giveToAll(this.#writer.take());
    }
    return left;
  }

  /** Goes on with the table, for those who have all of it up to here. */
  #fillTable(budget: number): number {
    let left = budget;
    for (
      let fill = this.#fill;
      fill && left > 0 && this.#recipients.anyReadyInStep;
      fill = this.#fill
    ) {
      const present = this.#thoseAt(fill);
      let more = fill.resume();
      while (more && left > 0) {
        if (this.terms.policy.export === 'default' && fill.row.length > 0) {
          more = fill.skipStore();
          continue;
        }
        if (!this.#writer.fill(fill.row, bestSetHere(this.#table))) break;
        left--;
        more = fill.advance();
      }
      const chunk = this.#writer.take();
      for (const recipient of present) this.#recipients.give(recipient, chunk);
      // Who is within a row that was being filled has not been given the rest of it.
      for (const { walk } of this.#recipients) walk?.restartRow();
      if (!more) this.#filled();
    }
    return left;
  }

  /**
   * Who is to be given what the table walk comes to next: those in step, and those whose own walk
   * has passed the place. Who lags leaves the step, and goes on from here by itself when it can.
   */
  #thoseAt(fill: TableWalk): readonly Recipient[] {
    for (const recipient of this.#recipients) {
      if (recipient.walk || !recipient.lags) continue;
      recipient.walk = new TableWalk(this.out.stores, this.terms.carried, fill);
    }
    return [...this.#recipients].filter(({ walk }) => !walk || walk.isPast(fill));
  }

  #filled(): void {
    this.#fill = undefined;
    for (const recipient of this.#recipients) if (!recipient.walk) this.#endOfRib(recipient);
  }

  /** Brings a member that is not in step further on its own walk over the Adj-RIB-Out. */
  #catchUp(recipient: Recipient, budget: number): number {
    let left = budget;
    for (let walk = recipient.walk; walk && left > 0 && recipient.ready; walk = recipient.walk) {
      let more = walk.resume();
      while (more && left > 0) {
        const next = this.#writer.repeat(walk.row, walk.column);
        if (next !== undefined) {
          walk.stopWithin(next);
          break;
        }
        left--;
        more = walk.advance();
      }
      this.#recipients.give(recipient, this.#writer.take());
      if (!more) this.#caughtUp(recipient);
    }
    return left;
  }

  #caughtUp(recipient: Recipient): void {
    recipient.walk = undefined;
    if (!this.#fill) this.#endOfRib(recipient);
    recipient.endRefresh();
  }

  /** RFC 4724 §2: once, after the initial routes. */
  #endOfRib(recipient: Recipient): void {
    if (!recipient.owesEndOfRib) return;
    recipient.owesEndOfRib = false;
    this.#recipients.give(recipient, this.#endsOfRib);
  }

  #countTooLarge(): void {
    if (this.#tooLarge++ > 0) return;
    const receivers = this.#recipients.names;
    this.#onEvent({ type: 'RouteTooLarge', receivers });
  }
}

function endsOfRib(families: readonly Family[]): Chunk {
  const messages = families.map(encodeEndOfRib);
  const octets = new Uint8Array(messages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const message of messages) {
    octets.set(message, at);
    at += message.length;
  }
  return { octets, messages: messages.length };
}
