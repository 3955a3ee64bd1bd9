/** `ip prefix-list` and `ipv6 prefix-list`: their entries, and what they say of one prefix. */

import type { Family } from '../net/family.ts';
import { covers, maxLength, type Prefix } from '../net/prefix.ts';
import { parsePrefix } from '../net/text.ts';
import type { Statement } from './statement.ts';

export interface PrefixListEntry {
  readonly statement: Statement;
  readonly seq: number;
  readonly permits: boolean;
  /** `any` is the prefix of length 0, up to the longest. */
  readonly prefix: Prefix;
  /** The lengths that it is about. */
  readonly from: number;
  readonly to: number;
}

/** In the order of their numbers. */
export type PrefixList = readonly PrefixListEntry[];

const ANY = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** What follows the list's name; undefined: not an entry that could be read. `last`: seq so far. */
export function parseEntry(
  statement: Statement,
  words: readonly string[],
  family: Family,
  last: number,
): PrefixListEntry | undefined {
  const numbered = words[0] === 'seq';
  const seq = numbered ? Number(words[1]) : last + 5;
  const [action, text = '', ...bounds] = numbered ? words.slice(2) : words;
  if (!Number.isInteger(seq) || (action !== 'permit' && action !== 'deny')) return undefined;
  const prefix = parsePrefix(text === 'any' ? ANY[family] : text);
  if (prefix?.family !== family) return undefined;
  const lengths = text === 'any' ? { from: 0, to: maxLength(family) } : lengthsOf(prefix, bounds);
  return lengths && { statement, seq, permits: action === 'permit', prefix, ...lengths };
}

function lengthsOf(
  prefix: Prefix,
  bounds: readonly string[],
): { from: number; to: number } | undefined {
  const longest = maxLength(prefix.family);
  let [ge, le]: (number | undefined)[] = [];
  for (let i = 0; i < bounds.length; i += 2) {
    const value = Number(bounds[i + 1]);
    if (!Number.isInteger(value) || value < prefix.length || value > longest) return undefined;
    if (bounds[i] === 'ge') ge = value;
    else if (bounds[i] === 'le') le = value;
    else return undefined;
  }
  if (ge === undefined && le === undefined) return { from: prefix.length, to: prefix.length };
  return { from: ge ?? prefix.length, to: le ?? longest };
}

/** The first entry that is about `prefix` decides; without one it is refused. */
export function isPermitted(list: PrefixList, prefix: Prefix): boolean {
  // Quagga and FRR: a list that is there and has no entry permits everything.
  if (list.length === 0) return true;
  const entry = list.find(
    ({ prefix: outer, from, to }) =>
      prefix.length >= from && prefix.length <= to && covers(outer, prefix),
  );
  return entry?.permits ?? false;
}

/** Nothing but the default route itself. */
export function isDefaultOnly(list: PrefixList): boolean {
  const permits = list.filter(({ permits }) => permits);
  return permits.length > 0 && permits.every(({ prefix, to }) => prefix.length === 0 && to === 0);
}
