/**
 * Picks from the lines of `ip -o monitor route` those that may change the way to a neighbour
 * (iproute2 6.1; the next hops of one route are on the same line):
 *
 *     198.51.100.0/30 dev eth2 scope link
 *     Deleted unreachable 2001:db8:ff::/48 dev lo metric 1024 pref medium
 *     default via 192.0.2.1 dev eth0
 *     4.0.0.0/8 dev eth1 table 100 scope link
 *
 * A machine with a full table in its kernel prints a million lines of which hardly one matters. So
 * one pattern, which allocates nothing, drops what differs in the first 16 bits; the rest is read.
 */

import type { IpAddress } from '../net/address.ts';
import { contains, maxLength, prefixOf } from '../net/prefix.ts';
import { parseAddress } from '../net/text.ts';

const DESTINATION = /^(?:Deleted )?(?:[a-z]+ )?(?:(default)|([0-9a-f.:]+)(?:\/(\d+))?)(?: |$)/;

export class RouteScreen {
  readonly #neighbours: readonly IpAddress[];
  readonly #candidate: RegExp;

  constructor(neighbours: readonly IpAddress[]) {
    this.#neighbours = neighbours;
    this.#candidate = candidatePattern(neighbours);
  }

  /** Whether the line is about a route, of any table, that covers a neighbour. */
  passes(line: string): boolean {
    if (this.#neighbours.length === 0 || !this.#candidate.test(line)) return false;
    const match = DESTINATION.exec(line);
    if (!match) return false;
    const [, everything, text = '', digits] = match;
    // The line does not tell the family of a default route.
    if (everything !== undefined) return true;
    const address = parseAddress(text);
    if (!address) return false;
    const length = digits === undefined ? maxLength(address.family) : Number(digits);
    if (length > maxLength(address.family)) return false;
    const route = prefixOf(address, length);
    return this.#neighbours.some((neighbour) => contains(route, neighbour));
  }
}

/** A destination that begins as a neighbour does, or that is too short to have to. */
function candidatePattern(neighbours: readonly IpAddress[]): RegExp {
  const beginnings = neighbours.map(({ family, octets: [a = 0, b = 0] }) => {
    if (family === 'ipv4') return String.raw`${a}\.${b}\.`;
    const group = (a << 8) | b;
    return group === 0 ? '0?:' : `${group.toString(16)}:`;
  });
  const starts = [
    'default ',
    ...new Set(beginnings),
    String.raw`[0-9a-f.:]+\/(?:\d|1[0-5])(?: |$)`,
  ];
  return new RegExp(`^(?:Deleted )?(?:[a-z]+ )?(?:${starts.join('|')})`);
}
