/** Real UPDATE streams of route collectors and small daemons' dumps, where that data is present. */

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { CodecContext } from '../../src/wire/context.ts';
import { describeMessage } from '../../src/wire/describe.ts';
import { Framer } from '../../src/wire/framer.ts';
import { UpdateView, verdictWord } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { type MrtMessage, readMrtMessages } from '../support/mrt.ts';

const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const skip = existsSync(`${SHARED}updates`) ? false : `${SHARED}updates is missing`;
const bzip2 = existsSync('/usr/bin/bzip2') || existsSync('/bin/bzip2');

/** One of so many is described whole; all of them are decoded. */
const DESCRIBED = 20;

function contextOf({ fourOctetAs, addPath, internal }: MrtMessage): CodecContext {
  return {
    fourOctetAs,
    addPath: { ipv4: addPath, ipv6: addPath },
    extendedMessages: false,
    extendedNextHop: false,
    internal,
  };
}

interface Tally {
  readonly types: Record<string, number>;
  readonly verdicts: Record<string, number>;
}

/** Counts message types, and the verdicts on UPDATEs. */
function tally(path: string): Tally {
  const view = new UpdateView();
  const framer = new Framer();
  const types: Record<string, number> = {};
  const verdicts: Record<string, number> = {};
  let count = 0;
  for (const message of readMrtMessages(path)) {
    const context = contextOf(message);
    framer.push(message.octets, (type, start, end) => {
      types[type] = (types[type] ?? 0) + 1;
      if (type !== 2) return describeMessage(framer.bytes, type, start, end, context).length > 0;
      decodeUpdate(framer.bytes, start, end, context, view);
      const word = verdictWord(view.verdict);
      verdicts[word] = (verdicts[word] ?? 0) + 1;
      if (count++ % DESCRIBED === 0) {
        const { verdict } = describeMessage(framer.bytes, type, start, end, context);
        if (verdict.kind !== word) throw new Error(`${verdict.kind} is described, ${word} decoded`);
      }
      return true;
    });
  }
  return { types, verdicts };
}

const collectors: readonly [string, Tally['types']][] = [
  ['bgpkit-local_only.updates.20240914.bz2', { 2: 85 }],
  ['rrc03.updates.20100227.1600.first-796-records.gz', { 2: 768, 3: 1, 4: 23 }],
  ['rrc15.updates.20100227.1600.gz', { 1: 1, 2: 6546, 3: 1, 4: 47 }],
  ['ryu.updates.20161101.0000.bz2', { 2: 2623 }],
  ['updates.20190101.0000.gz', { 2: 54107, 4: 364 }],
];

for (const [file, types] of collectors) {
  const unreadable = file.endsWith('.bz2') && !bzip2 && 'bzip2 is missing';
  t.test(
    `${file}: every message is decoded, every UPDATE in order`,
    { skip: skip || unreadable },
    (t) => {
      t.same(tally(`${SHARED}updates/${file}`), { types, verdicts: { ok: types[2] } });
      t.end();
    },
  );
}

t.test('the dumps of BIRD, OpenBGPD and Quagga are decoded, too', { skip }, (t) => {
  for (const file of readdirSync(`${SHARED}mrt-samples`)) {
    const { verdicts } = tally(`${SHARED}mrt-samples/${file}`);
    // BIRD wrote NLRI with path identifiers and did not say so: without them they are no prefixes.
    const expected = /^bird6?_bgp$/.test(file) ? ['ok', 'session-reset'] : ['ok'];
    t.ok(
      Object.keys(verdicts).every((word) => expected.includes(word)),
      file,
    );
  }
  t.end();
});
