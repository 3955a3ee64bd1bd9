/** A downstream that takes what it is sent into a table. */

import { Peer } from './peer.ts';
import { type ModelRoute, readUpdate } from './route.ts';

export class Downstream extends Peer {
  readonly table = new Map<string, ModelRoute>();

  protected override received(update: Uint8Array): void {
    const { announced, withdrawn } = readUpdate(update);
    for (const prefix of withdrawn) this.table.delete(prefix);
    for (const route of announced) this.table.set(route.prefix, route);
  }

  protected override lost(): void {
    this.table.clear();
  }
}
