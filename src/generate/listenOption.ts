/** The options of Quagga's and FRR's bgpd that say where it listens. */

import type { Config } from '../config/config.ts';
import { formatEndpoint } from '../net/address.ts';
import type { NotExpressible } from './target.ts';

const EVERYWHERE = ['0.0.0.0', '::'];

/** Begins with a space, or is empty: everywhere on port 179, as without any. */
export function listenOption({ listen }: Config): string {
  const [first] = listen;
  if (!first) return '';
  const port = first.port === 179 ? '' : ` -p ${first.port}`;
  const address = listen.length === 1 ? first.address.text : undefined;
  return address === undefined || EVERYWHERE.includes(address) ? port : `${port} -l ${address}`;
}

/** They listen on one port, and on one address or on all. */
export function listenLosses({ listen }: Config): readonly NotExpressible[] {
  const [first, ...rest] = listen;
  if (!first) {
    const why = 'bgpd listens on port 179; only configured neighbours get further than TCP';
    return [{ what: 'listen: none', why }];
  }
  const all = [first, ...rest];
  const ports = new Set(all.map(({ port }) => port));
  const everywhere = all.every(({ address }) => EVERYWHERE.includes(address.text));
  if (ports.size === 1 && (everywhere || all.length === 1)) return [];
  const where = all.map(({ address, port }) => formatEndpoint(address.text, port)).join(', ');
  return [
    { what: `listen: ${where}`, why: `bgpd listens on every address, on port ${first.port}` },
  ];
}
