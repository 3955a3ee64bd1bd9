/** Own routes for tests, made the one way there is: from a file. */

import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { OwnRoute, OwnRoutes } from '../../src/rib/ownRoute.ts';
import { PrefixList } from '../../src/rib/prefixList.ts';

/** The configuration in `text`, which must be without errors. */
export function configOf(text: string): Config {
  const { config, problems } = loadConfig(text, 'test.yaml');
  if (!config) throw new Error(problems.map((p) => `${p.line}: ${p.cause}`).join('\n'));
  return config;
}

/** The same, but listening on ports that the kernel chooses, which no file can say. */
export function onAnyPort(config: Config): Config {
  return { ...config, listen: config.listen.map(({ address }) => ({ address, port: 0 })) };
}

const TWO_FAMILIES = `
asn: 64500
router-id: 192.0.2.1
upstreams:
  transit-a:
    asn: 64496
    address: 198.51.100.1
    families: [ipv4, ipv6]
    next-hop: { ipv6: "2001:db8::2" }
`;

export function ownRoute(
  prefix: string,
  attributes: { prepend?: number; med?: number | undefined } = {},
): OwnRoute {
  const config = configOf(`${TWO_FAMILIES}prefixes: ["${prefix}"]\n`);
  const own = config.prefixes[0];
  if (!own) throw new Error(`no prefix came of ${prefix}`);
  const { prepend = 0, med } = attributes;
  return { prefix: own.prefix, prepend, med, communities: own.communities };
}

/** Each in a list of its own, in their order. */
export function routesOf(...routes: readonly OwnRoute[]): readonly OwnRoutes[] {
  return routes.map(({ prefix, ...terms }) => ({ prefixes: new PrefixList([prefix]), terms }));
}
