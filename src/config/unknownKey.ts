/** What is said of a key that this program does not read: known but not yet, another tool's, or a slip. */

import { below, type Findings, type Place, type Told } from './findings.ts';
import { nearest } from './nearest.ts';
import type { Entry } from './yamlTree.ts';

/** A key whose feature is not there yet. */
export type LaterKey = Omit<Told, 'cause'>;

/** The keys that a mapping does not read but knows of. */
export interface KnownWords {
  /** What has these keys: `the file`, `an upstream`. */
  readonly owner: string;
  readonly later: Readonly<Record<string, LaterKey>>;
  /** What other tools call the keys of this mapping. */
  readonly foreign: Readonly<Record<string, string>>;
  /** Keys that belong elsewhere, and where: `upstreams.NAME`. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

export function later(consequence: string, mend: string): LaterKey {
  return { consequence, mend };
}

/** Keys that belong to one other place. */
export function at(where: string, ...keys: readonly string[]): KnownWords['elsewhere'] {
  return Object.fromEntries(keys.map((key) => [key, where]));
}

/** Reports the entry; the name of the key that it was probably meant to be, if it is one of `names`. */
export function tellUnknownKey(
  entry: Entry,
  place: Place,
  names: readonly string[],
  words: KnownWords,
  findings: Findings,
): string | undefined {
  const { key } = entry;
  const here = below(place, key, entry.keyAt);
  const later = own(words.later, key);
  if (later) {
    findings.error(here, { ...later, cause: 'not in this version' });
    return undefined;
  }
  const meant = meantKey(key, names, words);
  findings.error(here, {
    cause: `not a key of ${words.owner}`,
    consequence: 'nothing reads it, and what it was to do would not happen',
    mend: mendOf(key, meant, names, words),
  });
  return meant;
}

function meantKey(key: string, names: readonly string[], words: KnownWords): string | undefined {
  const foreign = own(words.foreign, key.toLowerCase().replaceAll(/[_ ]/g, '-'));
  if (foreign !== undefined) return foreign;
  if (own(words.elsewhere, key) !== undefined) return undefined;
  return nearest(key, [...names, ...Object.keys(words.later)]);
}

function mendOf(
  key: string,
  meant: string | undefined,
  names: readonly string[],
  words: KnownWords,
): string {
  if (key === '<<') return 'write the keys out: YAML 1.2 has no merge keys';
  const elsewhere = own(words.elsewhere, key);
  if (elsewhere !== undefined && meant === undefined) return `put it under ${elsewhere}`;
  if (meant === undefined) return `remove it; the keys here are ${names.join(', ')}`;
  const later = own(words.later, meant);
  return later ? `${meant} is not in this version: ${later.mend}` : `did you mean ${meant}?`;
}

/** A key of the file may be called `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
