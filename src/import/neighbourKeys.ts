/** One neighbour's keys, in the order in which people write them. */

import { DEFAULT_IMPORT, OPEN_IMPORT } from '../config/importPolicy.ts';
import { type Asn, isPrivateAsn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { inForce } from './evaluate.ts';
import type { ImportedNeighbour } from './importedNeighbour.ts';
import { type Accept, type Taken, takenBy, widest } from './inbound.ts';
import { laterKey } from './laterKey.ts';
import { maxPrefixKeys } from './maxPrefixKeys.ts';
import type { Notes } from './note.ts';
import { hasPolicy, type Outbound } from './outbound.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import { sessionKeys } from './sessionKeys.ts';
import type { Source, SourceNeighbour } from './source.ts';
import type { Statement } from './statement.ts';
import type { YamlMapping } from './yamlText.ts';

export function neighbourKeys(
  source: Source,
  imported: ImportedNeighbour,
  outbound: Outbound,
  communities: readonly string[],
  notes: Notes,
): YamlMapping {
  const { kind, asn, address } = imported;
  const { families } = outbound;
  const usual = families.length === 1 && families[0] === address.family;
  tellLeak(source, imported, notes);
  const keys = {
    ...(kind === 'internal' ? {} : { asn }),
    address: address.text,
    ...sessionKeys(source, imported, notes),
    ...(usual ? {} : { families }),
    ...nextHop(outbound, families),
    ...(kind === 'internal' ? nextHopSelf(imported, families) : {}),
    ...(imported.exports === 'default' ? { export: 'default' } : {}),
    ...(outbound.prepend > 0 ? { prepend: outbound.prepend } : {}),
    ...(outbound.med === undefined ? {} : { med: outbound.med }),
    ...(communities.length > 0 ? { communities } : {}),
    ...inboundKeys(source, imported, families, notes),
    ...maxPrefixKeys(imported, families, notes),
  };
  tellLater(imported, Object.keys(keys), notes);
  return keys;
}

/** Keys that this version does not read yet stand in the file as comments. */
function tellLater({ kind, neighbour }: ImportedNeighbour, keys: readonly string[], notes: Notes) {
  for (const key of keys) {
    const later = laterKey(kind, key);
    if (later)
      notes.lost(neighbour.statement, `${key} is not in this version: ${later.consequence}`);
  }
}

function nextHop({ nextHop }: Outbound, families: readonly Family[]): YamlMapping {
  const hops = families.flatMap((family) => {
    const hop = nextHop[family];
    return hop === undefined ? [] : [[family, hop] as const];
  });
  return hops.length > 0 ? { 'next-hop': Object.fromEntries(hops) } : {};
}

function nextHopSelf(
  { neighbour: { settings } }: ImportedNeighbour,
  families: readonly Family[],
): YamlMapping {
  const self = families.some((family) => inForce(settings[family].get('next-hop-self')));
  return self ? {} : { 'next-hop-self': false };
}

/** Nothing in the file stopped learned routes from going out, unless their own filter did. */
function tellLeak(source: Source, imported: ImportedNeighbour, notes: Notes): void {
  const { kind, families, neighbour, name } = imported;
  if (kind !== 'upstream') return;
  const open = families.some((family) => !hasPolicy(neighbour.settings[family], 'out'));
  if (!open) return;
  const means = source.requiresPolicy
    ? `${name} has no outgoing policy, and FRR announces nothing without one: it is sent nothing`
    : `${name} was sent everything, learned routes too; here it is an upstream and is sent our prefixes only. If it is a customer or a router of yours, move it to downstreams`;
  notes.changed(neighbour.statement, means);
}

function inboundKeys(
  source: Source,
  { kind, asn, neighbour }: ImportedNeighbour,
  families: readonly Family[],
  notes: Notes,
): YamlMapping {
  const taken = families.map((family): readonly [Family, Taken] => {
    const settings = neighbour.settings[family];
    const closed = source.requiresPolicy && kind !== 'internal' && !hasPolicy(settings, 'in');
    return [family, closed ? CLOSED : takenBy(source, settings, family, asn, notes)];
  });
  const accept = widest(taken.map(([, one]) => one.accept));
  const policy = importPolicy(source, kind, neighbour, taken);
  const told = source.generated ? refusalKeys(kind, asn, taken, accept) : {};
  const all = { ...policy, ...told };
  return {
    ...acceptKey(kind, accept, taken, neighbour.statement, notes),
    ...(Object.keys(all).length > 0 ? { import: all } : {}),
  };
}

/** RFC 8212, as FRR has it. */
const CLOSED: Taken = {
  accept: 'none',
  filtered: true,
  maxLength: undefined,
  refusals: new Set(),
};

/**
 * Of a configuration that we wrote: what it does not refuse, the file had let in. Others leave out
 * what nobody thought of, and keep the defaults.
 */
function refusalKeys(
  kind: ImportedNeighbour['kind'],
  asn: Asn,
  taken: readonly (readonly [Family, Taken])[],
  accept: Accept,
): YamlMapping {
  if (accept === 'none') return {};
  const refuses = (key: Refusal) => taken.some(([, { refusals }]) => refusals.has(key));
  if (kind === 'internal') {
    const keys = REFUSALS.filter((key) => key !== 'first-as' && refuses(key));
    return Object.fromEntries(keys.map((key) => [key, 'refuse']));
  }
  // Nothing refuses what every path of such a neighbour has.
  const keys = REFUSALS.filter(
    (key) => !refuses(key) && !(key === 'private-as' && isPrivateAsn(asn)),
  );
  return Object.fromEntries(keys.map((key) => [key, 'accept']));
}

function acceptKey(
  kind: ImportedNeighbour['kind'],
  accept: Accept,
  taken: readonly (readonly [Family, Taken])[],
  statement: Statement,
  notes: Notes,
): YamlMapping {
  if (kind !== 'downstream') return accept === 'full' ? {} : { accept };
  if (taken.some(([, { filtered }]) => filtered)) return accept === 'none' ? {} : { accept };
  // RFC 8212 §3
  const means = 'what it sends was taken unseen; now nothing is taken until accept says so';
  notes.changed(statement, means);
  return {};
}

function importPolicy(
  source: Source,
  kind: ImportedNeighbour['kind'],
  { settings }: SourceNeighbour,
  taken: readonly (readonly [Family, Taken])[],
): YamlMapping {
  const usual = kind === 'internal' ? OPEN_IMPORT.maxLength : DEFAULT_IMPORT.maxLength;
  const lengths = taken.flatMap(([family, { maxLength }]) =>
    maxLength === undefined || maxLength === usual[family] ? [] : [[family, maxLength] as const],
  );
  const firstAs =
    settings.session.get('enforce-first-as') ?? source.router.get('bgp enforce-first-as');
  const unchecked = kind !== 'internal' && firstAs?.statement.negated;
  const allow = [settings.ipv4, settings.ipv6].map((of) => inForce(of.get('allowas-in')));
  const counts = allow.flatMap((one) => (one ? [Number(one.args[0] ?? 3)] : []));
  const count = counts.find((value) => value >= 1 && value <= 10);
  return {
    ...(lengths.length > 0 ? { 'max-length': Object.fromEntries(lengths) } : {}),
    ...(unchecked ? { 'first-as': 'accept' } : {}),
    ...(count === undefined ? {} : { 'allow-own-as': count }),
  };
}
