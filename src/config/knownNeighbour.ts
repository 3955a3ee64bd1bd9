/** The neighbours of all kinds, as far as they could be read: what the judgements go over. */

import type { Family } from '../net/family.ts';
import type { Neighbour } from './config.ts';
import type { ReadFile } from './definition.ts';
import type { Findings, Place } from './findings.ts';
import type { Named } from './mapping.ts';
import type { ReadDownstream, ReadInternal, ReadUpstream } from './neighbourKeys.ts';

interface Known<Kind extends Neighbour['kind'], Read> {
  readonly kind: Kind;
  readonly name: string;
  /** Of the name. */
  readonly place: Place;
  /** Whatever is wrong inside it. */
  readonly read: Read;
}

export type KnownUpstream = Known<'upstream', ReadUpstream>;
export type KnownDownstream = Known<'downstream', ReadDownstream>;
export type KnownNeighbour = KnownUpstream | KnownDownstream | Known<'internal', ReadInternal>;

/** Upstreams, downstreams, internal neighbours; each kind in the file's order. */
export function knownNeighbours(file: ReadFile): readonly KnownNeighbour[] {
  return [
    ...known('upstream', file.upstreams?.value ?? []),
    ...known('downstream', file.downstreams.value),
    ...known('internal', file.internal.value),
  ];
}

function known<Kind extends Neighbour['kind'], Read>(
  kind: Kind,
  named: readonly Named<Read>[],
): readonly Known<Kind, Read>[] {
  return named.flatMap(({ name, place, value }) =>
    value === undefined ? [] : [{ kind, name, place, read: value }],
  );
}

/** The families that the session carries; undefined when what the file says of it has an error. */
export function carriedFamilies(
  { place, read }: KnownNeighbour,
  findings: Findings,
): readonly Family[] | undefined {
  if (!read.address || findings.isFaulty(`${place.path}.families`)) return undefined;
  return read.families?.value.map(({ value }) => value) ?? [read.address.value.family];
}
