/**
 * Adj-RIB-Out of our own routes towards one neighbour: what it is to be sent and what it has been
 * sent, and the difference. It holds `OwnRoutes` only, whose prefixes come from the file, and an
 * upstream has no other: a learned route cannot reach one, since there is no value of the right type
 * to pass in. Those who may be sent learned routes have `adjRibOutTable.ts` beside it.
 *
 *   desired     list, terms               what the announcer wants, whole; no prefix is in two lists
 *   advertised  list, terms, key, since   what the neighbour holds; empty while not Established
 *
 * As long as the announcer gives the same lists, nothing here is done for a single prefix.
 */

import type { OwnPrefix } from '../config/config.ts';
import type { Family } from '../net/family.ts';
import { type OwnRoutes, type RouteTerms, termsKey } from './ownRoute.ts';
import { PrefixList } from './prefixList.ts';

/** Routes that share their path attributes, and so their UPDATEs. */
export interface RouteGroup {
  readonly family: Family;
  readonly terms: RouteTerms;
  readonly lists: readonly PrefixList[];
}

export interface Difference {
  readonly families: readonly Family[];
  readonly announce: readonly RouteGroup[];
  readonly withdraw: readonly PrefixList[];
}

/** Routes that a neighbour was sent. */
export interface Held extends OwnRoutes {
  /** Undefined: to be sent again, whatever it was. */
  readonly key: string | undefined;
}

interface Advertised extends Held {
  /** When the routes were first written to this session, ms since the epoch. */
  readonly since: number;
  /** By prefix text: those that were written earlier than the others. */
  readonly earlier: ReadonlyMap<string, number>;
}

/** Lists that are looked through for each prefix rather than indexed. */
const FEW = 16;

const NONE_EARLIER: ReadonlyMap<string, number> = new Map();

export class AdjRibOut {
  #desired: readonly OwnRoutes[] = [];
  #advertised: readonly Advertised[] = [];
  /** By prefix text; made when somebody asks. */
  #index: ReadonlyMap<string, Advertised> | undefined;

  /** Replaces the whole desired set. Nothing is sent by this: see `difference`. */
  setDesired(routes: readonly OwnRoutes[]): void {
    this.#desired = routes;
  }

  /**
   * What must be sent so that the neighbour holds what is desired in `families`: new prefixes
   * first, then changed ones, each in the order of `desired`. Nothing that the neighbour already
   * holds is in it.
   */
  difference(families: readonly Family[]): Difference {
    const held = new Map(this.#advertised.map((each) => [each.prefixes, each]));
    const added: OwnRoutes[] = [];
    const changed: OwnRoutes[] = [];
    const unmatched: OwnRoutes[] = [];
    for (const routes of this.#desired) {
      const before = held.get(routes.prefixes);
      held.delete(routes.prefixes);
      if (!families.includes(routes.prefixes.family)) continue;
      if (!before) unmatched.push(routes);
      else if (before.key !== termsKey(routes.terms)) changed.push(routes);
    }
    const others = [...held.values()];
    for (const routes of unmatched) this.#compare(routes, others, added, changed);
    const withdraw = this.#gone(others);
    return { families, announce: [...grouped(added), ...grouped(changed)], withdraw };
  }

  /** The difference was written to the session at `at`: the neighbour holds it from now on. */
  commit({ families }: Difference, at: number): void {
    const held = new Map(this.#advertised.map((each) => [each.prefixes, each]));
    const next: Advertised[] = [];
    for (const routes of this.#desired) {
      const before = held.get(routes.prefixes);
      held.delete(routes.prefixes);
      if (!families.includes(routes.prefixes.family)) {
        if (before) next.push(before);
        continue;
      }
      const { since, earlier } = before ?? this.#earlier(routes.prefixes, at);
      next.push({ ...routes, key: termsKey(routes.terms), since, earlier });
    }
    this.#replace(next);
  }

  /** The neighbour holds nothing of this family any more. */
  forget(family: Family): void {
    this.#replace(this.#advertised.filter(({ prefixes }) => prefixes.family !== family));
  }

  /**
   * All of this family is to be sent again: it counts as changed, not as gone, since what is no
   * longer desired must still be withdrawn.
   */
  repeat(family: Family): void {
    this.#replace(
      this.#advertised.map((each) =>
        each.prefixes.family === family ? { ...each, key: undefined } : each,
      ),
    );
  }

