/** The imported configuration, as the text of a `multihomed.yaml`. */

import type { Asn } from '../net/asn.ts';
import { plainLine } from '../net/plainText.ts';
import type { ImportedNeighbour } from './importedNeighbour.ts';
import { laterKey } from './laterKey.ts';
import type { ImportedPrefix } from './prefixes.ts';
import type { Dialect } from './source.ts';
import { mappingLines, valueText, type YamlMapping } from './yamlText.ts';

export interface ImportedFile {
  readonly from: { readonly dialect: Dialect; readonly name: string };
  readonly asn: Asn;
  readonly routerId: string;
  readonly prefixes: readonly ImportedPrefix[];
  readonly neighbours: readonly {
    readonly imported: ImportedNeighbour;
    readonly keys: YamlMapping;
  }[];
}

const NAMES = { quagga: 'Quagga', frr: 'FRR' } as const;

const SECTIONS = [
  ['upstreams', 'upstream'],
  ['downstreams', 'downstream'],
  ['internal', 'internal'],
] as const;

export function fileText({ from, asn, routerId, prefixes, neighbours }: ImportedFile): string {
  const sections = SECTIONS.flatMap(([key, kind]) => {
    const own = neighbours.filter(({ imported }) => imported.kind === kind);
    return own.length === 0 ? [] : [`${key}:`, ...own.flatMap(neighbourLines)];
  });
  const lines = [
    `# Imported from ${NAMES[from.dialect]}'s ${plainLine(from.name)}.`,
    `asn: ${asn}`,
    `router-id: ${routerId}`,
    ...(prefixes.length > 0 ? ['prefixes:', ...prefixes.flatMap(prefixLines)] : []),
    ...sections,
  ];
  return `${lines.join('\n')}\n`;
}

function prefixLines({ text, upstreams, communities }: ImportedPrefix): readonly string[] {
  if (upstreams === undefined && communities.length === 0) return [`  - ${valueText(text)}`];
  return [
    `  - prefix: ${valueText(text)}`,
    ...(upstreams === undefined ? [] : [`    upstreams: ${valueText(upstreams)}`]),
    ...(communities.length === 0 ? [] : [`    communities: ${valueText(communities)}`]),
  ];
}

function neighbourLines({ imported, keys }: ImportedFile['neighbours'][number]): readonly string[] {
  const { name, description } = imported;
  const told = description !== undefined && description !== name;
  const known = Object.entries(keys).filter(([key]) => !laterKey(imported.kind, key));
  // Written as comments, so that they are not forgotten.
  const later = Object.entries(keys).filter(([key]) => laterKey(imported.kind, key));
  const comments = mappingLines(Object.fromEntries(later), 0);
  return [
    ...(told ? [`  # ${plainLine(description)}`] : []),
    `  ${name}:`,
    ...mappingLines(Object.fromEntries(known), 2),
    ...comments.map((line) => `    # ${line}    # not in this version`),
  ];
}
