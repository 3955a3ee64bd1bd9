/**
 * Where everything lies, in octets from the beginning of the memory. The arrays are made by TypeScript
 * (`src/rib`), whose files draw them; `bind` says where they are. What TypeScript counts in words or
 * units is so here, too, until it is looked at.
 */

/** Of the block memory (`blockMemory.ts`, `freePieces.ts`). */
export let words: u32 = 0;
export let wordCount: u32 = 0;
/** top, peak, joinAt, words in use. */
export let memoryState: u32 = 0;
export let pieces: u32 = 0;
export let piecesFilled: u32 = 0;
export let pieceStarts: u32 = 0;
/** Units in free pieces. */
export let pieceUnits: u32 = 0;

/** Of the stores (`ipv4Store.ts`, `ipv6Store.ts`, `fences.ts`). */
export let ipv4Top: u32 = 0;
export let ipv4Count: u32 = 0;
export let ipv6Count: u32 = 0;
/** size, at, capacity. */
export let fences: u32 = 0;

/** Of the columns (`columns.ts`). */
export let live: u32 = 0;
export let rank: u32 = 0;
export let alone: u32 = 0;
export let counts: u32 = 0;

/** Of attribute sets (`attributeArena.ts`, `attributeTable.ts`). */
export let sets: u32 = 0;
export let slots: u32 = 0;
export let slotCounts: u32 = 0;
export let slotRoom: u32 = 0;
export let slotsUsed: u32 = 0;
export let factorA: u32 = 0;
export let factorB: u32 = 0;
/** top, entries, units in use, units freed. */
export let arenaState: u32 = 0;
export let arenaUnits: u32 = 0;
export let payers: u32 = 0;
export let paid: u32 = 0;
export let entries: u32 = 0;
export let entriesFilled: u32 = 0;

/** What is known of the neighbour at hand: see `peer.ts`. */
export let peer: u32 = 0;
/** Where the attributes of a group of UPDATEs are put together: as large as what they are read from. */
export let scratch: u32 = 0;
/** The arrays of a group: see `group.ts`. */
export let group: u32 = 0;

/** `table`: the values of all of the above, in their order. */
export function bind(table: u32): void {
  words = load<u32>(table);
  wordCount = load<u32>(table, 4);
  memoryState = load<u32>(table, 8);
  pieces = load<u32>(table, 12);
  piecesFilled = load<u32>(table, 16);
  pieceStarts = load<u32>(table, 20);
  pieceUnits = load<u32>(table, 24);
  ipv4Top = load<u32>(table, 28);
  ipv4Count = load<u32>(table, 32);
  ipv6Count = load<u32>(table, 36);
  fences = load<u32>(table, 40);
  live = load<u32>(table, 44);
  rank = load<u32>(table, 48);
  alone = load<u32>(table, 52);
  counts = load<u32>(table, 56);
  sets = load<u32>(table, 60);
  slots = load<u32>(table, 64);
  slotCounts = load<u32>(table, 68);
  slotRoom = load<u32>(table, 72);
  slotsUsed = load<u32>(table, 76);
  factorA = load<u32>(table, 80);
  factorB = load<u32>(table, 84);
  arenaState = load<u32>(table, 88);
  arenaUnits = load<u32>(table, 92);
  payers = load<u32>(table, 96);
  paid = load<u32>(table, 100);
  entries = load<u32>(table, 104);
  entriesFilled = load<u32>(table, 108);
  peer = load<u32>(table, 112);
  scratch = load<u32>(table, 116);
  group = load<u32>(table, 120);
}

/** The address of word `index` of the block memory. */
export function at(index: u32): u32 {
  return words + (index << 2);
}
