/** The daemon's memory over many cycles: whether it grows. */

export interface Sample {
  /** Resident octets, and those of V8's heap among them. */
  readonly rss: number;
  readonly heap: number;
}

/** What the last cycles may have of the first ones' memory beside the heap. */
const FLAT = 1.05;
/** Cycles in which the daemon's code still grows, at least. */
const WARM = 3;
/** What V8 may leave uncollected. */
const HEAP_SLACK = 40e6;

/** Every tenth of ten tenths. */
export function tenths(samples: readonly Sample[]): readonly Sample[] {
  const every = Math.ceil(samples.length / 10);
  return samples.filter((_, i) => (i + 1) % every === 0);
}

/**
 * By the lowest of a third of them, from the tenth cycle in a hundred on, and of the last third. What V8 has not collected yet is no leak, and comes
 * with every question that we ask: it is judged apart.
 */
export function isFlat(samples: readonly Sample[]): boolean {
  const third = Math.ceil(samples.length / 3);
  const warm = Math.max(WARM, Math.ceil(samples.length / 10));
  const [first, last] = [samples.slice(warm, warm + third), samples.slice(-third)].map((part) => ({
    heap: Math.min(...part.map(({ heap }) => heap)),
    beside: Math.min(...part.map(({ rss, heap }) => rss - heap)),
  })) as [Parts, Parts];
  return last.beside <= first.beside * FLAT && last.heap <= first.heap + HEAP_SLACK;
}

interface Parts {
  readonly heap: number;
  /** Of the process, beside the heap. */
  readonly beside: number;
}

export function sampleText({ rss, heap }: Sample): string {
  return `${megabytes(rss)} (heap ${Math.round(heap / 1e6)})`;
}

export function megabytes(octets: number): string {
  return `${Math.round(octets / 1e6)} MB`;
}
