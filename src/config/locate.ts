/** Where in a file's text something is said, for those who judge it by more than the text. */

import { Lines, type Position } from './lines.ts';
import type { Node } from './yamlTree.ts';

/** Keys and indices from the root, as `['upstreams', 'transit-a', 'address']`. */
export type NodePath = readonly (string | number)[];

/** The place of what is at `path`, or of the nearest thing around it. */
export type Locate = (path: NodePath) => Position;

/** `root`: undefined for a file that could not be read at all; then everything is at its start. */
export function locator(text: string, root: Node | undefined): Locate {
  return (path) => {
    let found: Found | undefined = root && { at: root.at, node: root };
    let at = 0;
    for (const step of path) {
      found = found && stepInto(found.node, step);
      if (!found) break;
      at = found.at;
    }
    return new Lines(text).positionOf(at);
  };
}

/** What is at `path`; undefined where there is nothing. */
export function nodeAt(root: Node | undefined, path: NodePath): Node | undefined {
  return path.reduce<Node | undefined>((node, step) => node && stepInto(node, step)?.node, root);
}

interface Found {
  /** Of the key where there is one: its value may be lines below. */
  readonly at: number;
  readonly node: Node;
}

function stepInto(node: Node, step: string | number): Found | undefined {
  if (node.kind === 'mapping') {
    const entry = node.entries.find(({ key }) => key === step);
    return entry && { at: entry.keyAt, node: entry.value };
  }
  const child = node.kind === 'list' && typeof step === 'number' ? node.nodes[step] : undefined;
  return child && { at: child.at, node: child };
}
