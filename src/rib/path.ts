/**
 * A path: one word, the attribute set and what is known of the path itself.
 *
 *   31                              8 7           6 5            4          0
 *   +--------------------------------+-------------+------------+------------+
 *   | attribute id (24)              | generation  | llgr-stale | reason (5) |
 *   +--------------------------------+-------------+------------+------------+
 *
 * 0: no path. The reason says why it is refused, 0 that it is eligible. The generation is the
 * neighbour's when the path was last announced: a path whose generation is not the neighbour's
 * present one is stale (RFC 4724, RFC 7313). Llgr-stale paths are the last choice (RFC 9494).
 */

import type { Reason } from './reason.ts';

export const NO_PATH = 0;

export const LLGR_STALE = 1 << 5;

const ATTRIBUTES_SHIFT = 8;
const GENERATION_SHIFT = 6;
const REASON_MASK = 31;

export const GENERATIONS = 4;

export function makePath(attributes: number, generation: number, reason: Reason): number {
  return (attributes << ATTRIBUTES_SHIFT) | (generation << GENERATION_SHIFT) | reason;
}

/** The id of its attribute set. */
export function attributesOf(path: number): number {
  return path >>> ATTRIBUTES_SHIFT;
}

export function generationOf(path: number): number {
  return (path >>> GENERATION_SHIFT) & (GENERATIONS - 1);
}

export function reasonOf(path: number): Reason {
  return (path & REASON_MASK) as Reason;
}

/** Whether it takes part in the decision: there, and not refused. */
export function isEligible(path: number): boolean {
  return path !== NO_PATH && (path & REASON_MASK) === 0;
}

export function withReason(path: number, reason: Reason): number {
  return (path & ~REASON_MASK) | reason;
}

/** The same path with another attribute set. */
export function withAttributes(path: number, attributes: number): number {
  return (attributes << ATTRIBUTES_SHIFT) | (path & ((1 << ATTRIBUTES_SHIFT) - 1));
}

/** Whether two paths differ in more than when they were announced. */
export function isSameRoute(path: number, other: number): boolean {
  return ((path ^ other) & ~((GENERATIONS - 1) << GENERATION_SHIFT)) === 0;
}
