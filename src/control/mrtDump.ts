/** The daemon's table as MRT records: who its peers are, and since when, is what its sessions say. */

import { type DumpPeer, tableDump } from '../mrt/tableDump.ts';
import { ipv4ToNumber } from '../net/address.ts';
import { parseAddress } from '../net/text.ts';
import type { ControlPort } from './port.ts';

/** `now`: ms since the epoch. */
export function dumpOf(port: ControlPort, now: number): Generator<Uint8Array | undefined> {
  const { routerId } = port.status();
  return tableDump({
    // Without a table there is the record of the peers alone.
    reader: port.learned()?.reader ?? { *all() {} },
    peers: port.upstreams().flatMap(({ session }): readonly DumpPeer[] => {
      const address = parseAddress(session.address);
      if (!address) return [];
      const { peerAs, peerIdentifier, since } = session;
      const bgpIdentifier = numberOf(peerIdentifier);
      return [{ address, peerAs, bgpIdentifier, since: Math.floor(since / 1000) }];
    }),
    collector: numberOf(routerId),
    time: Math.floor(now / 1000),
  });
}

function numberOf(quad: string | undefined): number {
  const address = quad === undefined ? undefined : parseAddress(quad);
  return address ? ipv4ToNumber(address) : 0;
}
