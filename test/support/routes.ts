/** Routes as tests name them, and a reader of NLRI that is slow, obvious and shares no code. */

import type { Family } from '../../src/net/family.ts';
import type { Prefix } from '../../src/net/prefix.ts';
import { parsePrefix } from '../../src/net/text.ts';

export interface Route {
  readonly prefix: string;
  /** With ADD-PATH only. */
  readonly pathId?: number;
}

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (!parsed) throw new Error(`not a prefix: ${text}`);
  return parsed;
}

/** The prefix of `length` bits that begins with these bits, through its text. */
export function prefixFromBits(family: Family, bits: string, length: number): string {
  const size = family === 'ipv4' ? 32 : 128;
  const all = bits.slice(0, length).padEnd(size, '0');
  const step = family === 'ipv4' ? 8 : 16;
  const groups = all.match(new RegExp(`.{${step}}`, 'g')) ?? [];
  const numbers = groups.map((group) => Number.parseInt(group, 2));
  const text = family === 'ipv4' ? numbers.join('.') : numbers.map((n) => n.toString(16)).join(':');
  return prefix(`${text}/${length}`).text;
}

/** What can be read of these octets, and whether that is all of them. */
export function naiveNlri(octets: readonly number[], family: Family, addPath: boolean) {
  const rest = [...octets];
  const routes: Route[] = [];
  while (rest.length > 0) {
    const id = addPath ? rest.splice(0, 4) : [];
    const length = rest.shift();
    if (length === undefined || length > (family === 'ipv4' ? 32 : 128)) {
      return { routes, correct: false };
    }
    const count = Math.ceil(length / 8);
    if (rest.length < count) return { routes, correct: false };
    const bits = rest.splice(0, count).map((octet) => octet.toString(2).padStart(8, '0'));
    const text = prefixFromBits(family, bits.join(''), length);
    const pathId = id.reduce((value, octet) => value * 256 + octet, 0);
    routes.push(addPath ? { prefix: text, pathId } : { prefix: text });
  }
  return { routes, correct: true };
}
