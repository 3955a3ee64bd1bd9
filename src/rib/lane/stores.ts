/**
 * Prefixes found and put in, as `ipv4Store.ts` and `ipv6Store.ts` do it. What is rare is
 * TypeScript's: a /16 that needs a directory, an address below all fences, prefixes beyond /64.
 */

import {
  copyRest,
  create,
  cutRest,
  enter,
  goTo,
  insertRow,
  KEY_SHIFT,
  row,
  rows,
  stateAt,
  states,
} from './blocks';
import { at, fences, ipv4Count, ipv4Top, ipv6Count } from './memory';

const IPV4_ROWS: u32 = 512;
const IPV6_ROWS: u32 = 32;
/** Fences that are looked at before all are searched. */
const GUESSES: u32 = 3;
const IPV4_KEYS: u32 = 1;
const IPV6_KEYS: u32 = 3;

/** The address of the word that points to the block that was found. */
export let link: u32 = 0;
/** Which block of the IPv6 store it is. */
export let fence: u32 = 0;

/**
 * Goes to the prefix, which is put in if it is not there; false: TypeScript has to do that. `guess`: the
 * row where it probably is.
 */
export function placeIpv4(address: u32, length: u32, guess: u32): bool {
  const index = blockOfIpv4(address);
  if (index != 0) enter(index);
  else if (!create(link, IPV4_KEYS)) return false;
  const key = keyOf(address, length);
  goTo(isPlaceIpv4(guess, key) ? guess : rowsBelowIpv4(key));
  if (row < rows && keyAt(row) == key) return true;
  if (rows >= IPV4_ROWS || !insertRow(link)) return false;
  store<u32>(stateAt(), key << KEY_SHIFT);
  store<u32>(ipv4Count, load<u32>(ipv4Count) + 1);
  return true;
}

/** In which row of the block the prefix is, or would be. */
export function rowInIpv4(block: u32, address: u32, length: u32): u32 {
  enter(block);
  goTo(rowsBelowIpv4(keyOf(address, length)));
  return row;
}

function keyOf(address: u32, length: u32): u32 {
  return ((address & 0xffff) << 6) | length;
}

/** Whether the row is the first one that is not below. */
function isPlaceIpv4(index: u32, key: u32): bool {
  if (index > rows || (index < rows && keyAt(index) < key)) return false;
  return index == 0 || keyAt(index - 1) < key;
}

function keyAt(index: u32): u32 {
  return load<u32>(states + (index << 2)) >> KEY_SHIFT;
}

/** A word index; 0: there is none. */
export function blockOfIpv4(address: u32): u32 {
  link = at(ipv4Top) + ((address >> 16) << 2);
  const pointer = load<i32>(link);
  if (pointer >= 0) return pointer;
  link = at(-pointer) + (((address >> 8) & 255) << 2);
  return load<u32>(link);
}

function rowsBelowIpv4(key: u32): u32 {
  if (rows == 0) return 0;
  let place = states;
  let count = rows;
  while (count > 1) {
    const half = count >> 1;
    // Both ways are known before it is known which is right.
    const above = place + (half << 2);
    place = load<u32>(above - 4) >> KEY_SHIFT < key ? above : place;
    count -= half;
  }
  if (load<u32>(place) >> KEY_SHIFT < key) place += 4;
  return (place - states) >> 2;
}

/** The same for IPv6 prefixes up to /64; `guess`: which block it probably is, and in there the row. */
export function placeIpv6(word0: u32, word1: u32, length: u32, guess: u32, rowGuess: u32): bool {
  const address = ((<u64>word0) << 32) | word1;
  if (load<u32>(fences) == 0 || address < fenceAt(0)) return false;
  goToBlockOf(address, guess);
  if (findIpv6(address, length, rowGuess)) return true;
  if (rows >= IPV6_ROWS) {
    if (!split()) return false;
    blockOfIpv6(address);
    findIpv6(address, length, rowGuess);
  }
  if (!insertRow(link)) return false;
  const state = stateAt();
  store<u32>(state, length << KEY_SHIFT);
  store<u32>(state, word0, 4);
  store<u32>(state, word1, 8);
  store<u32>(ipv6Count, load<u32>(ipv6Count) + 1);
  return true;
}

