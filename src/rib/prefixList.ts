/**
 * Own prefixes of one family that are decided on together and share what is made of them: their
 * texts, an index, and their octets as UPDATEs carry them. One list serves all neighbours, so that a
 * hundred thousand prefixes are encoded once. Never mutated; two lists are compared by identity first.
 */

import type { OwnPrefix } from '../config/config.ts';
import type { Family } from '../net/family.ts';
import { encodePrefixes } from '../wire/nlri.ts';

export class PrefixList {
  readonly family: Family;
  /** At least one, each once. */
  readonly prefixes: readonly OwnPrefix[];
  #texts: readonly string[] | undefined;
  #index: ReadonlySet<string> | undefined;
  readonly #encoded: { plain: Uint8Array | undefined; addPath: Uint8Array | undefined } = {
    plain: undefined,
    addPath: undefined,
  };

  /** Throws an Error, since that is our bug, when there is none, or they are of two families. */
  constructor(prefixes: readonly OwnPrefix[]) {
    const [first] = prefixes;
    if (!first) throw new Error('a list of prefixes has none');
    if (prefixes.some(({ family }) => family !== first.family)) {
      throw new Error('a list of prefixes has two families');
    }
    this.family = first.family;
    this.prefixes = prefixes;
  }

  get length(): number {
    return this.prefixes.length;
  }

  get texts(): readonly string[] {
    this.#texts ??= this.prefixes.map(({ text }) => text);
    return this.#texts;
  }

  has({ text }: OwnPrefix): boolean {
    if (this.prefixes.length === 1) return this.prefixes[0]!.text === text;
    this.#index ??= new Set(this.texts);
    return this.#index.has(text);
  }

  /** As UPDATEs carry them, one after the other. */
  nlri(addPath: boolean): Uint8Array {
    const form = addPath ? 'addPath' : 'plain';
    this.#encoded[form] ??= encodePrefixes(this.prefixes, addPath);
    return this.#encoded[form];
  }
}

/** The texts of all of them; those of one list are not copied. */
export function textsOf(lists: readonly PrefixList[]): readonly string[] {
  const [first] = lists;
  return lists.length === 1 && first ? first.texts : lists.flatMap(({ texts }) => texts);
}

/** The octets of all of them, for one UPDATE after the other; those of one list are not copied. */
export function nlriOf(lists: readonly PrefixList[], addPath: boolean): Uint8Array {
  const [first] = lists;
  if (lists.length === 1 && first) return first.nlri(addPath);
  // Each of many short lists would keep an array of its own for a few octets.
  return encodePrefixes(
    lists.flatMap(({ prefixes }) => prefixes),
    addPath,
  );
}
