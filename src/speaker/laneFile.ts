/**
 * The program of the RIB's fast lane. From `dist/chunks` as from `src/speaker` it is one folder up; it
 * is made by `npm run build` and `npm run lane`.
 */

import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { type LaneModule, toCompile } from '../rib/webAssembly.ts';

let lane: LaneModule | undefined;

/**
 * Undefined: it was not built, or it is not for this machine, whose words may be the other way round, and
 * the RIB does without.
 */
export function laneModule(): LaneModule | undefined {
  if (endianness() === 'LE') lane ??= readLane();
  return lane;
}

function readLane(): LaneModule | undefined {
  try {
    return toCompile(readFileSync(new URL('../lane.wasm', import.meta.url)));
  } catch {
    return undefined;
  }
}
