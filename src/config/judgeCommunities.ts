/** Communities against what is known of the networks that they go to: an order, or only information. */

import { type Community, formatStandard } from '../net/community.ts';
import { type CatalogueEntry, catalogueEntry, informs } from './communityCatalogue.ts';
import type { ReadFile } from './definition.ts';
import type { Located } from './field.ts';
import type { Findings } from './findings.ts';
import { knownNeighbours } from './knownNeighbour.ts';

export function judgeCommunities(file: ReadFile, findings: Findings): void {
  const entries = new Map<string, CatalogueEntry>();
  for (const neighbour of knownNeighbours(file)) {
    if (neighbour.kind !== 'upstream') continue;
    const { asn, address, communities } = neighbour.read;
    const entry = asn && address && catalogueEntry({ asn: asn.value, address: address.value });
    if (!entry) continue;
    entries.set(neighbour.name, entry);
    judgeEach(communities.value, [entry], findings);
  }
  if (entries.size === 0) return;
  for (const { value } of file.prefixes.value) {
    const names = value.upstreams?.value.map(({ value: name }) => name) ?? [...entries.keys()];
    judgeEach(
      value.communities.value,
      names.flatMap((name) => entries.get(name) ?? []),
      findings,
    );
  }
}

function judgeEach(
  communities: readonly Located<Community>[],
  entries: readonly CatalogueEntry[],
  findings: Findings,
): void {
  for (const { value, place } of communities) {
    for (const entry of new Set(entries)) {
      const meaning = informs(entry, value);
      if (meaning === undefined || value.kind !== 'standard') continue;
      findings.error(place, {
        cause: `${formatStandard(value.value)} orders nothing: ${entry.name} marks ${meaning} with it`,
        consequence: 'it would be stripped or ignored, whatever it was meant to do',
        mend: mendFor(entry),
      });
    }
  }
}

/** What people mean who write such a code. */
function mendFor({ asn, blackhole, backup, source }: CatalogueEntry): string {
  const codes = [
    blackhole === undefined ? '' : `${asn}:${blackhole} blackholes`,
    backup === undefined ? '' : `${asn}:${backup} makes it the last choice`,
  ].filter((code) => code !== '');
  return codes.length > 0 ? `remove it; ${codes.join(', ')}` : `remove it; see ${source}`;
}
