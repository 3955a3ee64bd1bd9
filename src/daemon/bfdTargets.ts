/** Which neighbours BFD is to watch, and how, as its thread takes it. */

import type { AuthenticationKey } from '../bfd/authentication.ts';
import type { BfdTarget } from '../bfd/messages.ts';
import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import { MAX_SECRET } from '../session/secret.ts';
import type { Keys } from '../speaker/speaker.ts';

export interface BfdWanted {
  readonly config: Config;
  /** One for each neighbour whose packets are authenticated. */
  readonly bfdKeys: Keys;
}

export function bfdTargets({ config, bfdKeys }: BfdWanted): readonly BfdTarget[] {
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
        authentication: keyOf(neighbour, bfdKeys),
      },
    ];
  });
}

/** A line for each neighbour whose password alone is another one: the file's text does not show it. */
export function bfdKeyChanges(before: BfdWanted, after: BfdWanted): readonly string[] {
  return [...after.bfdKeys].flatMap(([name, key]) => {
    const old = before.bfdKeys.get(name);
    const same = old === undefined || key.equals(old);
    return same ? [] : [`${name}: another BFD password; BFD starts again`];
  });
}

/** A thread is given copies alone, and a `Secret` does not let itself be copied. */
function keyOf({ name, bfd }: Neighbour, keys: Keys): AuthenticationKey | undefined {
  const authentication = bfd?.authentication;
  if (!authentication) return undefined;
  const secret = keys.get(name);
  if (!secret) throw new Error(`BFD of ${name} has lost its password`);
  const octets = new Uint8Array(MAX_SECRET);
  const password = octets.slice(0, secret.copyTo(octets, 0));
  return { kind: authentication.kind, id: authentication.keyId, password };
}