/** Goes to the row in the block that `link` points to. */
function findIpv6(address: u64, length: u32, guess: u32): bool {
  enter(load<u32>(link));
  const isPlace =
    guess <= rows &&
    (guess == rows || !isBelow(guess, address, length)) &&
    (guess == 0 || isBelow(guess - 1, address, length));
  goTo(isPlace ? guess : rowsBelowIpv6(address, length));
  if (row >= rows) return false;
  const state = stateAt();
  return addressOf(state) == address && load<u32>(state) >> KEY_SHIFT == length;
}

export function rowInIpv6(block: u32, word0: u32, word1: u32, length: u32): u32 {
  enter(block);
  goTo(rowsBelowIpv6(((<u64>word0) << 32) | word1, length));
  return row;
}

/** Goes to the last fence that is not above the address, or the first; there is one. Returns its block. */
export function blockOfIpv6(address: u64): u32 {
  let index: u32 = 0;
  let left = load<u32>(fences);
  while (left > 1) {
    const half = left >> 1;
    index = fenceAt(index + half) <= address ? index + half : index;
    left -= half;
  }
  goToFence(index);
  return load<u32>(link);
}

/** Since the guess was made some fences may have come before it. */
function goToBlockOf(address: u64, guess: u32): void {
  for (let index = guess; index < guess + GUESSES; index++) {
    if (isBehind(index, address)) {
      goToFence(index);
      return;
    }
  }
  blockOfIpv6(address);
}

function goToFence(index: u32): void {
  fence = index;
  link = at(load<u32>(fences, 4) + index);
}

/** Whether the fence is the last one that is not above the address. */
function isBehind(index: u32, address: u64): bool {
  const size = load<u32>(fences);
  if (index >= size || fenceAt(index) > address) return false;
  return index + 1 == size || fenceAt(index + 1) > address;
}

/** The first words of the fences stand a capacity behind the links, the second ones behind those. */
function fenceAt(index: u32): u64 {
  const capacity = load<u32>(fences, 8);
  const first = at(load<u32>(fences, 4) + capacity + index);
  return ((<u64>load<u32>(first)) << 32) | load<u32>(first + (capacity << 2));
}

/** Cuts the found block in two, between two addresses and as near to its middle as there are any, if any. */
function split(): bool {
  const size = load<u32>(fences);
  if (size == load<u32>(fences, 8)) return false;
  let cut: i32 = 0;
  const middle: i32 = rows >> 1;
  for (let i: i32 = 1; i < <i32>rows; i++) {
    if (addressOf(rowAt(i - 1)) == addressOf(rowAt(i))) continue;
    if (cut == 0 || abs<i32>(i - middle) < abs<i32>(cut - middle)) cut = i;
  }
  if (cut == 0) return false;
  goTo(cut);
  const fresh = copyRest();
  if (fresh == 0) return false;
  addFence(fence + 1, fresh, addressOf(stateAt()));
  cutRest(link);
  return true;
}

function rowAt(index: u32): u32 {
  return states + index * (IPV6_KEYS << 2);
}

function addFence(index: u32, fresh: u32, address: u64): void {
  const size = load<u32>(fences);
  const capacity = load<u32>(fences, 8);
  const links = at(load<u32>(fences, 4) + index);
  const rest = (size - index) << 2;
  for (let array: u32 = 0; array < IPV6_KEYS; array++) {
    const place = links + ((array * capacity) << 2);
    memory.copy(place + 4, place, rest);
  }
  store<u32>(links, fresh);
  store<u32>(links + (capacity << 2), <u32>(address >> 32));
  store<u32>(links + (capacity << 3), <u32>address);
  store<u32>(fences, size + 1);
}

function rowsBelowIpv6(address: u64, length: u32): u32 {
  let low: u32 = 0;
  let left = rows;
  while (left > 0) {
    const half = left >> 1;
    const below = isBelow(low + half, address, length);
    low = below ? low + half + 1 : low;
    left = below ? left - half - 1 : half;
  }
  return low;
}

function isBelow(index: u32, address: u64, length: u32): bool {
  const state = rowAt(index);
  const other = addressOf(state);
  return other < address || (other == address && load<u32>(state) >> KEY_SHIFT < length);
}

function addressOf(state: u32): u64 {
  return ((<u64>load<u32>(state, 4)) << 32) | load<u32>(state, 8);
}

export function hasFences(): bool {
  return load<u32>(fences) != 0;
}
