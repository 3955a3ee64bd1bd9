/** One node of a containerlab file: its labels, its addresses and routes, its files. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Findings, Place } from '../config/findings.ts';
import { nearest } from '../config/nearest.ts';
import type { Node } from '../config/yamlTree.ts';
import { parseAddress, parseCidr, parsePrefix } from '../net/text.ts';
import { DAEMON_NAMES, type DaemonName, type LabNode } from './topology.ts';
import { child, pairsOf, textsOf } from './tree.ts';

interface Where {
  /** Of its name. */
  readonly place: Place;
  /** What relative paths start from. */
  readonly directory: string;
}

/** All that is wrong with it is reported; the node is as good as it can be. */
export function readNode(name: string, node: Node, where: Where, findings: Findings): LabNode {
  const labels = readLabels(node, where, findings);
  const commands = readCommands(node, where, findings);
  return {
    ...{ name, ...labels, commands: commands.map(({ words }) => words) },
    config: readConfig(node, where, labels.daemon, findings),
    environment: namedTexts(node, 'env'),
    sysctls: namedTexts(node, 'sysctls'),
    addresses: addressesOf(commands),
  };
}

function namedTexts(node: Node, key: string): readonly (readonly [string, string])[] {
  return pairsOf(child(node, key)).map(({ key: name, text }) => [name, text] as const);
}

type Labels = Pick<
  LabNode,
  | 'daemon'
  | 'asn'
  | 'routerId'
  | 'announces'
  | 'dampening'
  | 'acceptUpTo'
  | 'password'
  | 'ttlSecurity'
  | 'bfd'
>;

const PREFIX = 'lab.';

/** By name: what a label's text must look like, and an example. */
const LABELS: Readonly<Record<string, { fits(text: string): boolean; example: string }>> = {
  daemon: { fits: isDaemon, example: DAEMON_NAMES.join(', ') },
  asn: { fits: isAsn, example: '"64496"' },
  'router-id': {
    fits: (text) => parseAddress(text)?.family === 'ipv4',
    example: '192.0.2.96',
  },
  announces: {
    fits: (text) => text.split(' ').every((word) => parsePrefix(word) !== undefined),
    example: '"198.51.101.0/24 2001:db8:101::/48"',
  },
  dampening: { fits: (text) => /^\d+ \d+ \d+ \d+$/.test(text), example: '"1 750 2000 4"' },
  'accept-up-to': { fits: (text) => /^([1-9]|[12]\d|3[0-2])$/.test(text), example: '"24"' },
  password: { fits: (text) => /^[\x21-\x7e]{1,80}$/.test(text), example: 'rehearsal' },
  'ttl-security': { fits: (text) => text === 'true', example: '"true"' },
  bfd: { fits: (text) => text === 'true', example: '"true"' },
};

function readLabels(node: Node, { place }: Where, findings: Findings): Labels {
  const found = new Map<string, string>();
  for (const { key, text, at } of pairsOf(child(node, 'labels'))) {
    if (!key.startsWith(PREFIX)) continue;
    const name = key.slice(PREFIX.length);
    const here = { at, path: `${place.path}.labels.${key}` };
    const label = Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
    if (label?.fits(text)) found.set(name, text);
    else if (label) tellLabel(here, name, text, label.example, findings);
    else tellUnknown(here, name, findings);
  }
  if (!found.has('daemon') && !findings.isFaulty(`${place.path}.labels`)) {
    findings.error(place, {
      cause: 'the label lab.daemon is missing',
      consequence: 'what runs at this node is not known',
      mend: `write one of ${DAEMON_NAMES.join(', ')} as labels: { lab.daemon: … }`,
    });
  }
  const [daemon = 'none', asn, upTo] = [found.get('daemon'), found.get('asn')].concat(
    found.get('accept-up-to'),
  );
  return {
    daemon: isDaemon(daemon) ? daemon : 'none',
    asn: asn === undefined ? undefined : Number(asn),
    routerId: found.get('router-id'),
    announces: found.get('announces')?.split(' ') ?? [],
    dampening: found.get('dampening'),
    acceptUpTo: upTo === undefined ? undefined : Number(upTo),
    password: found.get('password'),
    ttlSecurity: found.has('ttl-security'),
    bfd: found.has('bfd'),
  };
}