  /**
   * Milliseconds since the epoch; undefined: the neighbour does not hold it. `among`: the list that it is
   * wanted in now; for one that was sent as a whole nothing is made for each prefix.
   */
  advertisedSince(prefix: OwnPrefix, among?: PrefixList): number | undefined {
    const whole = among && this.#sentWhole(among);
    if (whole) return whole.since;
    const held = this.#indexed().get(prefix.text);
    return held && (held.earlier.get(prefix.text) ?? held.since);
  }

  /** What the neighbour holds. */
  held(): readonly Held[] {
    return this.#advertised;
  }

  count(family: Family): number {
    let count = 0;
    for (const { prefixes } of this.#advertised) {
      if (prefixes.family === family) count += prefixes.length;
    }
    return count;
  }

  /** The lists above, held against each other; called by tests. */
  checkInvariants(): void {
    const seen = new Set<string>();
    for (const { prefixes, key, terms, earlier } of this.#advertised) {
      for (const text of prefixes.texts) {
        if (seen.has(text)) throw new Error(`${text} is advertised twice`);
        seen.add(text);
      }
      if (key !== undefined && termsKey(terms) !== key)
        throw new Error(`${prefixes.texts[0]} changed after it was advertised`);
      for (const text of earlier.keys()) {
        if (!prefixes.texts.includes(text)) throw new Error(`${text} is filed elsewhere`);
      }
    }
  }

  /** A list that the neighbour was not sent as such: its prefixes one by one. */
  #compare(
    { prefixes, terms }: OwnRoutes,
    others: readonly Advertised[],
    added: OwnRoutes[],
    changed: OwnRoutes[],
  ): void {
    if (others.length === 0) {
      added.push({ prefixes, terms });
      return;
    }
    const key = termsKey(terms);
    const fresh: OwnPrefix[] = [];
    const differing: OwnPrefix[] = [];
    for (const prefix of prefixes.prefixes) {
      const before = this.#indexed().get(prefix.text);
      if (!before) fresh.push(prefix);
      else if (before.key !== key) differing.push(prefix);
    }
    if (fresh.length > 0) added.push({ prefixes: listOf(fresh, prefixes), terms });
    if (differing.length > 0) changed.push({ prefixes: listOf(differing, prefixes), terms });
  }

  /** What of these is desired in no list any more. */
  #gone(others: readonly Advertised[]): readonly PrefixList[] {
    if (others.length === 0) return [];
    const kept = new Set(this.#desired.flatMap(({ prefixes }) => prefixes.texts));
    const gone: PrefixList[] = [];
    for (const { prefixes } of others) {
      const those = prefixes.prefixes.filter(({ text }) => !kept.has(text));
      if (those.length > 0) gone.push(listOf(those, prefixes));
    }
    return gone;
  }

  /** Since when a list that was not sent as such has been held. */
  #earlier(list: PrefixList, at: number): Pick<Advertised, 'since' | 'earlier'> {
    if (this.#advertised.length === 0) return { since: at, earlier: NONE_EARLIER };
    const earlier = new Map<string, number>();
    for (const prefix of list.prefixes) {
      const since = this.advertisedSince(prefix);
      if (since !== undefined) earlier.set(prefix.text, since);
    }
    return { since: at, earlier };
  }

  /** Without an index, which takes long to make for many prefixes; undefined: it has to be asked. */
  #sentWhole(list: PrefixList): Advertised | undefined {
    if (this.#advertised.length > FEW) return undefined;
    return this.#advertised.find(({ prefixes, earlier }) => {
      return prefixes === list && earlier.size === 0;
    });
  }

  #indexed(): ReadonlyMap<string, Advertised> {
    if (this.#index) return this.#index;
    const index = new Map<string, Advertised>();
    for (const each of this.#advertised) {
      for (const text of each.prefixes.texts) index.set(text, each);
    }
    this.#index = index;
    return index;
  }

  #replace(advertised: readonly Advertised[]): void {
    this.#advertised = advertised;
    this.#index = undefined;
  }
}

/** `whole` itself when these are all of it, so that whatever it keeps is not made again. */
function listOf(prefixes: readonly OwnPrefix[], whole: PrefixList): PrefixList {
  return prefixes.length === whole.length ? whole : new PrefixList(prefixes);
}

function grouped(all: readonly OwnRoutes[]): RouteGroup[] {
  const groups = new Map<string, { family: Family; terms: RouteTerms; lists: PrefixList[] }>();
  for (const { prefixes, terms } of all) {
    const key = `${prefixes.family} ${termsKey(terms)}`;
    const group = groups.get(key);
    if (group) group.lists.push(prefixes);
    else groups.set(key, { family: prefixes.family, terms, lists: [prefixes] });
  }
  return [...groups.values()];
}
