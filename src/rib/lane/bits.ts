/** IPv6 prefixes up to this length are in a store of their own. */
export const NARROW_LENGTH: u32 = 64;

/** The first bits of a word; none for fewer than 1, all for 32 or more. */
export function firstBits(word: u32, bits: i32): u32 {
  if (bits <= 0) return 0;
  return bits >= 32 ? word : word & ((<u32>-1) << (32 - bits));
}
