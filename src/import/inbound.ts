/**
 * What was taken from a neighbour, as far as the file can say it: all, the default route, or nothing;
 * the longest prefixes; what `import` refuses. Beyond that the file's own policy takes the place of
 * the filters, and what that changes is told.
 */

import type { ImportPolicy } from '../config/importPolicy.ts';
import type { Asn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { inForce } from './evaluate.ts';
import type { Notes } from './note.ts';
import { isDefaultOnly, type PrefixList, type PrefixListEntry } from './prefixList.ts';
import { isRefusedAnyway, type Refusal, refusalsOfPaths, refusalsOfPrefixes } from './refusals.ts';
import type { RouteMapEntry, Setting, Settings, Source } from './source.ts';

export type Accept = ImportPolicy['accept'];

export interface Taken {
  readonly accept: Accept;
  /** Somebody wrote a filter. */
  readonly filtered: boolean;
  /** Undefined: nothing is said of it. */
  readonly maxLength: number | undefined;
  /** What the filters refuse that `import` has a key for. */
  readonly refusals: ReadonlySet<Refusal>;
}

const WIDTH = ['none', 'default', 'full'] as const satisfies readonly Accept[];

/** `settings` are those of `family`; `asn` is the neighbour's. */
export function takenBy(
  source: Source,
  settings: Settings,
  family: Family,
  asn: Asn,
  notes: Notes,
): Taken {
  const reader = new InboundReader(source, family, asn, notes);
  for (const key of ['filter-list in', 'distribute-list in']) {
    const other = inForce(settings.get(key));
    if (other) notes.lost(other.statement, 'what it refused is taken, unless `import` refuses it');
  }
  const byMap = reader.byMap(inForce(settings.get('route-map in')));
  const byList = reader.byList(inForce(settings.get('prefix-list in')));
  return {
    accept: narrowest([byMap, byList]),
    filtered: [...settings].some(([key, of]) => key.endsWith(' in') && !of.statement.negated),
    maxLength: reader.maxLength,
    refusals: reader.refusals,
  };
}

export function widest(accepts: readonly Accept[]): Accept {
  return WIDTH.findLast((width) => accepts.includes(width)) ?? 'none';
}

function narrowest(accepts: readonly Accept[]): Accept {
  return WIDTH.find((width) => accepts.includes(width)) ?? 'full';
}

class InboundReader {
  readonly refusals = new Set<Refusal>();
  maxLength: number | undefined;
  readonly #source: Source;
  readonly #family: Family;
  readonly #asn: Asn;
  readonly #notes: Notes;

  constructor(source: Source, family: Family, asn: Asn, notes: Notes) {
    this.#source = source;
    this.#family = family;
    this.#asn = asn;
    this.#notes = notes;
  }

  byList(setting: Setting | undefined): Accept {
    if (!setting) return 'full';
    const list = this.#source.prefixLists[this.#family].get(setting.args[0] ?? '');
    return list ? this.#taken(list) : 'none';
  }

  /** What any of its entries lets in. */
  byMap(setting: Setting | undefined): Accept {
    if (!setting) return 'full';
    const accepts: Accept[] = [];
    for (const entry of this.#source.routeMaps.get(setting.args[0] ?? '') ?? []) {
      if (entry.permits) accepts.push(this.#permitted(entry));
      else if (entry.matches.length === 0) break;
      else this.#refused(entry);
    }
    return widest(accepts);
  }

  #permitted({ matches, sets }: RouteMapEntry): Accept {
    for (const set of sets) {
      this.#notes.lost(set, 'routes are taken as they come: which way traffic leaves may change');
    }
    const accepts = matches.map((match): Accept => {
      const list = this.#prefixList(match.words);
      if (list) return this.#taken(list);
      if (this.#isFirstAs(match.words)) this.refusals.add('first-as');
      else {
        const means = 'what else it sends is taken too, unless `import` refuses it';
        this.#notes.lost(match, means);
      }
      return 'full';
    });
    return narrowest(accepts);
  }

  #refused({ matches }: RouteMapEntry): void {
    for (const match of matches) {
      const found = matches.length === 1 ? this.#refusalsOf(match.words) : undefined;
      for (const refusal of found ?? []) this.refusals.add(refusal);
      if (found) continue;
      this.#notes.lost(match, 'what this refused is taken, unless `import` refuses it');
    }
  }

  /** Undefined: it refuses more than `import` has keys for. */
  #refusalsOf(words: readonly string[]): readonly Refusal[] | undefined {
    const list = this.#prefixList(words);
    if (list) return refusalsOfPrefixes(list, this.#source, this.#family);
    const paths = words[1] === 'as-path' ? this.#source.asPathLists.get(words[2] ?? '') : undefined;
    return paths && refusalsOfPaths(paths);
  }

  #taken(list: PrefixList): Accept {
    if (list.length === 0) return 'full';
    if (isDefaultOnly(list)) return 'default';
    if (!list.some(({ permits }) => permits)) return 'none';
    this.maxLength = longestTaken(list) ?? this.maxLength;
    this.#tellEntries(list);
    return 'full';
  }

  /** The entries whose work `import` does not do. */
  #tellEntries(list: PrefixList): void {
    const takesAll = list.some((entry) => entry.permits && isEverything(entry));
    const untold = list.filter((entry) =>
      entry.permits
        ? !takesAll
        : !isEverything(entry) && !isRefusedAnyway(entry, this.#source, this.#family),
    );
    const [first] = untold;
    if (!first) return;
    const others = untold.length > 1 ? ` (and ${untold.length - 1} more of this list)` : '';
    const means = first.permits
      ? `only what the list permits was taken; now everything is that \`import\` lets through${others}`
      : `what it refused is taken now, unless \`import\` refuses it${others}`;
    this.#notes.lost(first.statement, means);
  }

  #prefixList([, , address, kind, name = '']: readonly string[]): PrefixList | undefined {
    if (address !== 'address' || kind !== 'prefix-list') return undefined;
    return this.#source.prefixLists[this.#family].get(name);
  }

  /** `^64496_`, where that is the neighbour. */
  #isFirstAs([, what, name = '']: readonly string[]): boolean {
    const [entry, ...rest] = this.#source.asPathLists.get(name) ?? [];
    const matches = entry?.permits === true && entry.values.join(' ') === `^${this.#asn}_`;
    return what === 'as-path' && rest.length === 0 && matches;
  }
}

/** Every prefix, or all from some length on. */
function isEverything({ prefix, to }: PrefixListEntry): boolean {
  return prefix.length === 0 && to > 0;
}

/** `permit 0.0.0.0/0 le 24`, or `deny 0.0.0.0/0 ge 25`. */
function longestTaken(list: PrefixList): number | undefined {
  const any = list.filter(isEverything);
  const least = Math.min(...any.map(({ permits, from, to }) => (permits ? to : from - 1)));
  return any.some(({ permits }) => permits) && least > 0 ? least : undefined;
}
