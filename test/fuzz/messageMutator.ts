/**
 * Changes that know what a BGP message is: an UPDATE is taken apart into withdrawn routes, path
 * attributes and NLRI, its parts are changed, doubled, dropped or taken from another, and it is put
 * together with lengths that are right but for once in a while. Octets that are only wrong would be
 * refused by the first check and reach nothing behind it.
 */

import { uint16 } from '../../src/wire/octets.ts';
import { joined, mutateOctets } from './octetMutator.ts';
import type { Random } from './random.ts';

const HEADER = 19;
const UPDATE = 2;
export const MAX_MESSAGE = 4096;
/** Type codes with a meaning, and some without. */
const CODES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 21, 23, 25, 32, 35, 40, 99, 128];
const FLAGS = [0x40, 0x80, 0xc0, 0xe0, 0x50, 0x90, 0xd0, 0x00, 0x20, 0x0f];
const EXTENDED = 0x10;

interface Attribute {
  readonly flags: number;
  readonly code: number;
  readonly value: Uint8Array;
}

interface UpdateParts {
  readonly withdrawn: Uint8Array;
  readonly attributes: readonly Attribute[];
  readonly nlri: Uint8Array;
}

/** A whole message with its header; mostly of the length that the header says. */
export function mutateMessage(message: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const parts = message[18] === UPDATE && !random.oneIn(8) ? takeApart(message) : undefined;
  if (!parts) {
    const body = mutateOctets(
      message.subarray(HEADER),
      other.subarray(HEADER),
      random,
      MAX_MESSAGE - HEADER,
    );
    return withHeader(message[18] ?? UPDATE, body, random);
  }
  const donor = (other[18] === UPDATE && takeApart(other)) || parts;
  return withHeader(UPDATE, putTogether(mutateParts(parts, donor, random), random), random);
}

/** One attribute with this code, changed or made up, in an UPDATE that is otherwise well. */
export function withAttribute(
  message: Uint8Array,
  code: number,
  other: Uint8Array,
  random: Random,
): Uint8Array {
  const parts = takeApart(message);
  if (!parts) return mutateMessage(message, other, random);
  const found = parts.attributes.find((attribute) => attribute.code === code);
  const value = mutateOctets(
    found?.value ?? other.subarray(HEADER, HEADER + 12),
    other,
    random,
    600,
  );
  const flags = random.oneIn(4) ? random.pick(FLAGS) : (found?.flags ?? 0xc0);
  const rest = parts.attributes.filter((attribute) => attribute !== found);
  const at = random.below(rest.length + 1);
  const attributes = [...rest.slice(0, at), { flags, code, value }, ...rest.slice(at)];
  return withHeader(UPDATE, putTogether({ ...parts, attributes }, random), random);
}

function mutateParts(parts: UpdateParts, donor: UpdateParts, random: Random): UpdateParts {
  switch (random.below(4)) {
    case 0:
      return { ...parts, withdrawn: mutateOctets(parts.withdrawn, donor.nlri, random, 1000) };
    case 1:
      return { ...parts, nlri: mutateOctets(parts.nlri, donor.withdrawn, random, 1000) };
    default:
      return { ...parts, attributes: mutateList(parts.attributes, donor.attributes, random) };
  }
}

function mutateList(
  list: readonly Attribute[],
  donor: readonly Attribute[],
  random: Random,
): readonly Attribute[] {
  const at = random.below(list.length + 1);
  const [before, here, after] = [list.slice(0, at), list[at], list.slice(at + 1)];
  if (!here) {
    const added = donor[random.below(donor.length + 1)];
    return added ? [...list, added] : [...list, madeUp(random)];
  }
  switch (random.below(6)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...before, here, here, ...after];
    case 2:
      return [...after, here, ...before];
    case 3:
      return [...before, { ...here, flags: random.pick(FLAGS) }, ...after];
    case 4:
      return [...before, { ...here, code: random.pick(CODES) }, ...after];
    default: {
      const taken = donor.find(({ code }) => code === here.code)?.value ?? here.value;
      return [
        ...before,
        { ...here, value: mutateOctets(here.value, taken, random, 2000) },
        ...after,
      ];
    }
  }
}

function madeUp(random: Random): Attribute {
  const value = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
  return { flags: random.pick(FLAGS), code: random.pick(CODES), value };
}

/** Undefined where its lengths do not fit; then it is only octets. */
function takeApart(message: Uint8Array): UpdateParts | undefined {
  const end = message.length;
  if (end < HEADER + 4) return undefined;
  const attributesAt = HEADER + 2 + uint16(message, HEADER);
  if (attributesAt + 2 > end) return undefined;
  const nlriAt = attributesAt + 2 + uint16(message, attributesAt);
  if (nlriAt > end) return undefined;
  const attributes: Attribute[] = [];
  for (let at = attributesAt + 2; at < nlriAt; ) {
    const flags = message[at]!;
    const wide = (flags & EXTENDED) !== 0;
    const valueAt = at + (wide ? 4 : 3);
    if (valueAt > nlriAt) return undefined;
    const valueEnd = valueAt + (wide ? uint16(message, at + 2) : message[at + 2]!);
    if (valueEnd > nlriAt) return undefined;
    attributes.push({ flags, code: message[at + 1]!, value: message.slice(valueAt, valueEnd) });
    at = valueEnd;
  }
  const withdrawn = message.slice(HEADER + 2, attributesAt);
  return { withdrawn, attributes, nlri: message.slice(nlriAt) };
}

function putTogether({ withdrawn, attributes, nlri }: UpdateParts, random: Random): Uint8Array {
  const block = joined(...attributes.map((attribute) => attributeOctets(attribute, random)));
  const lie = random.oneIn(16) ? random.below(9) - 4 : 0;
  return joined(two(withdrawn.length), withdrawn, two(block.length + lie), block, nlri);
}

function attributeOctets({ flags, code, value }: Attribute, random: Random): Uint8Array {
  const length = Math.max(0, value.length + (random.oneIn(32) ? random.below(5) - 2 : 0));
  const wide = length > 255 || (flags & EXTENDED) !== 0;
  const head = wide
    ? [flags | EXTENDED, code, length >> 8, length & 255]
    : [flags & ~EXTENDED, code, length];
  return joined(Uint8Array.from(head), value);
}

function withHeader(type: number, body: Uint8Array, random: Random): Uint8Array {
  const whole = body.subarray(0, MAX_MESSAGE - HEADER);
  const length = whole.length + HEADER + (random.oneIn(64) ? random.below(9) - 4 : 0);
  const marker = new Uint8Array(16).fill(255);
  if (random.oneIn(128)) marker[random.below(16)] = random.below(256);
  const kind = random.oneIn(64) ? random.below(256) : type;
  return joined(marker, two(Math.max(0, length)), Uint8Array.of(kind), whole);
}

function two(value: number): Uint8Array {
  return Uint8Array.of((value >> 8) & 255, value & 255);
}
