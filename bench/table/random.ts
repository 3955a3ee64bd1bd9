/** Numbers that look random and are the same for the same seed (xorshift, G. Marsaglia 2003). */

export interface Random {
  /** 32 bits, unsigned. */
  bits(): number;
  /** 0 to `limit` - 1. */
  below(limit: number): number;
}

export function randomFrom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  const bits = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let i = 0; i < 16; i++) bits();
  return { bits, below: (limit) => Math.floor((bits() / 0x1_0000_0000) * limit) };
}

/** 0 to `count` - 1 in an order of chance. */
export function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** How often each number occurs, as counts or shares; only their proportions matter. */
export type Histogram = readonly (readonly [value: number, weight: number])[];

/** Draws numbers as often as the histogram says. */
export function drawFrom(histogram: Histogram, random: Random): () => number {
  const sums: number[] = [];
  let total = 0;
  for (const [, weight] of histogram) {
    total += weight;
    sums.push(total);
  }
  return () => {
    const at = (random.bits() / 0x1_0000_0000) * total;
    return histogram[sums.findIndex((sum) => at < sum)]![0];
  };
}
