/** What people ask of a BGP daemon, each as a file. Every target of a BGP daemon is made from each. */

import { readTemplates } from '../../src/cli/templateFiles.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Generated } from '../../src/generate/target.ts';
import { targetOf } from '../../src/generate/targets.ts';
import { renderer } from '../../src/generate/template.ts';

export const DAEMONS = ['quagga', 'frr', 'bird', 'openbgpd', 'exabgp', 'gobgp'] as const;

export type Daemon = (typeof DAEMONS)[number];

const HEAD = 'asn: 64500\nrouter-id: 192.0.2.1\n';
const ONE = 'asn: 64496, address: 198.51.100.1, local-address: 198.51.100.2';
const TWO = 'asn: 64497, address: 198.51.100.5, local-address: 198.51.100.6';

function file(prefixes: string, ...upstreams: readonly string[]): string {
  const lines = upstreams.map((text, i) => `  transit-${'abc'[i]}: { ${text} }\n`);
  return `${HEAD}prefixes: ${prefixes}\nupstreams:\n${lines.join('')}`;
}

const LARGE = Array.from({ length: 1000 }, (_, i) => `20.${i >> 8}.${i & 255}.0/24`);

export const INTENTS = {
  'one-upstream': file('[203.0.113.0/24]', ONE),
  'two-upstreams': file(
    '[203.0.113.0/24, {prefix: 198.51.101.0/24, upstreams: [transit-b]}]',
    ONE,
    TWO,
  ),
  'ipv6-only': file(
    '["2001:db8:113::/48"]',
    'asn: 64496, address: "2001:db8:f::1", local-address: "2001:db8:f::2"',
  ),
  'both-families': file(
    '[203.0.113.0/24, "2001:db8:113::/48"]',
    `${ONE}, families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8:f::2" }`,
  ),
  gtsm: file('[203.0.113.0/24]', `${ONE}, ttl-security: true`),
  bfd: file(
    '[203.0.113.0/24]',
    `${ONE}, interface: eth1, bfd: { interval: 500ms, password: env:TRANSIT_A_BFD, key-id: 7 }`,
    `${TWO}, bfd: { multiplier: 5 }`,
  ),
  md5: file('[203.0.113.0/24]', `${ONE}, password: env:TRANSIT_A_MD5`, TWO),
  multihop: file('[203.0.113.0/24]', `${ONE}, multihop: 4, interface: eth1, hold-time: 30s`),
  med: file('[203.0.113.0/24]', `${ONE}, med: 0`, `${TWO}, med: 4294967295`),
  prepends: file('[203.0.113.0/24]', ONE, `${TWO}, prepend: 3`),
  communities: file(
    '[{ prefix: 203.0.113.0/24, communities: [blackhole] }, 198.51.101.0/24]',
    `${ONE}, communities: ["64496:100", graceful-shutdown, "rt:64500:9", "ro:70000:5", "70000:1:2"]`,
    TWO,
  ),
  backup: file(
    '[203.0.113.0/24]',
    ONE,
    `${TWO}, prepend: 2, communities: ["64497:70"], passive: true, port: 1790`,
  ),
  'default-only': file('[203.0.113.0/24]', `${ONE}, accept: default`, `${TWO}, accept: none`),
  'full-table': file(
    '[203.0.113.0/24]',
    `${ONE}, max-prefixes: { ipv4: 1300000, warn: 90%, idle: 5m }, import: { bogons: accept, private-as: accept, as-set: accept, first-as: accept, max-length: { ipv4: 32 }, allow-own-as: 1 }`,
    TWO,
  ),
  neighbours: `${file('[203.0.113.0/24, "2001:db8:113::/48"]', ONE)}downstreams:
  customer: { asn: 64511, address: 10.0.0.2, local-address: 10.0.0.1, accept: full }
  gateway: { asn: 65001, address: 10.0.0.6, local-address: 10.0.0.5, export: default, med: 5 }
  own.only: { asn: 4200000000, address: 10.0.0.10, local-address: 10.0.0.9, export: own }
internal:
  edge2: { address: "2001:db8:e::2", local-address: "2001:db8:e::1", next-hop-self: true }
`,
  roles: `${file(
    '[203.0.113.0/24]',
    `${ONE}, role: { is: customer, strict: true }`,
    `${TWO}, role: rs-client`,
  )}downstreams:
  customer: { asn: 64511, address: 10.0.0.2, local-address: 10.0.0.1, role: rs }
  peer: { asn: 64512, address: 10.0.0.6, local-address: 10.0.0.5, role: peer }
`,
  large: file(`[${LARGE.join(', ')}]`, ONE, `${TWO}, prepend: 1`),
} as const;

export type Intent = keyof typeof INTENTS;

/** Of the one that has one. */
const PASSWORDS = new Map([['transit-a', 'mekmitasdigoat']]);
export const BFD_PASSWORDS = new Map([['transit-a', 'wowexandritexx']]);

const render = renderer(readTemplates());

/** Throws for a file that is not good. */
export function generated(daemon: string, text: string): Generated {
  const { config, problems } = loadConfig(text, 'x.yaml');
  if (!config) throw new Error(JSON.stringify(problems));
  const target = targetOf(daemon);
  if (!target) throw new Error(`no target ${daemon}`);
  return target.generate(config, { render, passwords: PASSWORDS, bfdPasswords: BFD_PASSWORDS });
}
