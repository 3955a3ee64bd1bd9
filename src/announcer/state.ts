/**
 * What the announcer remembers from one decision to the next: what has happened to own prefixes, what
 * was ordered by hand, drains. Immutable; a part that did not change is the same object. See
 * `stateText.ts` for how it survives a restart.
 */

import type { Config, OwnPrefix } from '../config/config.ts';
import { ownHost } from '../config/ownHost.ts';
import { parsePrefix } from '../net/text.ts';
import { type Guard, NO_GUARD } from './correlatedFailure.ts';
import { type Drain, drainKey } from './drain.ts';
import { type Group, groupsOf } from './group.ts';
import { type Order, ordersAt } from './orders.ts';

export interface State {
  /** The file that `groups` are made for. */
  readonly config: Config;
  readonly groups: readonly Group[];
  readonly orders: readonly Order[];
  readonly drains: readonly Drain[];
  /** What became of drains that are no more; the last few, oldest first. */
  readonly undone: readonly Undone[];
  /** Of a failure that is probably ours. */
  readonly guard: Guard;
}

/** A drain that failed, and was undone whole. */
export interface Undone {
  readonly drain: Drain;
  readonly at: number;
  /** It would have been announced nowhere. */
  readonly prefix: string;
}

/** What nothing has happened to. */
export function initialState(config: Config): State {
  return regrouped({ config, groups: [], orders: [], drains: [], undone: [], guard: NO_GUARD });
}

/** Takes another file; what happened to its prefixes is kept. */
export function withConfig(state: State, config: Config): State {
  return config === state.config ? state : regrouped({ ...state, config });
}

export function withOrders(state: State, orders: readonly Order[]): State {
  return orders === state.orders ? state : regrouped({ ...state, orders });
}

export function withDrains(state: State, drains: readonly Drain[]): State {
  if (drains === state.drains) return state;
  const next = { ...state, drains };
  return prefixesIn(drains) === prefixesIn(state.drains) ? next : regrouped(next);
}

/** Orders whose lease has ended are no more. */
export function expired(state: State, now: number): State {
  return withOrders(state, ordersAt(state.orders, now));
}

export function regrouped(state: State): State {
  const { config, orders, drains, groups } = state;
  const byPrefix = new Map<string, Order[]>();
  for (const order of orders) {
    const others = byPrefix.get(order.prefix);
    if (others) others.push(order);
    else byPrefix.set(order.prefix, [order]);
  }
  const alone = new Set(
    drains.flatMap(({ target }) => (target.kind === 'prefix' ? [target.prefix] : [])),
  );
  const extra = blackholedIn(config, orders);
  return { ...state, groups: groupsOf(config, { orders: byPrefix, alone, extra }, groups) };
}

/** Everything that is announced or could be: the file's prefixes, and what is blackholed by hand. */
export function ownPrefixesOf(state: State): readonly OwnPrefix[] {
  return [...ownPrefixWalk(state)];
}

/** The same one by one, for whoever must not work for long. */
export function* ownPrefixWalk({ config, orders }: State): Generator<OwnPrefix> {
  // One may be ordered at several upstreams, or stand in the file as well.
  const extra = new Map(blackholedIn(config, orders).map((each) => [each.text, each]));
  for (const { prefix } of config.prefixes) {
    extra.delete(prefix.text);
    yield prefix;
  }
  yield* extra.values();
}

/** Those that are still within a prefix of the file. */
function blackholedIn(config: Config, orders: readonly Order[]): readonly OwnPrefix[] {
  return orders.flatMap(({ action, prefix }) => {
    const parsed = action === 'blackhole' ? parsePrefix(prefix) : undefined;
    const own = parsed && ownHost(config, parsed);
    return own ? [own] : [];
  });
}

function prefixesIn(drains: readonly Drain[]): string {
  return drains
    .filter(({ target }) => target.kind === 'prefix')
    .map(({ target }) => drainKey(target))
    .sort()
    .join();
}
