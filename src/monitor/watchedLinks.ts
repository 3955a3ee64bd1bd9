/**
 * What is known of the watched interfaces, and how a report of the kernel or a reading changes it.
 * Reports are acted on as they come; readings, which take their time, yield to reports that came
 * meanwhile. Touches nothing outside itself.
 */

import { isNamed, type LinkReport } from './ipMonitor.ts';
import type { LinkReading } from './kernelLinks.ts';
import type { LinkFact } from './link.ts';
import type { KernelCause } from './linkState.ts';

interface Watched {
  readonly name: string;
  /** Undefined until the first report or reading. */
  fact: LinkFact | undefined;
  /** Undefined: absent, or not known. */
  index: number | undefined;
  /** The name proper; differs from `name` where that is an altname. */
  device: string;
  /** Another one after each report, so that a reading can tell whether one overtook it. */
  mark: number;
}

export interface Belief {
  readonly device: string;
  /** Undefined: none yet. */
  readonly state: LinkFact['state'] | 'absent' | undefined;
}

export interface Verdict {
  readonly changed: readonly LinkFact[];
  /** Names that must be asked about: changed ones, to be sure, and those the report left open. */
  readonly doubtful: readonly string[];
}

export interface NameChanges {
  readonly added: readonly string[];
  /** Those no longer watched of which a fact was known. */
  readonly forgotten: readonly string[];
}

export class WatchedLinks {
  readonly #watched = new Map<string, Watched>();
  #marks = 0;

  /** By interface name; those that have been looked at. */
  facts(): ReadonlyMap<string, LinkFact> {
    const facts = new Map<string, LinkFact>();
    for (const { name, fact } of this.#watched.values()) if (fact) facts.set(name, fact);
    return facts;
  }

  names(): readonly string[] {
    return [...this.#watched.keys()];
  }

  /** Watches these and no others. */
  setNames(names: Iterable<string>): NameChanges {
    const wanted = new Set(names);
    const forgotten: string[] = [];
    for (const { name, fact } of this.#watched.values()) {
      if (wanted.has(name)) continue;
      this.#watched.delete(name);
      if (fact) forgotten.push(name);
    }
    const added = [...wanted].filter((name) => !this.#watched.has(name));
    for (const name of added) {
      this.#watched.set(name, {
        ...{ name, device: name, mark: this.#marks++ },
        ...{ fact: undefined, index: undefined },
      });
    }
    return { added, forgotten };
  }

  /** What is believed of the interface, and its name proper; undefined: it is not watched. */
  belief(name: string): Belief | undefined {
    const watched = this.#watched.get(name);
    if (!watched) return undefined;
    const { device, fact } = watched;
    return { device, state: fact?.cause === 'absent' ? 'absent' : fact?.state };
  }

  /** `at`: milliseconds since the epoch, as in all that follows. */
  report(report: LinkReport, at: number): Verdict {
    const changed: LinkFact[] = [];
    const doubtful: string[] = [];
    for (const watched of this.#watched.values()) {
      const named = isNamed(report, watched.name);
      if (!named && watched.index !== report.index) continue;
      watched.mark = this.#marks++;
      if (named && (watched.index ?? report.index) === report.index) {
        const index = report.cause === 'absent' ? undefined : report.index;
        if (!set(watched, report.cause, index, at)) continue;
        if (watched.fact) changed.push(watched.fact);
      }
      // Otherwise the name went to another interface, or the interface to another name.
      doubtful.push(watched.name);
    }
    return { changed, doubtful };
  }

  /** To be taken when a reading begins, and given back with it. */
  readingMark(name: string): number | undefined {
    return this.#watched.get(name)?.mark;
  }

  /** The changed fact; undefined: no change; `overtaken`: a report came, so ask again. */
  read(
    name: string,
    reading: LinkReading,
    mark: number | undefined,
    at: number,
  ): LinkFact | undefined | 'overtaken' {
    const watched = this.#watched.get(name);
    if (!watched) return undefined;
    if (watched.mark !== mark) return 'overtaken';
    watched.device = reading.device;
    return set(watched, reading.cause, reading.index, at) ? watched.fact : undefined;
  }
}

/** Whether that is a change. */
function set(watched: Watched, cause: KernelCause, index: number | undefined, at: number): boolean {
  watched.index = index;
  if (watched.fact?.cause === cause) return false;
  const state = cause === 'up' ? 'up' : 'down';
  watched.fact = { interface: watched.name, state, cause, since: at };
  return true;
}
