/** The calls of `operatorCalls.ts`, asked of the running daemon. Each throws ControlError. */

import type { AnnouncementView } from '../control/announcementView.ts';
import type { BudgetsView } from '../control/budgetView.ts';
import type { ControlClient } from '../control/client.ts';
import type { ExplainView } from '../control/explainView.ts';
import type { OrdersView, OrderView, PriceView } from '../control/orderView.ts';
import type { WirePlanView } from '../control/wirePlanView.ts';

/** What came of an order by hand, about its prefix alone. */
export interface OrderedView {
  readonly orders: readonly OrderView[];
  readonly survivesRestart: boolean;
  readonly unsaved: string | null;
  readonly announcements: readonly AnnouncementView[];
}

/** Spans in seconds. */
export class OperatorClient {
  readonly #client: ControlClient;

  constructor(client: ControlClient) {
    this.#client = client;
  }

  budget(): Promise<BudgetsView> {
    return this.#client.call('GET', '/v1/budget');
  }

  explain(prefix: string): Promise<ExplainView> {
    return this.#client.call('GET', '/v1/explain', { prefix });
  }

  orders(): Promise<OrdersView> {
    return this.#client.call('GET', '/v1/orders');
  }

  order(order: {
    readonly action: OrderView['action'];
    readonly prefix: string;
    readonly upstream: string | undefined;
    readonly for: number | undefined;
  }): Promise<OrderedView> {
    return this.#client.call('POST', '/v1/orders', order);
  }

  takeBack(prefix: string, upstream: string | undefined): Promise<OrderedView> {
    return this.#client.call('DELETE', '/v1/orders', { prefix, upstream });
  }

  async priceOfDrain(target: string): Promise<readonly PriceView[]> {
    const path = '/v1/drains/price';
    const { prices } = await this.#client.call<{ prices: readonly PriceView[] }>('GET', path, {
      target,
    });
    return prices;
  }

  drain(drain: {
    readonly target: string;
    readonly timeout: number | undefined;
    readonly threshold: number | undefined;
  }): Promise<OrdersView> {
    return this.#client.call('POST', '/v1/drains', drain);
  }

  undrain(target: string): Promise<OrdersView> {
    return this.#client.call('DELETE', '/v1/drains', { target });
  }

  plan(file: string): Promise<WirePlanView> {
    return this.#client.call('POST', '/v1/plan', {}, file);
  }

  confirm(): Promise<{ readonly ok: true }> {
    return this.#client.call('POST', '/v1/confirm');
  }
}
