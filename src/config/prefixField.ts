/** Prefixes as values of the file, with what people write instead. */

import { hasHostBits, maxLength, type Prefix, prefixOf } from '../net/prefix.ts';
import { parseAddress, parseCidr } from '../net/text.ts';
import { type Field, type Parsed, scalar } from './field.ts';
import type { Told } from './findings.ts';
import { neverRouted, rarelyRouted } from './specialPrefixes.ts';

/** A prefix of ours. How much of it the world will take is judged with the rest of its entry. */
export const cidr: Field<Prefix> = scalar(
  {
    name: 'a prefix',
    example: '203.0.113.0/24',
    schema: { type: 'string', pattern: '^[0-9a-fA-F:.]+/\\d{1,3}$' },
  },
  (text): Parsed<Prefix> => {
    const parsed = parseCidr(text);
    if (!parsed) return { wrong: notAPrefix(text) };
    const value = prefixOf(parsed.address, parsed.length);
    if (hasHostBits(parsed.address, parsed.length)) {
      return {
        wrong: {
          cause: `${text} has bits set after its /${parsed.length}`,
          consequence:
            'it is an address in a prefix, and whether the prefix or its length is wrong is not clear',
          mend: `write ${value.text} if that is the prefix`,
        },
      };
    }
    const wrong = neverRouted(value);
    if (wrong) return { wrong };
    const warning = rarelyRouted(value);
    return warning ? { value, warning } : { value };
  },
);

function notAPrefix(text: string): Told {
  const consequence = 'it cannot be announced';
  const alone = parseAddress(text);
  if (alone) {
    const usual = alone.family === 'ipv4' ? 24 : 48;
    return {
      cause: `${text} has no length`,
      consequence,
      mend: `write ${prefixOf(alone, usual).text} if that is meant`,
    };
  }
  const [before = '', length = ''] = text.split('/', 2);
  const network = parseAddress(before);
  if (network && /^\d+$/.test(length)) {
    const max = maxLength(network.family);
    return {
      cause: `/${length} is no length`,
      consequence,
      mend: `write a length from 1 to ${max}`,
    };
  }
  if (network && length.includes('.')) {
    return {
      cause: `${text} has a netmask`,
      consequence,
      mend: 'write its number of bits, as /24',
    };
  }
  return {
    cause: `"${text}" is not a prefix`,
    consequence,
    mend: 'write it as 203.0.113.0/24 or 2001:db8::/32',
  };
}
