/**
 * What the upstreams say one after the other: the UPDATEs of five minutes at a collector, over and
 * over, where that recording is beside the repository, and else made-up ones of the same kind.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import type { Random } from '../fuzz/random.ts';
import { readMrtMessages } from '../support/mrt.ts';
import { readUpdate, update } from './route.ts';

const DATA =
  process.env.MULTIHOMED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const RECORDING = `${DATA}/updates/updates.20190101.0000.gz`;

const UPDATE = 2;
const CONTEXT = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
} as const;
/** Made-up prefixes; few enough that they are announced again and again. */
const PREFIXES = 20_000;

/** Endless. `name` says where it comes from. */
export interface Churn {
  readonly name: string;
  next(): Uint8Array;
}

export function churn(random: Random): Churn {
  if (!existsSync(RECORDING)) return { name: 'made up', next: () => madeUp(random) };
  const messages = recorded();
  let at = 0;
  return {
    name: `recorded, ${messages.length} UPDATEs`,
    next: () => messages[at++ % messages.length]!,
  };
}

/** Those that are without fault, so that the model need not know of RFC 7606. */
function recorded(): readonly Uint8Array[] {
  const view = new UpdateView();
  const messages: Uint8Array[] = [];
  for (const { octets, fourOctetAs } of readMrtMessages(RECORDING)) {
    if (!fourOctetAs || octets[18] !== UPDATE) continue;
    decodeUpdate(octets, 0, octets.length, CONTEXT, view);
    if (view.verdict !== Verdict.ok || view.endOfRib) continue;
    const message = Uint8Array.from(octets);
    const { announced, withdrawn } = readUpdate(message);
    if (announced.length + withdrawn.length > 0) messages.push(message);
  }
  return messages;
}

function madeUp(random: Random): Uint8Array {
  const nlri = Uint8Array.from(
    Array.from({ length: 1 + random.below(5) }, () => {
      const number = random.below(PREFIXES);
      return [24, 20 + (number >> 16), (number >> 8) & 255, number & 255];
    }).flat(),
  );
  const none = new Uint8Array(0);
  if (random.oneIn(5)) return update(nlri, none, none);
  const asns = Array.from({ length: 1 + random.below(6) }, () => 1 + random.below(60_000));
  const path = [2, asns.length, ...asns.flatMap((asn) => [0, 0, asn >> 8, asn & 255])];
  const attributes = Uint8Array.of(
    ...[0x40, 1, 1, random.below(3)],
    ...[0x40, 2, path.length, ...path],
    ...[0x40, 3, 4, 198, 51, 100, 1],
    ...(random.oneIn(2) ? [0x80, 4, 4, 0, 0, 0, random.below(100)] : []),
  );
  return update(none, attributes, nlri);
}
