/**
 * What an operator has ordered by hand, beside the file: a prefix announced or withdrawn, traffic to
 * an address discarded. An order may be leased; it survives a restart, and no reload undoes it. Times
 * are milliseconds since the epoch.
 */

export interface Order {
  readonly prefix: string;
  /** `announce`: whatever the checks say; `withdraw`: whatever they say; `blackhole`: see RFC 7999. */
  readonly action: 'announce' | 'withdraw' | 'blackhole';
  /** The one upstream that it is about; undefined: every neighbour. */
  readonly upstream: string | undefined;
  readonly since: number;
  /** When the lease ends; undefined: it holds until it is taken back. */
  readonly until: number | undefined;
}

/** A later order about the same prefix and upstream stands for the earlier one. */
export function withOrder(orders: readonly Order[], order: Order): readonly Order[] {
  return [...withoutOrder(orders, order.prefix, order.upstream), order];
}

/** `upstream` undefined: also what was ordered for single upstreams. */
export function withoutOrder(
  orders: readonly Order[],
  prefix: string,
  upstream: string | undefined,
): readonly Order[] {
  return orders.filter(
    (order) => order.prefix !== prefix || (upstream !== undefined && order.upstream !== upstream),
  );
}

/** Those whose lease has not ended; the same array when none has. */
export function ordersAt(orders: readonly Order[], now: number): readonly Order[] {
  const live = orders.filter(({ until }) => until === undefined || until > now);
  return live.length === orders.length ? orders : live;
}

/** What holds at one upstream: a word about it alone counts more than one about all. */
export function orderFor(orders: readonly Order[], upstream: string): Order | undefined {
  return (
    orders.find((order) => order.upstream === upstream) ??
    orders.find((order) => order.upstream === undefined)
  );
}
