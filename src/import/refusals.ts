/** Filters that do what a key of `import` does, recognised by what they refuse. */

import { PATH_LISTS } from '../generate/vtyImport.ts';
import type { Family } from '../net/family.ts';
import { covers, type Prefix } from '../net/prefix.ts';
import { parsePrefix } from '../net/text.ts';
import { IPV4_BOGONS, IPV6_BOGONS } from '../policy/importBogons.ts';
import type { PrefixList, PrefixListEntry } from './prefixList.ts';
import type { Source, TextEntry } from './source.ts';

/** The keys of `import` that say `refuse` or `accept`. */
export type Refusal =
  | 'bogons'
  | 'own-prefixes'
  | 'long-paths'
  | 'as-set'
  | 'first-as'
  | 'private-as'
  | 'reserved-as';

export const REFUSALS: readonly Refusal[] = [
  'bogons',
  'own-prefixes',
  'long-paths',
  'as-set',
  'first-as',
  'private-as',
  'reserved-as',
];

const BOGONS = { ipv4: parsed(IPV4_BOGONS), ipv6: parsed(IPV6_BOGONS) } as const;

/** AS 0 is refused always, and so is our own number. */
const PATHS: ReadonlyMap<string, Refusal | 'always'> = new Map<string, Refusal | 'always'>([
  ...PATH_LISTS.asZero.expressions.map((text) => [text, 'always'] as const),
  ...PATH_LISTS.longPaths.expressions.map((text) => [text, 'long-paths'] as const),
  ...PATH_LISTS.asSet.expressions.map((text) => [text, 'as-set'] as const),
  ...PATH_LISTS.reservedAs.expressions.map((text) => [text, 'reserved-as'] as const),
  ...PATH_LISTS.privateAs.expressions.map((text) => [text, 'private-as'] as const),
]);

/** Undefined: it refuses more. */
export function refusalsOfPaths(list: readonly TextEntry[]): readonly Refusal[] | undefined {
  const found = list.map(({ permits, values }) =>
    permits ? PATHS.get(values.join(' ')) : undefined,
  );
  if (found.includes(undefined)) return undefined;
  return found.filter((refusal) => refusal !== undefined && refusal !== 'always');
}

/** Of a list whose permitted prefixes are refused. Undefined: it refuses more. */
export function refusalsOfPrefixes(
  list: PrefixList,
  source: Source,
  family: Family,
): readonly Refusal[] | undefined {
  if (!list.every((entry) => entry.permits && isRefusedAnyway(entry, source, family))) {
    return undefined;
  }
  const refused = (prefix: Prefix) => list.some((entry) => covers(entry.prefix, prefix));
  const own = source.networks.map(({ prefix }) => prefix).filter((one) => one.family === family);
  return [
    ...(BOGONS[family].every(refused) ? (['bogons'] as const) : []),
    ...(own.length > 0 && own.every(refused) ? (['own-prefixes'] as const) : []),
  ];
}

/** Part of what nobody may announce, or of what is ours. */
export function isRefusedAnyway(
  { prefix }: Pick<PrefixListEntry, 'prefix'>,
  source: Source,
  family: Family,
): boolean {
  return (
    BOGONS[family].some((bogon) => covers(bogon, prefix)) ||
    source.networks.some(({ prefix: own }) => covers(own, prefix))
  );
}

function parsed(texts: readonly string[]): readonly Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}
