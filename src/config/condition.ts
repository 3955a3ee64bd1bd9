/** What must hold for a prefix to be announced, over the names of checks. */

export type Condition =
  | { readonly kind: 'check'; readonly name: string }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'at-least'; readonly count: number; readonly of: readonly Condition[] };

/** The names in it, in the order in which they are written; repeated ones once. */
export function checksIn(condition: Condition): readonly string[] {
  const names =
    condition.kind === 'check' ? [condition.name] : condition.of.flatMap((one) => checksIn(one));
  return [...new Set(names)];
}
