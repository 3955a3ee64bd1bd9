/** Collects what is wrong with a file while it is read, and puts it in the file's order. */

import { Lines } from './lines.ts';
import type { Problem } from './problem.ts';

/** Where something stands: in the text, and in the structure. */
export interface Place {
  /** Offset into the text. */
  readonly at: number;
  /** As `upstreams.transit-a.asn`; empty for the file as a whole. */
  readonly path: string;
}

/** What a person is told; see Problem. */
export type Told = Pick<Problem, 'cause' | 'consequence' | 'mend'>;

interface Finding extends Told {
  readonly severity: Problem['severity'];
  readonly place: Place;
}

/** More are counted, not told: nobody reads them, and a file of noise would have one at every word. */
const MAX_FINDINGS = 1000;

export class Findings {
  readonly #found: Finding[] = [];
  /** Paths of keys that unknown keys were probably meant to be. */
  readonly #misspelt = new Set<string>();
  #hasErrors = false;
  #untold = 0;
  #brokenFrom = Number.POSITIVE_INFINITY;

  error(place: Place, told: Told): void {
    if (this.#add({ ...told, severity: 'error', place })) this.#hasErrors = true;
  }

  warning(place: Place, told: Told): void {
    this.#add({ ...told, severity: 'warning', place });
  }

  #add(finding: Finding): boolean {
    if (finding.place.at >= this.#brokenFrom) return false;
    if (this.#found.length < MAX_FINDINGS) this.#found.push(finding);
    else this.#untold++;
    return true;
  }

  /** From `at` on the text is not YAML: whatever seems wrong there may only follow from that. */
  breakAt(at: number): void {
    this.#brokenFrom = Math.min(this.#brokenFrom, at);
  }

  /** Whether the whole file is there to be judged: else a key that is not seen may still be in it. */
  get wholeFile(): boolean {
    return this.#brokenFrom === Number.POSITIVE_INFINITY;
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** An unknown key, of which an error tells, was probably meant to be the one at `path`. */
  misspelt(path: string): void {
    this.#misspelt.add(path);
  }

  /** Whether an error was found at `path`, below it, or in its name: what was read may be a part. */
  isFaulty(path: string): boolean {
    if (this.#misspelt.has(path)) return true;
    return this.#found.some(({ severity, place: { path: at } }) => {
      return severity === 'error' && at.startsWith(path) && /^($|[.[])/.test(at.slice(path.length));
    });
  }

  /** In the file's order; of two at one place, the one found first comes first. */
  problemsIn(text: string): readonly Problem[] {
    const lines = new Lines(text);
    const inOrder = this.#found.toSorted((a, b) => a.place.at - b.place.at);
    if (this.#untold > 0) inOrder.push(untold(this.#untold, text.length));
    return inOrder.map(({ place, ...told }) => {
      const position = lines.positionOf(Math.min(place.at, text.length));
      return { ...told, ...position, path: place.path };
    });
  }
}

function untold(count: number, at: number): Finding {
  return {
    severity: 'warning',
    place: { at, path: '' },
    cause: `${count} more problems are not listed`,
    consequence: 'what they would do is not told here',
    mend: 'check that this is the right file, and mend the others first',
  };
}

/** The place of `key` in the mapping at `place`. */
export function below(place: Place, key: string, at: number): Place {
  const step = key.length > MAX_STEP ? `${key.slice(0, MAX_STEP)}…` : key;
  return { at, path: place.path === '' ? step : `${place.path}.${step}` };
}

/** In characters; a longer key is nobody's, and is not repeated whole. */
const MAX_STEP = 64;
