/** A cell of the judge's table: which edge lives through which trace, before which network. */

import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { FileContent } from '../../test/support/daemons/multihomed.ts';
import { type TimeScale, TRACES, type TraceName } from './trace.ts';

export interface Cell {
  readonly trace: TraceName;
  /** `site`: the service fails, at all upstreams at once. `link`: the link to the first upstream. */
  readonly flaps: 'site' | 'link';
  readonly upstreams: 1 | 2;
  readonly edge: EdgeName;
  /** `none`: the network behind both does not damp at all. */
  readonly behind: 'cisco' | 'none';
}

/** `ours` with what its file says of the network behind. */
export type EdgeName = 'naive' | 'back-off' | keyof typeof BELIEFS;

type Belief = (scale: TimeScale) => unknown;

const numbers = (scale: TimeScale, name: 'cisco' | 'juniper', confirmed: boolean) => {
  const { withdraw, reannounce, change, suppress, reuse, halfLife, maxSuppress } =
    scale.profile(name);
  const times = { 'half-life': `${halfLife}s`, 'max-suppress': `${maxSuppress}s` };
  return { withdraw, reannounce, change, suppress, reuse, ...times, confirmed };
};

const BELIEFS = {
  'ours, right': (scale) => numbers(scale, 'cisco', true),
  'ours, right guess': (scale) => numbers(scale, 'cisco', false),
  'ours, juniper': (scale) => numbers(scale, 'juniper', true),
  'ours, unknown': () => 'unknown',
} as const satisfies Record<string, Belief>;

export const PREFIX = '203.0.113.0/24';
export const EDGE_AS = 64500;
export const DAMPER_AS = 64520;
/** The interface behind which the service is. */
export const SERVICE = 'service';

export interface UpstreamPlan {
  readonly name: string;
  readonly asn: number;
  /** The link between the edge and it; the link between it and the network behind. */
  readonly near: { readonly edge: string; readonly upstream: string };
  readonly far: { readonly upstream: string; readonly damper: string };
}

export function upstreamPlans({ upstreams }: Cell): readonly UpstreamPlan[] {
  return Array.from({ length: upstreams }, (_, i) => {
    const [near, far] = [`198.51.100.${4 * i}`, `198.51.100.${128 + 4 * i}`];
    const host = (net: string, n: number) =>
      net.replace(/\d+$/, (last) => String(Number(last) + n));
    return {
      name: `up-${i}`,
      asn: 64496 + i,
      near: { edge: host(near, 2), upstream: host(near, 1) },
      far: { upstream: host(far, 2), damper: host(far, 1) },
    };
  });
}

/** The file of ours; of another edge, with which it is simulated. */
export function fileContent(cell: Cell, scale: TimeScale, socket: string): FileContent {
  const { edge } = cell;
  const belief = edge === 'naive' || edge === 'back-off' ? BELIEFS['ours, right'] : BELIEFS[edge];
  const upstreams = upstreamPlans(cell).map(({ name, asn, near }) => [
    name,
    {
      ...{ asn, address: near.upstream, 'local-address': near.edge, interface: name },
      ...{ 'connect-retry': '1s', damping: belief(scale) },
    },
  ]);
  return {
    ...{ asn: EDGE_AS, 'router-id': '192.0.2.1', listen: 'none', control: { socket } },
    prefixes: [{ prefix: PREFIX, needs: ['web'] }],
    checks: { web: { link: SERVICE } },
    'flap-budget': {
      'first-hold': scale.duration(5),
      'repeated-hold': scale.duration(30),
      'longest-hold': scale.duration(60),
      'follower-hold': scale.duration(60),
    },
    upstreams: Object.fromEntries(upstreams),
  };
}

export function configOf(cell: Cell, scale: TimeScale): Config {
  const text = JSON.stringify(fileContent(cell, scale, '/run/judge.sock'));
  const { config, problems } = loadConfig(text, 'multihomed.yaml');
  if (!config) throw new Error(`the judge's own file: ${problems[0]?.cause}`);
  return config;
}

export function titleOf({ trace, flaps, upstreams, behind }: Cell): string {
  const where = upstreams === 1 ? 'one upstream' : 'two upstreams';
  const what = flaps === 'site' ? 'the site flaps' : 'one link flaps';
  const quiet = behind === 'none' ? ', nobody damps' : '';
  return `${where}, ${what}${quiet}: ${TRACES[trace].title}`;
}

const site = { flaps: 'site', behind: 'cisco' } as const;
const EDGES: readonly EdgeName[] = ['naive', 'back-off', 'ours, right', 'ours, unknown'];

/** Every trace with every edge; then what matters where the profile is guessed at or wrong. */
export const CELLS: readonly Cell[] = [
  ...([1, 2] as const).flatMap((upstreams) =>
    (['one', 'minutes', 'fast', 'windows'] as const).flatMap((trace) =>
      EDGES.map((edge) => ({ ...site, trace, upstreams, edge })),
    ),
  ),
  ...([1, 2] as const).flatMap((upstreams) =>
    EDGES.map((edge) => ({
      ...site,
      flaps: 'link' as const,
      trace: 'minutes' as const,
      upstreams,
      edge,
    })),
  ),
  ...([1, 2] as const).flatMap((upstreams) =>
    (['ours, right guess', 'ours, juniper'] as const).map((edge) => ({
      ...{ ...site, trace: 'minutes' as const, upstreams, edge },
    })),
  ),
  ...(['naive', 'ours, right', 'ours, unknown'] as const).map((edge) => ({
    ...({ flaps: 'site', behind: 'none', trace: 'minutes', upstreams: 1, edge } as const),
  })),
];
