/** What `generate` wrote is read back as the file that it came from, or as an equivalent one. */

import t from 'tap';
import { readTemplates } from '../../src/cli/templateFiles.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { withHead } from '../../src/generate/head.ts';
import { planOf } from '../../src/generate/plan.ts';
import { targetOf } from '../../src/generate/targets.ts';
import { renderer } from '../../src/generate/template.ts';
import { importConfig } from '../../src/import/importConfig.ts';

const HEAD = 'asn: 64500\nrouter-id: 192.0.2.1\n';
const A = 'asn: 64496, address: 198.51.100.1';
const B = 'asn: 64497, address: 198.51.100.5';

const INTENTS: Readonly<Record<string, string>> = {
  'one upstream': `prefixes: [203.0.113.0/24]\nupstreams: { transit-a: { ${A} } }`,
  'two upstreams, one prefix to one of them': `prefixes:
  - { prefix: 203.0.113.0/24, upstreams: [transit-b] }
  - 203.0.112.0/24
upstreams: { transit-a: { ${A} }, transit-b: { ${B} } }`,
  'IPv6 only': `prefixes: ["2001:db8:113::/48"]
upstreams: { transit-a: { asn: 64496, address: "2001:db8:1::1" } }`,
  'both families on one session': `prefixes: [203.0.113.0/24, "2001:db8:113::/48"]
upstreams:
  transit-a: { ${A}, families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8:1::2" } }`,
  'a session far away': `prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { ${A}, multihop: 3, local-address: 192.0.2.1, passive: true }`,
  'prepends, MED, every kind of community': `prefixes:
  - { prefix: 203.0.113.0/24, communities: ["64500:7", "64500:1:2"] }
  - 203.0.112.0/24
upstreams:
  transit-a: { ${A}, prepend: 3, med: 0, communities: ["64496:1", no-export, "rt:64496:5", "ro:70000:1"] }
  transit-b: { ${B}, communities: [graceful-shutdown, "70000:1:2"] }`,
  'the default route alone, and nothing': `prefixes: [203.0.113.0/24]
upstreams: { transit-a: { ${A}, accept: default }, transit-b: { ${B}, accept: none } }`,
  'limits and times': `prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { ${A}, max-prefixes: { ipv4: 5000, warn: 50%, idle: 5m }, hold-time: 30s, connect-retry: 7s }`,
  'an import policy of its own': `prefixes: [203.0.113.0/24]
upstreams:
  transit-a:
    asn: 64496
    address: 198.51.100.1
    import: { bogons: accept, own-prefixes: accept, long-paths: accept, as-set: accept, first-as: accept }
  transit-b:
    asn: 64497
    address: 198.51.100.5
    import: { private-as: accept, reserved-as: accept, max-length: { ipv4: 25 }, allow-own-as: 2 }`,
  'customers, inner routers, our own other edge': `prefixes:
  - { prefix: 20.77.0.0/24, communities: ["64500:7"] }
upstreams: { transit-a: { ${A} } }
downstreams:
  core: { asn: 64512, address: 10.0.0.2 }
  customer: { asn: 64502, address: 10.0.1.2, export: default, accept: full, med: 5 }
internal:
  edge2: { address: 10.0.0.3, next-hop-self: false, import: { bogons: refuse } }
  edge3: { address: 10.0.0.4 }`,
  'hundreds of prefixes': `prefixes: [${Array.from({ length: 300 }, (_, i) => `20.${i >> 8}.${i & 255}.0/24`).join(', ')}]
upstreams: { transit-a: { ${A} } }`,
};

/** FRR alone has it. */
const BFD: Readonly<Record<string, string>> = {
  'BFD at two paces': `prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { ${A}, bfd: { interval: 500ms, multiplier: 5 } }
  transit-b: { ${B}, bfd: {}, multihop: 3 }`,
};

function configOf(text: string): Config {
  const { config, problems } = loadConfig(text, 'x.yaml');
  if (!config) throw new Error(`${text}\n${JSON.stringify(problems)}`);
  return config;
}

/** What the other daemon is told: the rest of the file is nothing that it could give back. */
function told(config: Config) {
  const { neighbours, own } = planOf(config);
  return {
    asn: config.asn,
    routerId: config.routerId,
    own,
    neighbours: neighbours.map(({ neighbour, families }) => ({
      neighbour: { ...neighbour, communities: undefined },
      families,
    })),
    // To downstreams, with what was learned as well.
    toDownstreams: config.downstreams.map(({ communities }) => communities),
  };
}

const render = renderer(readTemplates());

for (const dialect of ['quagga', 'frr'] as const) {
  t.test(`import ${dialect} of what generate ${dialect} wrote`, async (t) => {
    const intents = dialect === 'frr' ? { ...INTENTS, ...BFD } : INTENTS;
    for (const [intent, text] of Object.entries(intents)) {
      const config = configOf(HEAD + text);
      const [file] = targetOf(dialect)?.generate(config, { render }).files ?? [];
      if (!file) throw new Error('nothing was generated');
      const origin = { version: '0.0.0', file: 'x.yaml', digest: '0' };
      const whole = withHead(file, origin, () => '0'.repeat(64));
      const options = { dialect, routerId: undefined, name: file.path };
      const imported = importConfig(whole, options);
      if (!imported.ok) throw new Error(imported.failure);
      t.strictSame(told(configOf(imported.yaml)), told(config), intent);
      t.same(imported.notes, [], 'and nothing is lost on the way');
    }
  });
}
