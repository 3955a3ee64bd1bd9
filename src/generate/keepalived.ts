/** A skeleton for keepalived: the service's address moves between two edge routers. */

import type { Config } from '../config/config.ts';
import { formatIdentifier } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { firstAddress } from './serviceAddress.ts';
import type { Generated, GenerateOptions, NotExpressible, Target } from './target.ts';

export const keepalived: Target = {
  name: 'keepalived',
  description: 'skeleton: an address that moves between two edge routers (VRRP)',
  directory: '/etc/keepalived',
  generate,
};

/** Of the instances; the two routers have to agree, and nobody else on the link has them. */
const ROUTER_IDS = { ipv4: 51, ipv6: 52 } as const satisfies Record<Family, number>;
const GUESS = 'eth0';

function generate(config: Config, { render, interfaces = new Map() }: GenerateOptions): Generated {
  const path = 'keepalived.conf';
  const inside = interfaces.get('inside');
  const values = {
    routerId: config.site ?? formatIdentifier(config.routerId),
    inside: inside ?? GUESS,
    instances: (['ipv4', 'ipv6'] as const).flatMap((family) => instanceOf(config, family)),
  };
  const content = render(`keepalived/${path}`, values);
  return {
    files: [{ path, mode: 0o640, comment: '#', content }],
    notExpressible: inside === undefined ? [NO_INSIDE] : [],
  };
}

const NO_INSIDE: NotExpressible = {
  what: 'the inside',
  why: `the file does not say which interface the servers are on, and ${GUESS} is a guess: give --interface inside=NAME`,
};

function instanceOf(config: Config, family: Family) {
  const service = firstAddress(config, family);
  if (!service) return [];
  const id = ROUTER_IDS[family];
  // RFC 9568 §5.2.9: the first address of IPv6 is the link-local one, here the virtual router's own.
  const linkLocal = family === 'ipv6' ? [`fe80::200:5eff:fe00:2${id.toString(16)}/64`] : [];
  return [{ name: `service_${family}`, id, addresses: [...linkLocal, service.text] }];
}
