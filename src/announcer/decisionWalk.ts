/**
 * Which decision a prefix is in, for whoever asks in the file's order: the lists have that order too, and
 * begin in it, so that the next prefix is the next one of a list that was begun, or the first one of the
 * next list. Nothing is made for all prefixes, which may be a hundred thousand; out of order an index is.
 */

import type { OwnPrefix } from '../config/config.ts';
import type { PrefixList } from '../rib/prefixList.ts';

interface Listed {
  readonly prefixes: PrefixList;
}

/** A list that was begun, and what comes next in it. */
interface Begun<D extends Listed> {
  readonly decision: D;
  next: number;
}

/** `D`: a decision, which is the same for all prefixes of its list. */
export class DecisionWalk<D extends Listed> {
  readonly #decisions: readonly D[];
  #unbegun = 0;
  /** The one that the last prefix was in, unless it was the list's last. */
  #current: Begun<D> | undefined;
  /** The others that are not at their end, by the text that comes next. */
  readonly #others = new Map<string, Begun<D>>();
  #index: ReadonlyMap<string, D> | undefined;

  constructor(decisions: readonly D[]) {
    this.#decisions = decisions;
  }

  /** Undefined: it is in none. */
  at({ text }: OwnPrefix): D | undefined {
    const begun = this.#begunAt(text);
    if (!begun) return this.#indexed().get(text);
    begun.next++;
    this.#current = textOf(begun) === undefined ? undefined : begun;
    return begun.decision;
  }

  #begunAt(text: string): Begun<D> | undefined {
    const current = this.#current;
    const wanted = current && textOf(current);
    if (wanted === text) return current;
    const other = this.#others.get(text) ?? this.#begin(text);
    if (!other) return undefined;
    this.#others.delete(text);
    if (current && wanted !== undefined) this.#others.set(wanted, current);
    return other;
  }

  #begin(text: string): Begun<D> | undefined {
    const decision = this.#decisions[this.#unbegun];
    if (decision?.prefixes.prefixes[0]?.text !== text) return undefined;
    this.#unbegun++;
    return { decision, next: 0 };
  }

  #indexed(): ReadonlyMap<string, D> {
    this.#index ??= new Map(
      this.#decisions.flatMap((decision) =>
        decision.prefixes.texts.map((text) => [text, decision] as const),
      ),
    );
    return this.#index;
  }
}

function textOf({ decision, next }: Begun<Listed>): string | undefined {
  return decision.prefixes.prefixes[next]?.text;
}
