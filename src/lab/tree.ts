/** Looking into a YAML tree whose other keys belong to somebody else. */

import type { Node } from '../config/yamlTree.ts';

/** What a mapping has under a key. */
export function child(node: Node | undefined, key: string): Node | undefined {
  if (node?.kind !== 'mapping') return undefined;
  return node.entries.find((entry) => entry.key === key)?.value;
}

/** What of a list is text, each with its offset; none where there is no list. */
export function textsOf(node: Node | undefined): readonly { text: string; at: number }[] {
  if (node?.kind !== 'list') return [];
  return node.nodes.flatMap((each) =>
    each.kind === 'scalar' ? [{ text: each.text, at: each.at }] : [],
  );
}

/** A mapping from names to text; what is no text is left out. */
export function pairsOf(
  node: Node | undefined,
): readonly { key: string; text: string; at: number }[] {
  if (node?.kind !== 'mapping') return [];
  return node.entries.flatMap(({ key, keyAt, value }) =>
    value.kind === 'scalar' ? [{ key, text: value.text, at: keyAt }] : [],
  );
}
