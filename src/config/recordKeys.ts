/** The keys of `record`: where the black box is kept, and how much of it. */

import type { RecordConfig } from './config.ts';
import { boolean, type Field, integer, scalar } from './field.ts';
import type { Findings, Place } from './findings.ts';
import { fallback, mapping, optional, type ReadKeys } from './mapping.ts';
import { stateDirectory } from './pathFields.ts';
import { at, type KnownWords } from './unknownKey.ts';

const RECORD_WORDS: KnownWords = {
  owner: 'record',
  later: {},
  foreign: {
    directory: 'dir',
    path: 'dir',
    file: 'dir',
    size: 'max-size',
    'max-file-size': 'max-size',
    rotate: 'keep',
    count: 'keep',
    files: 'keep',
    updates: 'received',
    routes: 'received',
  },
  elsewhere: at('the file', 'state-dir'),
};

const UNIT = { kB: 1000, MB: 1_000_000, GB: 1_000_000_000 } as const;
const SMALLEST = 100_000;
const LARGEST = 2_000_000_000;

/** Octets, as a whole number and a unit. */
const size: Field<number> = scalar(
  {
    name: 'a size',
    example: '16MB',
    schema: { type: 'string', pattern: '^[1-9]\\d{0,5}(kB|MB|GB)$' },
  },
  (text) => {
    const [, number = '', unit = ''] = /^([1-9]\d{0,5})(kB|MB|GB)$/.exec(text) ?? [];
    const value = Number(number) * (UNIT[unit as keyof typeof UNIT] ?? 0);
    if (value >= SMALLEST && value <= LARGEST) return { value };
    return {
      wrong: {
        cause: `"${text}" is not a size of a file`,
        consequence: 'when the next file is begun is not clear',
        mend: 'write a whole number and kB, MB or GB, from 100kB to 2GB, as 16MB',
      },
    };
  },
);

const RECORD = {
  dir: optional(
    stateDirectory,
    'A directory of ours for its files; it is made if it is not there. Default: `record` in `state-dir`.',
  ),
  'max-size': fallback(size, '16MB', 'The next file is begun when one is so large.'),
  keep: fallback(
    integer('a number of files', 1, 1000, 'older ones are removed'),
    8,
    'How much is kept: so many times `max-size` in all; the oldest files go first.',
  ),
  received: fallback(
    boolean,
    false,
    'Whether the UPDATEs that neighbours send are written down too: a full table is a hundred megabytes.',
  ),
};

export const record = mapping(RECORD, RECORD_WORDS);

type ReadRecordKeys = ReadKeys<typeof RECORD>;

export function judgeRecord(
  read: { readonly value: ReadRecordKeys; readonly place: Place } | undefined,
  stateDir: string | undefined,
  findings: Findings,
): void {
  if (!read || read.value.dir || stateDir !== undefined) return;
  if (findings.isFaulty(read.place.path) || findings.isFaulty('state-dir')) return;
  findings.error(read.place, {
    cause: 'there is no directory for it',
    consequence: 'nothing could be written down',
    mend: 'add dir: with a directory, or state-dir to the file',
  });
}

export function recordOf(read: ReadRecordKeys, stateDir: string | undefined): RecordConfig {
  return {
    dir: read.dir?.value ?? `${stateDir}/record`,
    maxSize: read['max-size'].value,
    keep: read.keep.value,
    received: read.received.value,
  };
}
