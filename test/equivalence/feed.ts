/** What upstreams send in the equivalence tests: UPDATEs made of octets, honest ones and others. */

import { parseAddress, parsePrefix } from '../../src/net/text.ts';

export interface FedRoute {
  readonly prefix: string;
  /** Nearest first; an array in it is an AS_SET. */
  readonly path: readonly (number | readonly number[])[];
  /** Undefined: the neighbour's own address of the prefix's family. */
  readonly nextHop?: string;
  /** RFC 9234 §5; undefined: the attribute is not there. */
  readonly onlyToCustomer?: number;
}

export interface NextHops {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** One UPDATE for each route, in hexadecimal digits. */
export function updatesOf(routes: readonly FedRoute[], hops: NextHops): readonly string[] {
  return routes.map((route) => updateOf(route, hops));
}

function updateOf(
  { prefix: text, path, nextHop, onlyToCustomer }: FedRoute,
  hops: NextHops,
): string {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is not a prefix`);
  const octets = Math.ceil(prefix.length / 8);
  const nlri = number(prefix.length, 1) + digits(prefix.octets.subarray(0, octets));
  const hop = addressDigits(nextHop ?? hops[prefix.family]);
  const origin = attribute(0x40, 1, '00');
  const asPath = attribute(0x50, 2, segments(path));
  const mark = onlyToCustomer === undefined ? '' : attribute(0xc0, 35, number(onlyToCustomer, 4));
  if (prefix.family === 'ipv4') {
    return message(origin + asPath + attribute(0x40, 3, hop) + mark, nlri);
  }
  const reach = `000201${number(hop.length / 2, 1)}${hop}00${nlri}`;
  return message(origin + asPath + attribute(0x80, 14, reach) + mark, '');
}

function message(attributes: string, nlri: string): string {
  const body = `0000${number(attributes.length / 2, 2)}${attributes}${nlri}`;
  return `${'ff'.repeat(16)}${number(19 + body.length / 2, 2)}02${body}`;
}

/** Bit 0x10 of the flags makes the length two octets. */
function attribute(flags: number, code: number, value: string): string {
  const length = number(value.length / 2, flags & 0x10 ? 2 : 1);
  return `${number(flags, 1)}${number(code, 1)}${length}${value}`;
}

/** AS_SEQUENCE (2) for numbers that follow each other, AS_SET (1) for each array. */
function segments(path: FedRoute['path']): string {
  let text = '';
  let sequence: number[] = [];
  const flush = () => {
    if (sequence.length > 0) text += segment(2, sequence);
    sequence = [];
  };
  for (const element of path) {
    if (typeof element === 'number') sequence.push(element);
    else {
      flush();
      text += segment(1, element);
    }
  }
  flush();
  return text;
}

function segment(type: number, numbers: readonly number[]): string {
  return `${number(type, 1)}${number(numbers.length, 1)}${numbers.map((asn) => number(asn, 4)).join('')}`;
}

function addressDigits(text: string): string {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is not an address`);
  return digits(address.octets);
}

function digits(octets: Uint8Array): string {
  return [...octets].map((octet) => number(octet, 1)).join('');
}

function number(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, '0');
}
