/** A single address of ours as a prefix: what is blackholed by hand, and never stands in the file. */

import type { Prefix } from '../net/prefix.ts';
import { covers, maxLength } from '../net/prefix.ts';
import type { Config, OwnPrefix } from './config.ts';

/** Undefined: it is more than one address, or not within a prefix of the file. */
export function ownHost({ prefixes }: Config, prefix: Prefix): OwnPrefix | undefined {
  if (prefix.length !== maxLength(prefix.family)) return undefined;
  if (!prefixes.some((own) => covers(own.prefix, prefix))) return undefined;
  // The file says that it is ours, by what is around it.
  return prefix as OwnPrefix;
}
