/**
 * Export of learned routes: finds or makes the group of every receiver, feeds all groups the
 * changes of best paths, and lets them work in slices. Upstreams have no way in: see `ExportOutlet`.
 *
 *   Rib ── drainChanges ──► ExportGroups ── changed ──► ExportGroup ── write ──► sessions
 *                              ▲ work(budget), called by the owner's loop
 */

import type { Family } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import type { AdjRibOutTable } from '../rib/adjRibOutTable.ts';
import { bestSetOf } from '../rib/bestSet.ts';
import { PrefixSet } from '../rib/prefixSet.ts';
import type { Rib } from '../rib/rib.ts';
import type { RouteChange } from '../rib/routeTable.ts';
import { type PrefixWords, RowPrefix } from '../rib/rowPrefix.ts';
import type {
  ExportEvent,
  ExportMember,
  ExportMembership,
  ExportOutlet,
} from '../session/exportMember.ts';
import { ExportGroup, type ExportGroupSnapshot } from './exportGroup.ts';
import { type ExportTerms, exportTerms } from './exportTerms.ts';

export interface ExportGroupsOptions {
  /** With `tracked`: its changes are drained here and nowhere else. */
  readonly rib: Rib;
  readonly onEvent: (event: ExportEvent) => void;
  /** There is something for `work` to do that was not there before. */
  readonly wake: () => void;
  /** Who keeps what we sent before we restarted waits for `release`. */
  readonly held: boolean;
}

export class ExportGroups {
  readonly #options: ExportGroupsOptions;
  readonly #groups = new Map<string, ExportGroup>();
  /** Groups that wait for `release`: the table is all theirs to come. Undefined: nobody waits. */
  #held: Set<ExportGroup> | undefined;
  /** Adj-RIBs-Out of groups that are gone, whose attribute sets are still to be given back. */
  readonly #released: AdjRibOutTable[] = [];
  /** Counts the turns of groups. */
  #turn = 0;
  #own: readonly Prefix[] = [];
  #ownSet = new PrefixSet([]);

  constructor(options: ExportGroupsOptions) {
    this.#options = options;
    if (options.held) this.#held = new Set();
  }

  /** Nobody has to wait any more. */
  release(): void {
    this.#held = undefined;
    this.#options.wake();
  }

