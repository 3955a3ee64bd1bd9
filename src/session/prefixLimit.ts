/**
 * `max-prefixes`: how much a neighbour may send (RFC 4486). Every route that it sent and did not
 * withdraw counts, refused ones too: they are stored.
 */

import type { MaxPrefixes } from '../config/config.ts';
import type { Family } from '../net/family.ts';

/** `nearing`: told once, until it has fallen well below again. */
export type LimitFinding =
  | {
      readonly kind: 'nearing';
      readonly family: Family;
      readonly count: number;
      readonly limit: number;
    }
  | {
      readonly kind: 'exceeded';
      readonly family: Family;
      readonly count: number;
      readonly limit: number;
    };

/** Of the line at which is warned: who only wavers there is not told of again and again. */
const FORGOTTEN = 0.9;

export class PrefixLimit {
  readonly #warned = new Set<Family>();

  /** A new session. */
  begin(): void {
    this.#warned.clear();
  }

  /** `count` is what the neighbour has sent of the family; undefined: nothing to say. */
  check(limits: MaxPrefixes, family: Family, count: number): LimitFinding | undefined {
    const limit = limits[family];
    if (limit === undefined) return undefined;
    if (count > limit) return { kind: 'exceeded', family, count, limit };
    const line = (limit * limits.warn) / 100;
    if (count < line * FORGOTTEN) this.#warned.delete(family);
    if (count < line || this.#warned.has(family)) return undefined;
    this.#warned.add(family);
    return { kind: 'nearing', family, count, limit };
  }
}

/** `100 IPv4 prefixes`. */
export function prefixCount(count: number, family: Family): string {
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  return `${count} ${name} ${count === 1 ? 'prefix' : 'prefixes'}`;
}
