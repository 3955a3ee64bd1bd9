/** The prefix that an operator means by what was typed. */

import { maxLength, type Prefix, prefixOf } from '../net/prefix.ts';
import { parseAddress, parseCidr, parsePrefix } from '../net/text.ts';

/** An address alone is the prefix of its full length; a string says why there is none. */
export function wantedPrefix(text: string): Prefix | string {
  const prefix = parsePrefix(text);
  if (prefix) return prefix;
  const address = parseAddress(text);
  if (address) return prefixOf(address, maxLength(address.family));
  const cidr = parseCidr(text);
  if (!cidr) return `"${text}" is no prefix: write it as 203.0.113.0/24 or 2001:db8:113::/48`;
  const meant = prefixOf(cidr.address, cidr.length).text;
  return `${text} has bits set after its /${cidr.length}: write ${meant} if that is the prefix`;
}