  /**
   * From now on these are ours, and no learned route for any of them goes out; what went out is
   * withdrawn before this returns. To be called before the sessions are told the own routes of the
   * same configuration, and in the same turn, so that a withdrawal never takes away our own route.
   */
  setOwnPrefixes(prefixes: readonly Prefix[]): void {
    const before = new Set(this.#own.map(({ text }) => text));
    const after = new Set(prefixes.map(({ text }) => text));
    const added = prefixes.filter(({ text }) => !before.has(text)).map(RowPrefix.of);
    const removed = this.#own.filter(({ text }) => !after.has(text)).map(RowPrefix.of);
    this.#own = prefixes;
    this.#ownSet = new PrefixSet(prefixes);
    const { table } = this.#options.rib;
    for (const group of this.#all()) {
      this.#guarded(group, () => {
        group.bringNow(added);
        for (const row of removed) group.changed(row, bestSetOf(table, row));
      });
    }
    this.#options.wake();
  }

  /**
   * A session that is established: it is sent what was learned, then End-of-RIB for each of its
   * families, then changes, until it leaves.
   */
  join(outlet: ExportOutlet, member: ExportMember): ExportMembership {
    const terms = exportTerms(outlet);
    const waits = this.#held !== undefined && outlet.keepsOurs;
    // Those who wait are a group of their own, and stay it: they are sent the same from then on.
    const key = waits ? `waiting ${terms.key}` : terms.key;
    const group = this.#groups.get(key) ?? this.#add(key, terms);
    if (waits) this.#held?.add(group);
    const recipient = group.join(outlet.receiver.name, member);
    this.#options.wake();
    return {
      drained: () => {
        recipient.drained();
        if (group.busy) this.#options.wake();
      },
      refresh: (family, marked) => {
        group.refresh(recipient, family, marked);
        this.#options.wake();
      },
      get owesEndOfRib() {
        return recipient.owesEndOfRib;
      },
      leave: () => {
        group.leave(recipient);
        if (group.isEmpty) this.#drop(group);
      },
      advertised: (family: Family) => group.out.counts[family],
      standing: (prefix: Prefix) => group.standing(prefix),
    };
  }

  /**
   * Tells the groups about `budget` changes in all, and looks at about as many prefixes for them;
   * one group at least has a turn, however `late` it is. True: there is more that can be done now;
   * otherwise `wake`, or a change, says when. `alsoTell`: who is told of the same changes.
   */
  work(
    budget: number,
    late: () => boolean = () => false,
    alsoTell: (change: Readonly<RouteChange>) => void = () => {},
  ): boolean {
    const groups = this.#all().filter((group) => !this.#held?.has(group));
    // Each change costs a look at every group: the more there are, the fewer changes.
    const share = Math.ceil(budget / Math.max(1, groups.length));
    const more = this.#options.rib.drainChanges(share, (change) => {
      for (const group of groups) {
        this.#guarded(group, () => group.changed(change, change.attributes));
      }
      alsoTell(change);
    });
    this.#workInTurn(groups, budget, late);
    this.#release(budget);
    return more || this.#released.length > 0 || groups.some(({ busy }) => busy);
  }

  snapshots(): readonly ExportGroupSnapshot[] {
    return this.#all().map((group) => group.snapshot());
  }

  /** How many routes hold each attribute set, to be added to the RIB's own count; for tests. */
  checkInvariants(): Map<number, number> {
    const held = new Map<number, number>();
    for (const { out } of this.#all()) {
      for (const [id, count] of out.checkInvariants()) held.set(id, (held.get(id) ?? 0) + count);
    }
    return held;
  }

  /** Goes on with the group after the last that had its turn. */
  #workInTurn(groups: readonly ExportGroup[], budget: number, late: () => boolean): void {
    const from = this.#turn % Math.max(1, groups.length);
    let left = budget;
    for (const group of [...groups.slice(from), ...groups.slice(0, from)]) {
      this.#turn++;
      this.#guarded(group, () => {
        left = group.work(left);
      });
      if (left <= 0 || late()) return;
    }
  }

  #all(): readonly ExportGroup[] {
    return [...this.#groups.values()];
  }

  #add(key: string, terms: ExportTerms): ExportGroup {
    const { rib, onEvent } = this.#options;
    const isOwn = (row: PrefixWords) => this.#ownSet.has(row);
    const group = new ExportGroup({ table: rib.table, terms, isOwn, onEvent });
    this.#groups.set(key, group);
    this.#watchPaths();
    return group;
  }

  /** Nobody is left who has been sent anything. */
  #drop(group: ExportGroup): void {
    const key = [...this.#groups].find(([, other]) => other === group)?.[0];
    if (key === undefined) return;
    this.#groups.delete(key);
    this.#held?.delete(group);
    this.#watchPaths();
    this.#released.push(group.out);
    this.#options.wake();
  }

  /** Whether anybody is sent more than best paths (RFC 7911). */
  #watchPaths(): void {
    const { table } = this.#options.rib;
    table.everyPath = this.#all().some(({ terms }) => {
      const { addPath } = terms.encoding.context;
      return addPath.ipv4 || addPath.ipv6;
    });
  }

  #release(budget: number): void {
    // One that cannot be released is not tried again.
    const first = this.#released.shift();
    if (first?.release(budget)) this.#released.unshift(first);
  }

  /**
   * A group that no more routes fit into, or that meets a bug of ours, ends its members' sessions,
   * and nobody else's: the others are told the same change.
   */
  #guarded(group: ExportGroup, work: () => void): void {
    if (group.isOver) return;
    try {
      work();
    } catch (error) {
      // Gone before its members hear of it: who comes back begins with a new one.
      this.#drop(group);
      group.giveUp(error);
    }
  }
}
