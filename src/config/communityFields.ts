/** Communities as values of the file, with what people write instead. */

import { MAX_ASN } from '../net/asn.ts';
import {
  type Community,
  formatExtended,
  formatLarge,
  formatStandard,
  parseCommunity,
  WELL_KNOWN,
} from '../net/community.ts';
import { type Field, scalar } from './field.ts';
import type { Told } from './findings.ts';
import { list } from './list.ts';
import { nearest } from './nearest.ts';

const community: Field<Community> = scalar(
  {
    name: 'a community',
    example: '"64496:100"',
    schema: {
      anyOf: [
        { enum: [...WELL_KNOWN.keys()] },
        {
          type: 'string',
          pattern:
            '^(\\d{1,5}:\\d{1,5}|\\d{1,10}:\\d{1,10}:\\d{1,10}|(rt|ro):\\d{1,10}:\\d{1,10}|0x[0-9a-fA-F]{16})$',
        },
      ],
    },
  },
  (text) => {
    const value = parseCommunity(text);
    return value ? { value } : { wrong: notACommunity(text) };
  },
);

/** Other tools' names of well-known communities. */
const FOREIGN_NAMES: ReadonlyMap<string, string> = new Map([
  ['gshut', 'graceful-shutdown'],
  ['local-as', 'no-export-subconfed'],
  ['nopeer', 'no-peer'],
  ['rtbh', 'blackhole'],
]);

function notACommunity(text: string): Told {
  const parts = text.split(':');
  const numbers = parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : undefined;
  if (numbers?.length === 2) {
    const large = numbers.every((part) => part <= MAX_ASN);
    return {
      cause: `${text} has a part over 65535`,
      consequence:
        'each half of a standard community has 16 bits (RFC 1997), and no bit is dropped silently',
      mend: large
        ? `use the large community that your upstream has for it, of three parts (RFC 8092), as "${parts[0]}:0:${parts[1]}"`
        : 'write both parts within 0..65535',
    };
  }
  const name =
    FOREIGN_NAMES.get(text.toLowerCase()) ??
    (numbers ? undefined : nearest(text, WELL_KNOWN.keys()));
  return {
    cause: `"${text}" is not a community`,
    consequence: 'nothing can be sent for it',
    mend:
      name !== undefined
        ? `did you mean ${name}?`
        : 'write N:N with parts to 65535, N:N:N with parts to 4294967295, rt:N:N, ro:N:N, or a well-known name',
  };
}

function formatCommunity(value: Community): string {
  if (value.kind === 'standard') return formatStandard(value.value);
  return value.kind === 'large' ? formatLarge(value.value) : formatExtended(value.value);
}

/** More than the longest UPDATE could carry: 4 octets each, of 4096. */
const MAX_COMMUNITIES = 1000;

export const communities = list(
  {
    name: 'communities',
    max: MAX_COMMUNITIES,
    because: 'they would not fit into one UPDATE, and the route could not be sent',
    key: formatCommunity,
    repetition: 'warning',
  },
  community,
);
