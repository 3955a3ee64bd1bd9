/** What is said of the lines that are not carried over as they are. */

import type { Statement } from './statement.ts';

export interface Note {
  /** 1-based, in the file that is read. */
  readonly line: number;
  /** The line, without its secrets. */
  readonly text: string;
  /**
   * `lost`: what it did, nothing does any more. `changed`: it is carried over, and means something
   * else than it did. `todo`: it is carried over once the reader has done something.
   */
  readonly kind: 'lost' | 'changed' | 'todo';
  /** What that means. */
  readonly means: string;
}

/** Collects them; each statement is told of once. */
export class Notes {
  readonly #notes = new Map<string, Note>();
  readonly #needless = new Set<number>();

  lost(statement: Statement, means: string): void {
    this.#add(statement, 'lost', means);
  }

  changed(statement: Statement, means: string): void {
    this.#add(statement, 'changed', means);
  }

  todo(statement: Statement, means: string): void {
    this.#add(statement, 'todo', means);
  }

  /** It says nothing of announcing: there is nothing to carry over. */
  needless({ line }: Statement): void {
    this.#needless.add(line);
  }

  /** In the order of lines. */
  get all(): readonly Note[] {
    return [...this.#notes.values()].sort((a, b) => a.line - b.line);
  }

  /** Lines that have nothing to be carried over, in order. */
  get needlessLines(): readonly number[] {
    return [...this.#needless].sort((a, b) => a - b);
  }

  #add({ line, text }: Statement, kind: Note['kind'], means: string): void {
    // A peer-group's line is met once for each member.
    const key = `${line} ${kind} ${means}`;
    if (!this.#notes.has(key)) this.#notes.set(key, { line, text, kind, means });
  }
}
