/** Sizes that free memory is kept by: see `src/rib/sizeClass.ts`. */

const EXACT: u32 = 16;
const LAST_CLASS: u32 = EXACT + 4 * 18;
export const CLASSES: u32 = LAST_CLASS + 1;
/** Of one bit a class. */
const CLASS_WORDS: u32 = 3;
export const FILLED_OCTETS: u32 = CLASS_WORDS << 2;

export function sizeClassOf(units: u32): u32 {
  if (units <= EXACT) return units;
  const shift = 29 - clz<u32>(units - 1);
  return EXACT + 4 * (shift - 2) + ((units - 1) >> shift) - 3;
}

export function unitsOf(sizeClass: u32): u32 {
  if (sizeClass <= EXACT) return sizeClass;
  const step = sizeClass - EXACT - 1;
  return (5 + (step & 3)) << ((step >> 2) + 2);
}

/** The greatest class that these units are enough for: what many free ones joined may be beyond all. */
export function classWithin(units: u32): u32 {
  if (units >= unitsOf(LAST_CLASS)) return LAST_CLASS;
  const sizeClass = sizeClassOf(units);
  return unitsOf(sizeClass) == units ? sizeClass : sizeClass - 1;
}

/** Of one bit a class at `filled`: the least one that is set and no less than this; 0: there is none. */
export function filledFrom(filled: u32, sizeClass: u32): u32 {
  let word = sizeClass >> 5;
  let bits = load<u32>(filled + (word << 2)) & (-1 << (sizeClass & 31));
  while (bits == 0) {
    if (++word == CLASS_WORDS) return 0;
    bits = load<u32>(filled + (word << 2));
  }
  return (word << 5) + ctz<u32>(bits);
}

export function fill(filled: u32, sizeClass: u32): void {
  const word = filled + ((sizeClass >> 5) << 2);
  store<u32>(word, load<u32>(word) | (1 << (sizeClass & 31)));
}

export function empty(filled: u32, sizeClass: u32): void {
  const word = filled + ((sizeClass >> 5) << 2);
  store<u32>(word, load<u32>(word) & ~(1 << (sizeClass & 31)));
}
