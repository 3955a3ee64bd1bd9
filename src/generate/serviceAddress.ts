/** An address of ours for the skeletons: the first that a host can have. */

import type { Config } from '../config/config.ts';
import { addressFromOctets, type IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { maxLength } from '../net/prefix.ts';

export interface ServiceAddress {
  readonly address: IpAddress;
  /** With the length of its prefix. */
  readonly text: string;
}

/** Of the first prefix of that family; undefined: there is none. */
export function firstAddress({ prefixes }: Config, family: Family): ServiceAddress | undefined {
  const prefix = prefixes.map((one) => one.prefix).find((one) => one.family === family);
  if (!prefix) return undefined;
  const octets = prefix.octets.slice();
  const last = octets.length - 1;
  // A prefix of one host is that host.
  if (prefix.length < maxLength(family) - 1) octets[last] = (octets[last] ?? 0) + 1;
  const address = addressFromOctets(octets);
  return { address, text: `${address.text}/${prefix.length}` };
}
