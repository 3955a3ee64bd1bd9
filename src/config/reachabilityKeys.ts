/** What the file says of an upstream's reach: how it is found out that it leads nowhere, though its session is up. */

import { hasHostBits, type Prefix, prefixOf } from '../net/prefix.ts';
import { parseCidr } from '../net/text.ts';
import { percent } from './bgpFields.ts';
import { nameThrough } from './checkConfig.ts';
import type { ReachabilityConfig } from './config.ts';
import { boolean, choice, type Field, scalar } from './field.ts';
import { list, wordOr } from './list.ts';
import { fallback, mapping, optional, type ReadKeys } from './mapping.ts';
import { REACHABILITY_WORDS } from './reachabilityWords.ts';

const probeReference: Field<string> = scalar(
  {
    name: 'the name of a check',
    example: 'world',
    schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
  },
  (text) => ({ value: text }),
);

const probes = list(
  {
    name: 'probes',
    max: 16,
    because: 'a few places far from each other say all that there is to say',
    key: (name) => name,
    repetition: 'error',
  },
  probeReference,
);

/** Somebody else's prefix, which is only looked for. */
const canary: Field<Prefix> = scalar(
  {
    name: 'a prefix',
    example: '192.0.2.0/24',
    schema: { type: 'string', pattern: '^[0-9a-fA-F:.]+/\\d{1,3}$' },
  },
  (text) => {
    const parsed = parseCidr(text);
    if (parsed && !hasHostBits(parsed.address, parsed.length)) {
      return { value: prefixOf(parsed.address, parsed.length) };
    }
    return {
      wrong: {
        cause: parsed ? `${text} has bits set after its length` : `"${text}" is not a prefix`,
        consequence: 'it could never be found among what the upstream sends',
        mend: parsed
          ? `write ${prefixOf(parsed.address, parsed.length).text}`
          : 'write it as 192.0.2.0/24 or 2001:db8::/32',
      },
    };
  },
);

const canaries = list(
  {
    name: 'canaries',
    max: 32,
    because: 'a few networks far from each other say all that there is to say',
    key: ({ text }) => text,
    repetition: 'error',
  },
  canary,
);

const REACHABILITY = {
  probes: fallback(
    probes,
    [],
    'Names of `checks` that are sent out through this upstream, by its interface: when all of them fail, that is a sign. Of kinds tcp, http, ping and exec.',
  ),
  canaries: fallback(
    canaries,
    [],
    'Prefixes of others that this upstream always sends: when it has withdrawn all of them, that is a sign.',
  ),
  'table-drop': fallback(
    wordOr<number | 'none'>('none', 'none', percent),
    '50%',
    'When so much is gone of the prefixes that it usually sends, that is a sign; `none`: it is not looked at.',
  ),
  'default-gone': fallback(
    boolean,
    true,
    'Whether it is a sign when it has withdrawn the default route that it had sent.',
  ),
  'one-sign': fallback(
    choice('what is done', ['backup', 'keep']),
    'backup',
    'What is done about our prefixes there by one sign: they become the last choice (backup), or nothing is done.',
  ),
  'two-signs': fallback(
    choice('what is done', ['withdraw', 'backup', 'keep']),
    'withdraw',
    'What is done by two signs of different kinds: they are withdrawn there as long as another upstream without any sign holds them, and are the last choice otherwise.',
  ),
};

export const reachabilityKeys = {
  reachability: optional(
    mapping(REACHABILITY, REACHABILITY_WORDS),
    'Finds out when this upstream forwards into a hole though its session is up: by probes through it, and by what it sends. `{}` for what it sends alone. Default: not done.',
  ),
};

export type ReadReachability = ReadKeys<typeof REACHABILITY>;

export function reachabilityOf(read: ReadReachability, upstream: string): ReachabilityConfig {
  const drop = read['table-drop'].value;
  return {
    probes: read.probes.value.map(({ value }) => nameThrough(value, upstream)),
    canaries: read.canaries.value.map(({ value }) => value),
    tableDrop: drop === 'none' ? undefined : drop,
    defaultGone: read['default-gone'].value,
    oneSign: read['one-sign'].value,
    twoSigns: read['two-signs'].value,
  };
}
