/**
 * A Quagga or FRR configuration to a file of ours, and to what could not be carried over, line by
 * line. Pure; any text gives an answer.
 */

import { loadConfig } from '../config/load.ts';
import type { Problem } from '../config/problem.ts';
import { formatIdentifier, ipv4ToNumber } from '../net/address.ts';
import { parseAddress } from '../net/text.ts';
import { splitCommunities } from './communitySplit.ts';
import { fileText } from './fileText.ts';
import { type ImportedNeighbour, importNeighbours } from './importedNeighbour.ts';
import { neighbourKeys } from './neighbourKeys.ts';
import { type Note, Notes } from './note.ts';
import { outbounds } from './outbound.ts';
import { importPrefixes } from './prefixes.ts';
import { readSource } from './readSource.ts';
import type { Dialect, Source } from './source.ts';
import { scan } from './statement.ts';

export interface ImportOptions {
  readonly dialect: Dialect;
  /** For files that leave it to the daemon to choose one. */
  readonly routerId: string | undefined;
  /** What the file is called, for the head of ours. */
  readonly name: string;
}

export type Imported =
  | {
      readonly ok: true;
      /** The file's text; `check` takes it. */
      readonly yaml: string;
      readonly notes: readonly Note[];
      /** Lines that have nothing to do with announcing. */
      readonly needlessLines: readonly number[];
    }
  | {
      readonly ok: false;
      /** One line with the mend. */
      readonly failure: string;
      readonly notes: readonly Note[];
      /** What `check` would say of the text that was made. */
      readonly problems: readonly Problem[];
    };

export function importConfig(text: string, options: ImportOptions): Imported {
  const notes = new Notes();
  const failed = (failure: string, problems: readonly Problem[] = []): Imported => {
    return { ok: false, failure, notes: notes.all, problems };
  };
  const scanned = scan(text);
  if ('failure' in scanned) return failed(scanned.failure);
  const generated = GENERATED.test(text);
  const source = readSource(scanned.statements, { dialect: options.dialect, generated }, notes);
  if ('failure' in source) return failed(source.failure);
  const routerId = identifierOf(source.routerId ?? options.routerId ?? '');
  if (routerId === undefined) return failed(noIdentifier(source, options));
  const neighbours = importNeighbours(source, notes);
  if (!neighbours.some(({ kind }) => kind === 'upstream')) return failed(NO_UPSTREAM);
  const yaml = yamlOf(source, neighbours, routerId, options, notes);
  const errors = loadConfig(yaml, 'multihomed.yaml').problems.filter(isError);
  if (errors.length > 0) return failed('what it says makes no file that could run', errors);
  return { ok: true, yaml, notes: notes.all, needlessLines: notes.needlessLines };
}

/** The head that `generate` writes. */
const GENERATED = /^! Written by multihomed /m;

const NO_UPSTREAM =
  'no upstream could be made of its neighbours: a file needs one, with an address and an AS number that is not ours';

function noIdentifier({ routerId }: Source, { routerId: given }: ImportOptions): string {
  const wrong = routerId ?? given;
  return wrong === undefined
    ? 'it has no router-id, which the daemon then chooses by itself; give the one that `show bgp summary` names: --router-id A.B.C.D'
    : `"${wrong}" is no router-id: it is a dotted quad, and not 0.0.0.0`;
}

function identifierOf(text: string): string | undefined {
  const address = parseAddress(text);
  if (address?.family !== 'ipv4') return undefined;
  const value = ipv4ToNumber(address);
  return value === 0 ? undefined : formatIdentifier(value);
}

function yamlOf(
  source: Source,
  neighbours: readonly ImportedNeighbour[],
  routerId: string,
  options: ImportOptions,
  notes: Notes,
): string {
  const sent = outbounds(source, neighbours, notes);
  const split = splitCommunities(
    neighbours.map(({ name, kind }) => {
      return { name, sent: sent.get(name)?.sent ?? new Map(), internal: kind === 'internal' };
    }),
  );
  return fileText({
    from: options,
    asn: source.asn,
    routerId,
    prefixes: importPrefixes(source, neighbours, sent, split, notes),
    neighbours: neighbours.flatMap((imported) => {
      const outbound = sent.get(imported.name);
      const communities = split.neighbour(imported.name);
      if (!outbound) return [];
      return [{ imported, keys: neighbourKeys(source, imported, outbound, communities, notes) }];
    }),
  });
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}
