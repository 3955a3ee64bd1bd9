/** Blocks of prefixes and their paths: see `src/rib/blocks.ts`, which draws them and does the same. */

import { clear, copyDown, copyUp } from './copy';
import { at } from './memory';
import { allocate, release } from './pieces';
import { sizeClassOf, unitsOf } from './sizeClass';

const HEADER_WORDS: u32 = 2;
export const KEY_SHIFT: u32 = 10;

/** The block that is looked at, a word index, and its row. What a head says follows from `enter`. */
export let block: u32 = 0;
export let row: u32 = 0;
export let rows: u32 = 0;
/** Words that a row is searched by. */
let keys: u32 = 0;
let columns: u32 = 0;
let capacity: u32 = 0;
/** The addresses of row 0's state and merit. */
export let states: u32 = 0;
let values: u32 = 0;

export function enter(index: u32): void {
  block = index;
  const head = load<u32>(at(index));
  const size = load<u32>(at(index), 4);
  columns = head & 0xff;
  keys = (head >> 8) & 0xffff;
  rows = size >> 16;
  capacity = size & 0xffff;
  states = at(index + headerWords(columns));
  values = states + ((keys * capacity) << 2);
}

export function goTo(index: u32): void {
  row = index;
}

/** The address of the row's state; of its merit, with the paths behind it. */
export function stateAt(): u32 {
  return states + ((row * keys) << 2);
}

export function meritAt(): u32 {
  return values + ((row * (columns + 1)) << 2);
}

/** At which slot the block has the column, or -1. */
export function slotOf(column: u32): i32 {
  const numbers = at(block + HEADER_WORDS);
  for (let slot: u32 = 0; slot < columns; slot++) {
    if (<u32>load<u8>(numbers + slot) == column) return slot;
  }
  return -1;
}

/*
 * What follows changes blocks. `link` is the address of the word that points to the one that is looked
 * at. False: there is no memory that is at hand, and nothing has changed.
 */

/** A block without rows and columns. */
export function create(link: u32, rowKeys: u32): bool {
  const fresh = make(rowKeys, 0, 1);
  if (fresh == 0) return false;
  store<u32>(link, fresh);
  enter(fresh);
  row = 0;
  return true;
}

/** Makes room for a row at the found place, without paths, its keys left to the caller. */
export function insertRow(link: u32): bool {
  if (rows == capacity) return moveAround(link);
  const state = stateAt();
  copyDown(state + (keys << 2), state, ((rows - row) * keys) << 2);
  const stride = (columns + 1) << 2;
  const merit = meritAt();
  copyDown(merit + stride, merit, (rows - row) * stride);
  clear(merit, stride);
  rows++;
  store<u32>(at(block), (rows << 16) | capacity, 4);
  return true;
}

/** The column, which the block must not have, comes last. */
export function addColumn(link: u32, column: u32): bool {
  const fresh = make(keys, columns + 1, rows);
  if (fresh == 0) return false;
  const before = block;
  const count = rows;
  const oldStates = states;
  let from = values;
  const old = columns;
  copyColumnNumbers(before, fresh, old);
  store<u8>(at(fresh + HEADER_WORDS) + old, column);
  setRows(fresh, count);
  const found = row;
  enter(fresh);
  row = found;
  copyUp(states, oldStates, (count * keys) << 2);
  let to = values;
  for (let i: u32 = 0; i < count; i++) {
    for (let word: u32 = 0; word <= old; word++, from += 4, to += 4)
      store<u32>(to, load<u32>(from));
    store<u32>(to, 0);
    to += 4;
  }
  replace(before, fresh, link);
  return true;
}

/** A new block with the rows from the found one on; nothing points to it yet. 0: no memory. */
export function copyRest(): u32 {
  const count = rows - row;
  const fresh = make(keys, columns, count);
  if (fresh == 0) return 0;
  copyColumnNumbers(block, fresh, columns);
  setRows(fresh, count);
  const free = at(fresh + headerWords(columns));
  copyUp(free, stateAt(), (count * keys) << 2);
  const room = load<u32>(at(fresh), 4) & 0xffff;
  copyUp(free + ((keys * room) << 2), meritAt(), (count * (columns + 1)) << 2);
  return fresh;
}

/** Keeps the rows before the found one, in less memory if there is any at hand. */
export function cutRest(link: u32): void {
  rows = row;
  store<u32>(at(block), (rows << 16) | capacity, 4);
  row = 0;
  const fresh = copyRest();
  if (fresh != 0) replace(block, fresh, link);
}

/** Moves the block to a larger piece, around an empty row. */
function moveAround(link: u32): bool {
  const fresh = make(keys, columns, rows + 1);
  if (fresh == 0) return false;
  copyColumnNumbers(block, fresh, columns);
  setRows(fresh, rows + 1);
  const before = block;
  const oldStates = states;
  const oldValues = values;
  const head = row;
  const rest = rows - row;
  enter(fresh);
  copyAround(states, oldStates, head, rest, keys << 2);
  const stride = (columns + 1) << 2;
  copyAround(values, oldValues, head, rest, stride);
  clear(values + head * stride, stride);
  replace(before, fresh, link);
  return true;
}

function copyAround(to: u32, from: u32, head: u32, rest: u32, stride: u32): void {
  copyUp(to, from, head * stride);
  copyUp(to + (head + 1) * stride, from + head * stride, rest * stride);
}

/** Without rows, and for at least so many; 0: there is no memory at hand. */
function make(rowKeys: u32, columnCount: u32, rowCount: u32): u32 {
  const header = headerWords(columnCount);
  const perRow = rowKeys + columnCount + 1;
  const count = header + perRow * rowCount;
  const fresh = allocate(count);
  if (fresh == 0) return 0;
  const sizeClass = sizeClassOf((count + 1) >> 1);
  const room = ((unitsOf(sizeClass) << 1) - header) / perRow;
  store<u32>(at(fresh), (sizeClass << 24) | (rowKeys << 8) | columnCount);
  store<u32>(at(fresh), min<u32>(0xffff, room), 4);
  for (let word = HEADER_WORDS; word < header; word++) store<u32>(at(fresh + word), 0);
  return fresh;
}

function setRows(fresh: u32, count: u32): void {
  store<u32>(at(fresh), load<u32>(at(fresh), 4) | (count << 16), 4);
}

function copyColumnNumbers(from: u32, to: u32, count: u32): void {
  copyUp(at(to + HEADER_WORDS), at(from + HEADER_WORDS), (count + 3) & ~3);
}

function replace(before: u32, fresh: u32, link: u32): void {
  release(before, load<u32>(at(before)) >> 24);
  store<u32>(link, fresh);
}

function headerWords(columnCount: u32): u32 {
  return HEADER_WORDS + ((columnCount + 3) >> 2);
}