function isDaemon(text: string): text is DaemonName {
  return DAEMON_NAMES.some((name) => name === text);
}

function isAsn(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) < 0xffff_ffff;
}

function tellLabel(here: Place, name: string, text: string, example: string, findings: Findings) {
  const near = name === 'daemon' ? nearest(text, DAEMON_NAMES) : undefined;
  findings.error(here, {
    cause: name === 'daemon' ? `there is no daemon "${text}"` : `"${text}" is no lab.${name}`,
    consequence: 'the node cannot be started',
    mend: near ? `did you mean ${near}?` : `write it as ${example}`,
  });
}

function tellUnknown(here: Place, name: string, findings: Findings): void {
  const near = nearest(name, Object.keys(LABELS));
  findings.error(here, {
    cause: `there is no label lab.${name}`,
    consequence: 'nothing reads it',
    mend: near ? `did you mean lab.${near}?` : `use lab.${Object.keys(LABELS).join(', lab.')}`,
  });
}

interface ReadCommand {
  readonly words: readonly string[];
}

/** Only what touches the node's own addresses and routes: a topology is no place for programs. */
const COMMAND = /^ip( -[46])? (address|route) add \S.*$/;

function readCommands(node: Node, { place }: Where, findings: Findings): readonly ReadCommand[] {
  return textsOf(child(node, 'exec')).flatMap(({ text, at }, index) => {
    const here = { at, path: `${place.path}.exec[${index}]` };
    const words = text.trim().split(/\s+/);
    if (!COMMAND.test(text)) {
      findings.error(here, {
        cause: `"${text}" is not run by the lab`,
        consequence: 'the node would be another one here than in containerlab',
        mend: 'write `ip address add` or `ip route add`; sysctls have a key of their own',
      });
      return [];
    }
    const address = addressIn(words);
    if (address && !parseCidr(address.address)) {
      findings.error(here, {
        cause: `"${address.address}" is no address with a length`,
        consequence: 'the interface would have none',
        mend: 'write it as 198.51.100.1/30',
      });
      return [];
    }
    return [{ words }];
  });
}

/** `ip address add ADDRESS dev INTERFACE` */
function addressIn(words: readonly string[]) {
  const [, object, , address = '', dev, device = ''] = words.filter(
    (word) => !/^-[46]$/.test(word),
  );
  return object === 'address' && dev === 'dev' ? { address, device } : undefined;
}

function addressesOf(commands: readonly ReadCommand[]): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>();
  for (const { words } of commands) {
    const found = addressIn(words);
    if (!found) continue;
    addresses.set(found.device, [...(addresses.get(found.device) ?? []), found.address]);
  }
  return addresses;
}

/** Where multihomed finds its file in the container. */
export const CONFIG_TARGET = '/etc/multihomed/multihomed.yaml';

function readConfig(
  node: Node,
  { place, directory }: Where,
  daemon: DaemonName,
  findings: Findings,
): string | undefined {
  const bind = textsOf(child(node, 'binds')).find(
    ({ text }) => text.split(':')[1] === CONFIG_TARGET,
  );
  if (daemon !== 'multihomed') return undefined;
  if (!bind) {
    findings.error(place, {
      cause: `nothing is bound to ${CONFIG_TARGET}`,
      consequence: 'multihomed has no file to run on',
      mend: `write binds: ["../configs/edge.yaml:${CONFIG_TARGET}"]`,
    });
    return undefined;
  }
  const file = resolve(directory, bind.text.split(':')[0] ?? '');
  if (existsSync(file)) return file;
  findings.error(
    { at: bind.at, path: `${place.path}.binds` },
    {
      cause: `there is no file ${file}`,
      consequence: 'multihomed has no file to run on',
      mend: 'correct the path; it starts from the folder of this file',
    },
  );
  return undefined;
}
