/**
 * Sizes that free memory is kept by: exact up to 16 units, then four to each power of two, so that
 * rounding up wastes at most a quarter and what one size frees another size can use.
 */

const EXACT = 16;

/** Enough for 2^22 units. */
export const SIZE_CLASSES = EXACT + 1 + 4 * 18;

/** The least class of at least `units`, 1 or more. */
export function sizeClassOf(units: number): number {
  if (units <= EXACT) return units;
  const shift = 29 - Math.clz32(units - 1);
  return EXACT + 4 * (shift - 2) + ((units - 1) >>> shift) - 3;
}

/** How many units the class has. */
export function unitsOf(sizeClass: number): number {
  if (sizeClass <= EXACT) return sizeClass;
  const step = sizeClass - EXACT - 1;
  return (5 + (step & 3)) << ((step >>> 2) + 2);
}

/** The greatest size class that these units are enough for. */
export function classWithin(units: number): number {
  if (units >= unitsOf(SIZE_CLASSES - 1)) return SIZE_CLASSES - 1;
  const sizeClass = sizeClassOf(units);
  return unitsOf(sizeClass) === units ? sizeClass : sizeClass - 1;
}
