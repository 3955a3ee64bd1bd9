/**
 * Orders by hand and drains as JSON. Whatever has no end in sight has null there; times are ISO 8601,
 * spans seconds.
 */

import { type Drain, type DrainTarget, drainKey } from '../announcer/drain.ts';
import type { Order } from '../announcer/orders.ts';
import type { Price } from '../announcer/price.ts';
import type { State, Undone } from '../announcer/state.ts';
import { isoTime } from './isoTime.ts';
import { drainText, orderText, priceText, undoneText } from './words.ts';

export interface OrderView {
  readonly prefix: string;
  readonly action: Order['action'];
  /** Null: every neighbour. */
  readonly upstream: string | null;
  readonly since: string;
  /** When its lease ends; null: it holds until it is taken back. */
  readonly until: string | null;
  readonly text: string;
}

export interface DrainView {
  /** As it is typed: the name of an upstream, a prefix, or `site`. */
  readonly target: string;
  readonly kind: DrainTarget['kind'];
  readonly phase: Drain['phase'];
  readonly startedAt: string;
  /** When the phase began. */
  readonly since: string;
  readonly deadline: string;
  /** Bit/s. */
  readonly threshold: number;
  /** Why shifting ended; null: it has not. `bitsPerSecond` null: nobody measured it. */
  readonly shifted: {
    readonly by: 'traffic' | 'time';
    readonly bitsPerSecond: number | null;
  } | null;
  readonly text: string;
}

export interface UndoneView {
  readonly drain: DrainView;
  readonly at: string;
  /** It would have been announced nowhere. */
  readonly prefix: string;
  readonly text: string;
}

export interface PriceView {
  readonly upstream: string;
  readonly prefix: string;
  readonly penalty: number;
  readonly after: number;
  /** Null: it is not damped there, as far as is known. */
  readonly suppress: number | null;
  readonly suppressedUntil: string | null;
  readonly text: string;
}

/** `GET /v1/orders`. */
export interface OrdersView {
  readonly orders: readonly OrderView[];
  readonly drains: readonly DrainView[];
  /** Drains that failed, the last ones. */
  readonly undone: readonly UndoneView[];
  /** Whether all this survives a restart: the file names a `state-dir`, and it is on that disk. */
  readonly survivesRestart: boolean;
  /** Why the disk did not take it; null: it did, or the file names none. */
  readonly unsaved: string | null;
}

/** `unsaved`: as `AnnouncerPort` has it. */
export function ordersView(state: State, unsaved: string | undefined): OrdersView {
  return {
    orders: state.orders.map(orderView),
    drains: state.drains.map(drainView),
    undone: state.undone.map(undoneView),
    survivesRestart: state.config.stateDir !== undefined && unsaved === undefined,
    unsaved: unsaved ?? null,
  };
}

export function orderView(order: Order): OrderView {
  const { prefix, action, upstream, since, until } = order;
  return {
    prefix,
    action,
    upstream: upstream ?? null,
    since: isoTime(since),
    until: isoTime(until),
    text: orderText(order),
  };
}

export function drainView(drain: Drain): DrainView {
  const { target, phase, startedAt, since, deadline, threshold, shifted } = drain;
  return {
    target: targetText(target),
    kind: target.kind,
    phase,
    startedAt: isoTime(startedAt),
    since: isoTime(since),
    deadline: isoTime(deadline),
    threshold,
    shifted: shifted ? { by: shifted.by, bitsPerSecond: shifted.bitsPerSecond ?? null } : null,
    text: `${drainKey(target)}: ${drainText(drain)}`,
  };
}

export function targetText(target: DrainTarget): string {
  if (target.kind === 'site') return 'site';
  return target.kind === 'upstream' ? target.name : target.prefix;
}

function undoneView(undone: Undone): UndoneView {
  return {
    drain: drainView(undone.drain),
    at: isoTime(undone.at),
    prefix: undone.prefix,
    text: undoneText(undone),
  };
}

export function priceView(price: Price): PriceView {
  const { upstream, prefix, penalty, after, suppress, suppressedUntil } = price;
  return {
    upstream,
    prefix,
    penalty,
    after,
    suppress: suppress ?? null,
    suppressedUntil: isoTime(suppressedUntil),
    text: priceText(price),
  };
}
