/** What is taken from neighbours, against what is made of it. All of this is taken; it may surprise. */

import type { Located } from './field.ts';
import type { Findings, Place } from './findings.ts';
import { carriedFamilies, type KnownNeighbour } from './knownNeighbour.ts';

export function judgeImport(neighbours: readonly KnownNeighbour[], findings: Findings): void {
  for (const neighbour of neighbours) {
    judgeUse(neighbour, findings);
    judgeLimits(neighbour, findings);
    judgeExport(neighbour, neighbours, findings);
  }
}

/** Whether the file has the key: what stands in for an absent one is placed at its parent. */
function isWritten(key: Located<unknown>, parent: Place): boolean {
  return key.place.at !== parent.at;
}

/** Most likely `accept: full` was forgotten at a downstream, which takes nothing by itself. */
function judgeUse({ place, read }: KnownNeighbour, findings: Findings): void {
  if (takesSome(read, findings) || !isWritten(read.import, place)) return;
  findings.warning(read.import.place, {
    cause: 'nothing is taken from this neighbour',
    consequence: 'import refuses and accepts nothing',
    mend: 'add accept: full, or remove import',
  });
}

function judgeLimits(neighbour: KnownNeighbour, findings: Findings): void {
  const { value: limits, place } = neighbour.read['max-prefixes'];
  const carried = carriedFamilies(neighbour, findings);
  for (const family of ['ipv4', 'ipv6'] as const) {
    const limit = limits[family];
    if (limit.value === 'none' || !isWritten(limit, place)) continue;
    if (!carried || carried.includes(family)) continue;
    findings.warning(limit.place, {
      cause: `the session does not carry ${family}`,
      consequence: 'this limit is never reached',
      mend: `add ${family} to families, or remove it`,
    });
  }
}

function judgeExport(
  neighbour: KnownNeighbour,
  all: readonly KnownNeighbour[],
  findings: Findings,
): void {
  if (neighbour.kind !== 'downstream' || neighbour.read.export.value === 'own') return;
  if (findings.isFaulty(neighbour.read.export.place.path)) return;
  if (all.some((other) => other !== neighbour && takesSome(other.read, findings))) return;
  findings.warning(neighbour.read.export.place, {
    cause: 'nothing is taken from any other neighbour',
    consequence: 'nothing is learned that could be sent to it: it gets our own prefixes only',
    mend: 'write accept: full or default at an upstream, or export: own here',
  });
}

function takesSome({ accept }: KnownNeighbour['read'], findings: Findings): boolean {
  return accept.value !== 'none' || findings.isFaulty(accept.place.path);
}
