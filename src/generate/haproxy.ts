/** A skeleton for HAProxy: health-checked back ends, and the question whether any of them lives. */

import type { Config } from '../config/config.ts';
import { formatEndpoint } from '../net/address.ts';
import { firstAddress } from './serviceAddress.ts';
import { type Generated, type GenerateOptions, type Target, TargetError } from './target.ts';

export const haproxy: Target = {
  name: 'haproxy',
  description: 'skeleton: health-checked servers behind the announced address',
  directory: '/etc/haproxy',
  generate,
};

/** Nobody's: they are there to be replaced. */
const PLACEHOLDERS = ['192.0.2.11', '192.0.2.12'] as const;

function generate(config: Config, { render }: GenerateOptions): Generated {
  const [first] = config.prefixes;
  if (!first) throw new TargetError(['prefixes is empty: there is no address to serve on']);
  const path = 'haproxy.cfg';
  const found = [firstAddress(config, 'ipv4'), firstAddress(config, 'ipv6')];
  const values = {
    endpoints: found.flatMap((one) => (one ? [formatEndpoint(one.address.text, 443)] : [])),
    servers: PLACEHOLDERS.map((address, i) => ({ name: `server${i + 1}`, address })),
    prefix: first.prefix.text,
  };
  return {
    files: [{ path, mode: 0o640, comment: '#', content: render(`haproxy/${path}`, values) }],
    notExpressible: [
      {
        what: 'servers',
        why: `the file does not list them: ${PLACEHOLDERS.join(' and ')} are to be replaced`,
      },
    ],
  };
}
