/** Which neighbours BFD is to watch, and how, as its thread takes it. */

import type { BfdTarget } from '../bfd/messages.ts';
import { type Config, neighboursOf } from '../config/config.ts';

export function bfdTargets(config: Config): readonly BfdTarget[] {
  return neighboursOf(config).flatMap((neighbour) => {
    const { name, bfd, address, localAddress, multihop } = neighbour;
    if (!bfd) return [];
    return [
      {
        neighbour: name,
        // Microseconds, as in the packets.
        interval: bfd.interval * 1000,
        multiplier: bfd.multiplier,
        address: address.text,
        family: address.family,
        localAddress: localAddress?.text,
        interface: neighbour.interface,
        multihop: multihop > 1,
      },
    ];
  });
}
