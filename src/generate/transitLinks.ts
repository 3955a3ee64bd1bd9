/** The interfaces towards upstreams: those in the file, and those that were said beside it. */

import type { Config, UpstreamConfig } from '../config/config.ts';
import type { NotExpressible } from './target.ts';

/** By neighbour name, for those whose link the file leaves open. */
export type Interfaces = ReadonlyMap<string, string>;

/** Each once, in the file's order. */
export function transitInterfaces(config: Config, interfaces: Interfaces): readonly string[] {
  const names = config.upstreams.map((upstream) => interfaceOf(upstream, interfaces));
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Upstreams whose interface is not known. */
export function openLinks(config: Config, interfaces: Interfaces): readonly NotExpressible[] {
  return config.upstreams
    .filter((upstream) => interfaceOf(upstream, interfaces) === undefined)
    .map(({ name }) => ({
      what: `upstreams.${name}.interface`,
      why: `its link is found by \`run\` alone, and nothing here is for it: write interface: into the file, or give --interface ${name}=NAME`,
    }));
}

function interfaceOf({ name, interface: own }: UpstreamConfig, interfaces: Interfaces) {
  return own ?? interfaces.get(name);
}
