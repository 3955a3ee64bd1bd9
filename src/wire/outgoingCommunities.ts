/**
 * Communities of a received route as they go out: those that may, and those that are configured,
 * which are left out where they are there already.
 *
 *                       to another AS              inside of ours
 *   COMMUNITIES         as they came               as they came
 *   extended, IPv6 too  those that are transitive  as they came
 *   LARGE_COMMUNITY     each once                  each once
 */

import type { AddedCommunities } from './addedCommunities.ts';
import type { AttributeWriter } from './attributeWriter.ts';
import { AttributeCode, AttributeFlag } from './constants.ts';
import type { IncomingSet } from './incomingSet.ts';
import { uint32 } from './octets.ts';

/** RFC 4360 §2, RFC 5701 §2: in the first octet of an extended community, "not across ASes". */
const NON_TRANSITIVE = 0x40;

const EXTENDED = 8;
const IPV6_EXTENDED = 20;
const LARGE = 12;
/** Octets of large communities of which each is held against each: beyond, that would take long. */
const FEW = 32 * LARGE;

const OPTIONAL_TRANSITIVE = AttributeFlag.optional | AttributeFlag.transitive;

/** Writes the attribute; nothing where no community is left. `added`: those of its kind. */
export function putCommunities(
  writer: AttributeWriter,
  code: number,
  { bytes, index }: Pick<IncomingSet, 'bytes' | 'index'>,
  added: AddedCommunities | undefined,
  internal: boolean,
): void {
  const there = index.has(code);
  const partial = there ? bytes[index.attributeStart(code)]! & AttributeFlag.partial : 0;
  const header = writer.beginLong(OPTIONAL_TRANSITIVE | partial, code);
  const value = writer.length;
  if (there)
    copyThose(writer, code, bytes, index.valueStart(code), index.attributeEnd(code), internal);
  if (added) {
    const { octets, unit } = added;
    for (let at = 0; at < octets.length; at += unit) {
      if (!writer.holds(value, unit, octets, at)) writer.copy(octets, at, at + unit);
    }
  }
  // RFC 7606 §4: one that is empty is an error.
  if (writer.length === value) writer.length = header;
  else writer.endLong(header);
}

/** Of those at `start..end` the ones that may go out. */
function copyThose(
  writer: AttributeWriter,
  code: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  internal: boolean,
): void {
  if (code === AttributeCode.largeCommunities) copyOnce(writer, bytes, start, end);
  else if (internal || code === AttributeCode.communities) writer.copy(bytes, start, end);
  else {
    const unit = code === AttributeCode.extendedCommunities ? EXTENDED : IPV6_EXTENDED;
    copyTransitive(writer, unit, bytes, start, end);
  }
}

/** RFC 4360 §6: what is meant for one AS is removed before the route leaves it. */
function copyTransitive(
  writer: AttributeWriter,
  unit: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  for (let at = start; at < end; at += unit) {
    if ((bytes[at]! & NON_TRANSITIVE) === 0) writer.copy(bytes, at, at + unit);
  }
}

/** RFC 8092 §3: duplicates must not be sent, and it is no error to have received them. */
function copyOnce(writer: AttributeWriter, bytes: Uint8Array, start: number, end: number): void {
  const value = writer.length;
  const seen = end - start > FEW ? new Set<string>() : undefined;
  for (let at = start; at < end; at += LARGE) {
    if (seen ? isAmong(seen, bytes, at) : writer.holds(value, LARGE, bytes, at)) continue;
    writer.copy(bytes, at, at + LARGE);
  }
}

/** Whether the large community at `at` is one of these; it is from now on. */
function isAmong(seen: Set<string>, bytes: Uint8Array, at: number): boolean {
  const { size } = seen;
  seen.add(`${uint32(bytes, at)}:${uint32(bytes, at + 4)}:${uint32(bytes, at + 8)}`);
  return seen.size === size;
}
