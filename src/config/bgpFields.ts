/** AS numbers, times, counts and names as values of the file, with what people write instead. */

import { AS_TRANS, type Asn, isReservedAsn, MAX_ASN, parseAsn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { type Field, integer, scalar, seconds } from './field.ts';
import type { Told } from './findings.ts';
import type { NameRule } from './mapping.ts';

export const asn: Field<Asn> = scalar(
  {
    name: 'an AS number',
    example: '64496',
    // A dotted number without quotes is a number to other readers, whatever it becomes there.
    schema: {
      anyOf: [
        { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: MAX_ASN },
        { type: 'string', pattern: '^(\\d{1,10}|\\d{1,5}\\.\\d{1,5})$' },
      ],
    },
  },
  (text) => {
    const value = parseAsn(text);
    if (value === undefined) return { wrong: notAnAsn(text) };
    return isReservedAsn(value) ? { wrong: reservedAsn(text, value) } : { value };
  },
);

function notAnAsn(text: string): Told {
  const digits = /^(?:as|asn)?[ :-]?(\d+(?:\.\d+)?)$/i.exec(text)?.[1];
  return {
    cause: `"${text}" is not an AS number`,
    consequence: 'AS numbers are 1 to 4294967294, plain or dotted (RFC 5396)',
    mend:
      digits !== undefined && parseAsn(digits) !== undefined
        ? `write ${digits}`
        : 'write it as 64496, or dotted as 1.10',
  };
}

function reservedAsn(text: string, value: Asn): Told {
  const rfc = value === 0 ? 'RFC 7607' : value === AS_TRANS ? 'RFC 6793' : 'RFC 7300';
  return {
    cause: `${text} is a reserved AS number`,
    consequence: `no speaker may have it, and neighbours refuse its OPEN (${rfc})`,
    mend: 'write the number that the registry assigned',
  };
}

/** RFC 4271 §4.2: 0, or at least three seconds; two octets. */
const holdSeconds = seconds('a hold time', {
  min: 0,
  max: 65535,
  because: 'the OPEN message carries whole seconds in two octets (RFC 4271 §4.2)',
});

export const holdTime: Field<number> = {
  schema: holdSeconds.schema,
  read(node, place, findings) {
    const value = holdSeconds.read(node, place, findings);
    if (value === 1 || value === 2) {
      findings.error(place, {
        cause: `a hold time of ${value}s is not allowed`,
        consequence: 'neighbours refuse an OPEN with it (RFC 4271 §4.2)',
        mend: 'write 3s or more; 90s is usual',
      });
      return undefined;
    }
    if (value === 0) {
      findings.warning(place, {
        cause: 'a hold time of 0 means no keepalives',
        consequence: 'a neighbour that is dead behind a live link is never noticed',
        mend: 'write 90s unless the upstream asks for 0',
      });
    }
    return value;
  },
};

export const connectRetry: Field<number> = seconds('a connect-retry time', {
  min: 1,
  max: 3600,
  because: 'shorter troubles the neighbour, longer leaves a session down that could be up',
});

export const port = integer('a port', 1, 65535, 'TCP ports have 16 bits, and 0 is none');

export const multihop = integer(
  'a TTL',
  1,
  255,
  'the TTL of a packet has 8 bits, and at 0 none is sent',
);

export const prepend = integer(
  'a number of prepends',
  0,
  16,
  'networks filter absurdly long AS paths, and more than a few prepends change nothing',
);

export const allowOwnAs = integer(
  'a count',
  0,
  10,
  'each of them may be a loop, and no design needs more',
);

export const pathLimit = integer(
  'a number of paths',
  2,
  64,
  'each takes room beside every prefix of the table, and one path needs no identifiers',
);

export const prefixLimit = integer(
  'a number of prefixes',
  1,
  100_000_000,
  'a limit ends the session with who sends too much; for no limit, write none',
);

export function maxPrefixLength(family: Family): Field<number> {
  const [name, max] = family === 'ipv4' ? ['an IPv4 length', 32] : ['an IPv6 length', 128];
  return integer(name, 1, max, `${family} prefixes have 1 to ${max} bits`);
}

/** A per cent of a limit; the value is the number before the sign. */
export const percent: Field<number> = scalar(
  {
    name: 'a percentage',
    example: '80%',
    schema: { type: 'string', pattern: '^([1-9]\\d?|100)%$' },
  },
  (text) => {
    const digits = /^([1-9]\d?|100)%$/.exec(text)?.[1];
    if (digits !== undefined) return { value: Number(digits) };
    return {
      wrong: {
        cause: `"${text}" is not a percentage`,
        consequence: 'it is a part of the limit, from 1% to 100%',
        mend: /^([1-9]\d?|100)$/.test(text) ? `write ${text}%` : 'write it as 80%',
      },
    };
  },
);

export const idleTime: Field<number> = seconds('an idle time', {
  min: 1,
  max: 7 * 24 * 3600,
  because:
    'the neighbour would send the same again at once, or be forgotten for longer than a week',
});

export const med = integer('a MED', 0, 0xffff_ffff, 'MULTI_EXIT_DISC has 32 bits (RFC 4271 §4.3)');

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

const NAME_PATTERN = '^[a-z0-9][a-z0-9._-]{0,62}$';

/** What commands take in a name's place. */
export const neighbourName: NameRule = nameRule(
  ['all', 'any', 'site'],
  'commands would take it for more than this neighbour',
  'transit-a',
);

/** `consequence`: of a name that is `reserved`. */
export function nameRule(
  reserved: readonly string[],
  consequence: string,
  example: string,
): NameRule {
  return {
    pattern: `^(?!(${reserved.join('|')})$)${NAME_PATTERN.slice(1)}`,
    parse(name) {
      const isReserved = reserved.includes(name);
      if (NAME.test(name) && !isReserved) return { value: name };
      const lower = name.toLowerCase().replaceAll(/[ /]+/g, '-');
      return {
        wrong: {
          cause: isReserved
            ? `${name} is a reserved name`
            : `"${name.slice(0, 64)}" cannot be a name`,
          consequence: isReserved
            ? consequence
            : 'names go into commands, logs and metrics: a-z, 0-9, then . _ - too, at most 63',
          mend:
            !isReserved && NAME.test(lower)
              ? `write ${lower}`
              : `choose another name, as ${example}`,
        },
      };
    },
  };
}

export const siteName: Field<string> = scalar(
  { name: 'a site name', example: 'dc1', schema: { type: 'string', pattern: NAME_PATTERN } },
  (text) => {
    if (NAME.test(text)) return { value: text };
    return {
      wrong: {
        cause: `"${text}" cannot be a site's name`,
        consequence:
          'names go into commands, logs and metrics: a-z, 0-9, then . _ - too, at most 63',
        mend: 'write it as dc1',
      },
    };
  },
);

/** A reference to an upstream; whether there is one is judged with the whole file. */
export const upstreamReference: Field<string> = scalar(
  {
    name: 'the name of an upstream',
    example: 'transit-a',
    schema: { type: 'string', pattern: NAME_PATTERN },
  },
  (text) => ({ value: text }),
);
