/** Room for attribute sets, as `attributeArena.ts` and `freeEntries.ts` have it. */

import { arenaState, arenaUnits, entries, entriesFilled, paid, payers } from './memory';
import { classWithin, empty, fill, filledFrom, sizeClassOf, unitsOf } from './sizeClass';
import { entryAt, HEADER_OCTETS } from './sets';

/** The part of the arena that one payer may fill. */
const SHARE: u32 = 4;
const JOIN_FROM: u32 = 1 << 21;
const FREE_SHARE: u32 = 2;
const FREE: u32 = -1;

/** An entry for `length` octets of content; 0: TypeScript has to see to that, and nothing has changed. */
export function allocate(length: u32, payer: u32): u32 {
  const sizeClass = sizeClassOf((HEADER_OCTETS + length + 31) >> 5);
  const units = unitsOf(sizeClass);
  const account = paid + (payer << 2);
  if (load<u32>(account) + units > arenaUnits / SHARE) return 0;
  let id = take(sizeClass);
  if (id == 0) id = raiseTop(units);
  if (id == 0) return 0;
  store<u32>(arenaState, load<u32>(arenaState, 4) + 1, 4);
  store<u32>(arenaState, load<u32>(arenaState, 8) + units, 8);
  store<u8>(payers + id, payer);
  store<u32>(account, load<u32>(account) + units);
  return id;
}

/** An entry of the class, or else split off the smallest that is larger; 0: there is none. */
function take(sizeClass: u32): u32 {
  let found = sizeClass;
  if (load<u32>(entries + (found << 2)) == 0) {
    found = filledFrom(entriesFilled, sizeClass);
    if (found == 0) return 0;
  }
  const first = entries + (found << 2);
  const id = load<u32>(first);
  const entry = entryAt(id);
  const next = load<u32>(entry);
  store<u32>(first, next);
  if (next == 0) empty(entriesFilled, found);
  const units = unitsOf(sizeClass);
  const size = load<u32>(entry, 8);
  if (size > units) put(id + units, size - units);
  return id;
}

function put(id: u32, units: u32): void {
  const sizeClass = classWithin(units);
  const first = entries + (sizeClass << 2);
  const entry = entryAt(id);
  store<u32>(entry, load<u32>(first));
  store<u32>(entry, FREE, 4);
  store<u32>(entry, units, 8);
  store<u32>(first, id);
  fill(entriesFilled, sizeClass);
}

/** An entry above all others; 0: there is no room, or small free ones are to be joined first. */
function raiseTop(units: u32): u32 {
  const id = load<u32>(arenaState);
  const inUse = load<u32>(arenaState, 8);
  const freed = load<u32>(arenaState, 12);
  const wasteful = (id - inUse) * FREE_SHARE >= id && freed * FREE_SHARE * 2 >= id;
  if (id + units > arenaUnits || (id >= JOIN_FROM && wasteful)) return 0;
  store<u32>(arenaState, id + units);
  return id;
}
