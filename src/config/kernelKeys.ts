/** What the file says of routes in the kernel. */

import type { KernelConfig } from './config.ts';
import { boolean, choice, type Field, integer, scalar } from './field.ts';
import { KERNEL_WORDS } from './kernelWords.ts';
import { fallback, mapping, type ReadKeys } from './mapping.ts';

const INSTALL = ['none', 'default', 'full'] as const;

/** Of the reserved ones only `main` is for routes like these. */
const table: Field<string> = scalar(
  {
    name: 'a routing table',
    example: 'main',
    schema: { anyOf: [{ const: 'main' }, { type: 'integer', minimum: 1, maximum: 4_294_967_295 }] },
  },
  (text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
    const reserved = number === 253 || number === 255;
    if (text === 'main' || number === 254) return { value: 'main' };
    if (number >= 1 && number <= 4_294_967_295 && !reserved) return { value: text };
    return {
      wrong: {
        cause: `"${text}" is not a routing table`,
        consequence: 'the routes would go nowhere, or into a table that the kernel itself keeps',
        mend: 'write main, or a number of your own, from 1 to 252',
      },
    };
  },
);

const metric = integer(
  'a metric',
  1,
  30_000,
  'the anchors are behind that, and 0 is everybody else',
);

const KERNEL = {
  install: fallback(
    choice('a set of routes', INSTALL),
    'none',
    'Which routes are put in: none; `default`, a default through the upstreams that we take routes from and whose session is up, by link address; or `full`, that default and the best path to every prefix that was learned. Primaries share the default; `prefer: backup` is used when none of them is up. `full` needs the optional package koffi.',
  ),
  table: fallback(table, 'main', 'The routing table: main, or a number.'),
  metric: fallback(
    metric,
    20,
    "The routes' metric; the default's through backups is one more. Routes of others win with less, and those with the same stay what they are.",
  ),
  anchor: fallback(
    boolean,
    true,
    'Whether our prefixes are put in as blackholes behind all other routes, so that addresses that nobody has do not loop. Nothing is announced before they are there, unless the kernel refuses them: then the log says so.',
  ),
  'on-exit': fallback(
    choice('a way to end', ['leave', 'remove']),
    'leave',
    'What becomes of the routes when the daemon ends in order: they stay, for the next start to find, or go.',
  ),
};

export const kernel = mapping(KERNEL, KERNEL_WORDS);

export function kernelOf(read: ReadKeys<typeof KERNEL>): KernelConfig {
  return {
    install: read.install.value,
    table: read.table.value,
    metric: read.metric.value,
    anchor: read.anchor.value,
    onExit: read['on-exit'].value,
  };
}
