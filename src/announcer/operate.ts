/**
 * What an operator may order, checked against the file and the world first: each gives another state,
 * or why not, with the mend. Times are milliseconds since the epoch.
 */

import type { Config } from '../config/config.ts';
import { ownHost } from '../config/ownHost.ts';
import type { Prefix } from '../net/prefix.ts';
import { parsePrefix } from '../net/text.ts';
import { exportBlackhole } from '../policy/exportOwn.ts';
import { type DrainOptions, type DrainTarget, drainKey, sameTarget, startDrain } from './drain.ts';
import { leftNowhere } from './drains.ts';
import type { Facts } from './facts.ts';
import { notOurs, noUpstream } from './notFound.ts';
import { type Order, withOrder, withoutOrder } from './orders.ts';
import { type State, withDrains, withOrders } from './state.ts';

export type Operated =
  | { readonly ok: true; readonly state: State }
  | { readonly ok: false; readonly why: string };

export interface OrderRequest {
  readonly action: Order['action'];
  readonly prefix: Prefix;
  /** Undefined: every neighbour, and of those only upstreams can blackhole. */
  readonly upstream: string | undefined;
  /** Milliseconds; undefined: until it is taken back. */
  readonly lease: number | undefined;
}

export function order(state: State, request: OrderRequest, now: number): Operated {
  const { action, prefix, upstream, lease } = request;
  const why = orderFault(state, request);
  if (why !== undefined) return { ok: false, why };
  const until = lease === undefined ? undefined : now + lease;
  const made: Order = { prefix: prefix.text, action, upstream, since: now, until };
  return { ok: true, state: withOrders(state, withOrder(state.orders, made)) };
}

/** Back to what the file says. `upstream` undefined: at every neighbour. */
export function takeBack(state: State, prefix: string, upstream: string | undefined): Operated {
  const orders = withoutOrder(state.orders, prefix, upstream);
  if (orders.length < state.orders.length) return { ok: true, state: withOrders(state, orders) };
  const where = upstream === undefined ? '' : ` at ${upstream} alone`;
  return { ok: false, why: `nothing was ordered by hand for ${prefix}${where}` };
}

export function drain(
  state: State,
  facts: Facts,
  target: DrainTarget,
  options: DrainOptions,
  now: number,
): Operated {
  const why = drainFault(state, facts, target, now);
  if (why !== undefined) return { ok: false, why };
  const others = state.drains.filter((each) => !sameTarget(each.target, target));
  return {
    ok: true,
    state: withDrains(state, [...others, startDrain(target, options, now)]),
  };
}

/** As it was, at once: what is announced again is held as after any withdrawal. */
export function undrain(state: State, target: DrainTarget): Operated {
  const others = state.drains.filter((each) => !sameTarget(each.target, target));
  if (others.length < state.drains.length) return { ok: true, state: withDrains(state, others) };
  return { ok: false, why: `${drainKey(target)} is not drained` };
}

function orderFault(state: State, request: OrderRequest): string | undefined {
  const { config, orders } = state;
  const { action, prefix, upstream } = request;
  const chosen = config.upstreams.find(({ name }) => name === upstream);
  if (upstream !== undefined && !chosen) return noUpstream(config, upstream);
  if (action !== 'blackhole') {
    const own = config.prefixes.find((each) => each.prefix.text === prefix.text);
    if (!own && isBlackholed(orders, prefix)) {
      return `${prefix.text} is blackholed by hand: take that order back (--undo)`;
    }
    if (!own) return notOurs(config, prefix);
    if (action === 'announce' && chosen && !own.upstreams.includes(chosen.name)) {
      return `${prefix.text} names other upstreams in the file: add ${chosen.name} there, and reload`;
    }
    return undefined;
  }
  if (!ownHost(config, prefix)) {
    return `${prefix.text} is not one address within a prefix of the file: write an address of ours`;
  }
  const able = (chosen ? [chosen] : config.upstreams).filter((each) => exportBlackhole(each));
  if (able.length > 0) return undefined;
  return chosen
    ? `no source is known that says how ${chosen.name} (AS${chosen.asn}) is asked to blackhole: ask it by other means`
    : 'of no upstream in the file is it known how it is asked to blackhole: ask them by other means';
}

function drainFault(
  state: State,
  facts: Facts,
  target: DrainTarget,
  now: number,
): string | undefined {
  const { config, drains } = state;
  const running = drains.find((each) => sameTarget(each.target, target));
  if (running) return `${drainKey(target)} is ${running.phase} already`;
  if (target.kind === 'upstream' && !config.upstreams.some(({ name }) => name === target.name)) {
    return noUpstream(config, target.name);
  }
  if (target.kind === 'prefix' && !isInFile(config, target.prefix)) {
    const prefix = parsePrefix(target.prefix);
    return prefix ? notOurs(config, prefix) : `${target.prefix} is no prefix`;
  }
  const prefix = leftNowhere(target, state, facts, now);
  return prefix === undefined
    ? undefined
    : `no other upstream holds ${prefix} and leads anywhere: nobody would reach it; drain the site if that is what you want`;
}

function isInFile({ prefixes }: Config, text: string): boolean {
  return prefixes.some(({ prefix }) => prefix.text === text);
}

function isBlackholed(orders: readonly Order[], { text }: Prefix): boolean {
  return orders.some(({ action, prefix }) => action === 'blackhole' && prefix === text);
}
