/** Another one, twice as large, for a ring that is full: its `size` words from `head` on stand first there. */
export function grownRing(old: Int32Array, head: number, size: number): Int32Array<ArrayBuffer> {
  const ring = new Int32Array(old.length * 2);
  for (let i = 0; i < size; i++) ring[i] = old[(head + i) & (old.length - 1)]!;
  return ring;
}
