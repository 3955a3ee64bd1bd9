/** What stands below `bfd`: the profiles that sessions name, and what is said of peers and echoes. */

import { blockConsequence } from './consequences.ts';
import type { Notes } from './note.ts';
import type { Statement } from './statement.ts';

/** How often packets go and come, in ms, and how many may be missed. */
export interface BfdProfile {
  readonly transmit: number;
  readonly receive: number;
  readonly multiplier: number;
}

/** FRR's own. */
export const USUAL_BFD: BfdProfile = { transmit: 300, receive: 300, multiplier: 3 };

const TIMES: Readonly<Record<string, keyof BfdProfile>> = {
  'transmit-interval': 'transmit',
  'receive-interval': 'receive',
  'detect-multiplier': 'multiplier',
};
const OTHER_WORDS = new Set([
  ...['echo', 'echo-interval', 'echo-mode', 'log-session-changes', 'minimum-ttl', 'passive-mode'],
  ...['peer', 'shutdown'],
]);

export class BfdBlock {
  readonly profiles = new Map<string, BfdProfile>();
  readonly #notes: Notes;
  /** Of the profile that is open, or of none: then what is said is a peer's. */
  #profile: string | undefined;
  /** A profile or a peer is. */
  #isOpen = false;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** False: the statement is none of this block's. */
  take(statement: Statement): boolean {
    const [word = '', value = ''] = statement.words;
    if (word === 'exit' && this.#isOpen) {
      this.#begin(undefined, false);
      this.#notes.needless(statement);
    } else if (word === 'profile') {
      this.#begin(value, true);
      this.profiles.set(value, this.profiles.get(value) ?? USUAL_BFD);
      this.#notes.needless(statement);
    } else if (Object.hasOwn(TIMES, word)) {
      this.#time(statement, word, Number(value));
    } else if (OTHER_WORDS.has(word)) {
      if (word === 'peer') this.#begin(undefined, true);
      this.#tell(statement);
    } else {
      return false;
    }
    return true;
  }

  #begin(profile: string | undefined, isOpen: boolean): void {
    this.#profile = profile;
    this.#isOpen = isOpen;
  }

  #time(statement: Statement, word: string, value: number): void {
    const [name, key] = [this.#profile, TIMES[word]];
    if (name === undefined || key === undefined || !(value > 0)) {
      this.#tell(statement);
      return;
    }
    if (statement.negated) return;
    this.profiles.set(name, { ...USUAL_BFD, ...this.profiles.get(name), [key]: value });
    this.#notes.needless(statement);
  }

  #tell(statement: Statement): void {
    if (statement.negated) this.#notes.needless(statement);
    else this.#notes.lost(statement, blockConsequence(['bfd']));
  }
}
