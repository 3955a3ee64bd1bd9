/**
 * Which routes the kernel is to have, by the file and by which upstreams live. Pure.
 *
 * A default per family through every living primary at once; the backups' has the next metric, so
 * that the kernel itself falls back on it when the primaries' links are dead; those that seem to lead
 * nowhere come last. The anchors: our own
 * prefixes as blackholes behind everything else, or what nobody has of them would go round between us
 * and an upstream until its TTL ends.
 */

import type { Config, KernelConfig, UpstreamConfig } from '../config/config.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import type { KernelRoute } from './route.ts';

/** Behind what anybody else may have put in, and before the metrics that mean "never". */
export const ANCHOR_METRIC = 65_535;

export interface Ways {
  /** Names of the upstreams that packets can be given to. */
  readonly living: ReadonlySet<string>;
  /** Names of those that are known not to live: their link is dead, or BFD says so. */
  readonly dead: ReadonlySet<string>;
  /** Names of those that seem to lead nowhere, though they live. */
  readonly doubted?: ReadonlySet<string>;
  /** By neighbour name. */
  readonly interfaces: ReadonlyMap<string, string>;
}

export function desiredRoutes(config: Config, ways: Ways): readonly KernelRoute[] {
  const { kernel } = config;
  if (!kernel) return [];
  const anchors = kernel.anchor ? config.prefixes.map(({ prefix }) => prefix) : [];
  const defaults =
    kernel.install !== 'none'
      ? FAMILIES.flatMap((family) => defaultsOf(config, kernel, family, ways))
      : [];
  return [
    ...anchors.map(({ family, text }) => ({
      family,
      destination: text,
      metric: ANCHOR_METRIC,
      nextHops: [],
    })),
    ...defaults,
  ];
}

function defaultsOf(
  { upstreams }: Config,
  { metric }: KernelConfig,
  family: Family,
  ways: Ways,
): readonly KernelRoute[] {
  const usable = upstreams.filter(
    (upstream) => isWayOut(upstream, family) && ways.living.has(upstream.name),
  );
  const sound = usable.filter(({ name }) => !ways.doubted?.has(name));
  const primaries = sound.filter(({ prefer }) => prefer !== 'backup');
  const backups = sound.filter(({ prefer }) => prefer === 'backup');
  // Behind all others, not gone: what is sent out by its interface still finds its way, probes among it.
  const doubted = usable.filter(({ name }) => ways.doubted?.has(name));
  return [primaries, backups, doubted].flatMap((group, i) => {
    const nextHops = group.flatMap(({ name, address }) => {
      const dev = ways.interfaces.get(name);
      return dev === undefined ? [] : [{ via: address.text, dev }];
    });
    return nextHops.length === 0
      ? []
      : [{ family, destination: 'default', metric: metric + i, nextHops }];
  });
}

/**
 * Whoever we take routes from is trusted to be a way to everywhere. On another family's addresses,
 * or further away than a link, there is no next hop that we know.
 */
function isWayOut({ address, import: { accept }, multihop }: UpstreamConfig, family: Family) {
  return address.family === family && accept !== 'none' && multihop === 1;
}
