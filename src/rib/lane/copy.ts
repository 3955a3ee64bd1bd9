/**
 * Octets moved within the memory, a multiple of four of them. What is moved here is short, and a call of
 * `memory.copy` costs as much as a hundred octets.
 */

/** To where they do not overlap what is read, or lie below it. */
export function copyUp(to: u32, from: u32, octets: u32): void {
  const end = from + octets;
  let target = to;
  let source = from;
  for (; source + 16 <= end; source += 16, target += 16) v128.store(target, v128.load(source));
  for (; source < end; source += 4, target += 4) store<u32>(target, load<u32>(source));
}

/** To where they may overlap what is read, above it: from the last to the first. */
export function copyDown(to: u32, from: u32, octets: u32): void {
  let target = to + octets;
  let source = from + octets;
  while (source >= from + 16) {
    source -= 16;
    target -= 16;
    v128.store(target, v128.load(source));
  }
  while (source > from) {
    source -= 4;
    target -= 4;
    store<u32>(target, load<u32>(source));
  }
}

/** Any number of octets; up to 7 behind them are written too. */
export function copyLoosely(to: u32, from: u32, octets: u32): void {
  for (let done: u32 = 0; done < octets; done += 8) store<u64>(to + done, load<u64>(from + done));
}

/** Sets so many octets to zero, a multiple of four. */
export function clear(to: u32, octets: u32): void {
  for (let target = to; target < to + octets; target += 4) store<u32>(target, 0);
}
