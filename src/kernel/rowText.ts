/** A row's prefix for people. */

import { addressFromOctets } from '../net/address.ts';
import { prefixOf } from '../net/prefix.ts';
import type { PrefixWords } from '../rib/rowPrefix.ts';
import { addressOctets } from './routeMessage.ts';

export function rowText(row: PrefixWords): string {
  return prefixOf(addressFromOctets(addressOctets(row)), row.length).text;
}
