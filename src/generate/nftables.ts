/**
 * A packet filter beside the daemon: nothing leaves through an upstream with a source that is not
 * ours (RFC 2827), and only neighbours reach the BGP port.
 */

import { type Config, neighboursOf } from '../config/config.ts';
import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { covers } from '../net/prefix.ts';
import type { Generated, GenerateOptions, NotExpressible, Target } from './target.ts';
import { openLinks, transitInterfaces } from './transitLinks.ts';

export const nftables: Target = {
  name: 'nftables',
  description: 'a table that keeps spoofed sources in, and strangers from the BGP port',
  directory: '/etc/nftables.d',
  generate,
};

function generate(config: Config, { render, interfaces = new Map() }: GenerateOptions): Generated {
  const links = transitInterfaces(config, interfaces);
  const addresses = neighboursOf(config).map(({ address }) => address);
  const values = {
    egress: links.length > 0,
    transits: listed(links.map((name) => `"${name}"`)),
    own4: listed(outermost(config, 'ipv4')),
    own6: listed(outermost(config, 'ipv6')),
    neighbours4: listed(textsOf(addresses, 'ipv4')),
    neighbours6: listed(textsOf(addresses, 'ipv6')),
    ports: listed([...new Set(config.listen.map(({ port }) => String(port)))]),
  };
  const path = 'multihomed.nft';
  const content = render(`nftables/${path}`, values);
  return {
    files: [{ path, mode: 0o644, comment: '#', content }],
    notExpressible: [...openLinks(config, interfaces), ...customerSources(config)],
  };
}

/** Elements of one set may not overlap. */
function outermost({ prefixes }: Config, family: Family): readonly string[] {
  const own = prefixes.map(({ prefix }) => prefix).filter((prefix) => prefix.family === family);
  const inside = own.filter((prefix) =>
    own.some((other) => other.length < prefix.length && covers(other, prefix)),
  );
  return own.filter((prefix) => !inside.includes(prefix)).map(({ text }) => text);
}

function textsOf(addresses: readonly IpAddress[], family: Family): readonly string[] {
  return addresses.filter((address) => address.family === family).map(({ text }) => text);
}

/** Customers may have prefixes of their own, which the file does not list. */
function customerSources({ downstreams }: Config): readonly NotExpressible[] {
  return downstreams
    .filter((downstream) => downstream.import.accept !== 'none')
    .map(({ name }) => ({
      what: `downstreams.${name}.accept`,
      why: 'what it sends us to forward leaves through upstreams only with a source among prefixes; for prefixes of its own: nft add element inet multihomed own4 { PREFIX }',
    }));
}

function listed(texts: readonly string[]): string {
  return texts.join(', ');
}
